import type { IncidentState, IncidentStatus } from './types.ts'

/** contained: the leaked key is proven dead, whatever else is open. needs-human: it lives and only a person can go on. */
export function statusOf(state: IncidentState): IncidentStatus {
  if (state.closedAt !== null) return 'closed'
  if (state.provenAt !== null) return 'contained'
  const steps = [...state.steps.values()]
  const moving = steps.some((step) => step.status === 'waiting' || step.status === 'running')
  const stuck = steps.some((step) => step.status === 'person' || step.status === 'failed')
  return stuck && !moving ? 'needs-human' : 'open'
}

/** 1 if any step but notify is failed, else 3 if there is an obligation, else 0 (DETAILS, Responses). */
export function exitCodeOf(state: IncidentState): 0 | 1 | 3 {
  const failed = [...state.steps.values()].some((step) => step.status === 'failed' && step.name !== 'notify')
  if (failed) return 1
  return state.obligations.length > 0 || state.closedAt === null ? 3 : 0
}

import { assess } from '../assess.ts'
import type { Step } from '../run.ts'

/** Nobody may use the old key any more. Without a log source that is waited out, and the evidence says so. */
export const drain: Step = {
  id: 'drain',
  kind: 'poll',
  async run(run) {
    const { replacement, confirmedAt, deadline } = run.recorder.state
    if (replacement === null || confirmedAt === null)
      return { status: 'skipped', evidence: 'nothing was delivered' }
    const { drainMs, cell } = await assess(run)
    const now = run.services.context.clock.now()
    const waited = Date.parse(confirmedAt) + drainMs
    const late =
      deadline !== null && cell.atDeadline === 'revoke' ? Date.parse(deadline) : Number.POSITIVE_INFINITY
    const until = Math.min(waited, late)
    if (now < until) {
      return {
        status: 'waiting',
        evidence: `old key drains until ${new Date(until).toISOString()}`,
        retryAt: until,
      }
    }
    const text =
      drainMs === 0 ? 'no drain wanted' : `waited ${Math.round((until - Date.parse(confirmedAt)) / 1000)} s`
    return { status: 'done', evidence: `${text}; use of the old key was not observed` }
  },
}

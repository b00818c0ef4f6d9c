import { RespondError } from './errors.ts'
import type {
  ConsumerState,
  IncidentState,
  IssueAttempt,
  JournalEvent,
  Obligation,
  StepName,
  StepRecord,
} from './types.ts'

export interface Dated {
  readonly at: string
  readonly event: JournalEvent
}

/** The journal folded into what is the case now. Pure: the same events give the same state, after any crash. */
export function foldJournal(id: string, entries: readonly Dated[]): IncidentState {
  const [first, ...rest] = entries
  if (first === undefined || first.event.kind !== 'opened')
    throw new RespondError('journal-broken', `the journal of ${id} does not begin with its opening`, {
      exitCode: 2,
      hint: 'bring the database back from a backup; what was sealed is still in escrow: pplx-warden escrow list',
    })
  const { data } = first.event
  let state: IncidentState = {
    id,
    playbook: data.playbook,
    fingerprint: data.fingerprint,
    masked: data.masked,
    keyId: data.keyId,
    keyName: data.keyName,
    account: data.account,
    exposure: data.exposure,
    exposureReason: data.exposureReason,
    exposedSince: data.exposedSince,
    openedAt: first.at,
    deadline: null,
    steps: new Map(),
    consumers: [],
    consumersKnown: null,
    attempts: [],
    revocations: [],
    replacement: null,
    approvals: [],
    obligations: [],
    followUps: [],
    occurrences: [],
    siblings: [],
    confirmedAt: null,
    revokedAt: null,
    provenAt: null,
    closedAt: null,
  }
  for (const entry of rest) state = apply(state, entry)
  return state
}

export function apply(state: IncidentState, { at, event }: Dated): IncidentState {
  switch (event.kind) {
    case 'opened':
    case 'escrow-destroyed':
    case 'note':
      return state
    case 'sibling':
      return { ...state, siblings: [...state.siblings, event.data.path] }
    case 'occurrences': {
      const seen = new Set(state.occurrences.map((one) => one.where))
      return {
        ...state,
        occurrences: [...state.occurrences, ...event.data.list.filter((one) => !seen.has(one.where))],
      }
    }
    case 'exposure':
      return { ...state, exposure: event.data.exposure, exposureReason: event.data.reason }
    case 'deadline':
      return { ...state, deadline: event.data.at }
    case 'step':
      return stepChanged(state, at, event.data)
    case 'consumers':
      return {
        ...state,
        consumersKnown: event.data.known,
        consumers: mergeConsumers(state.consumers, event.data.list),
      }
    case 'consumer':
      return {
        ...state,
        consumers: state.consumers.map((one) =>
          one.target === event.data.target ? { ...one, ...event.data } : one,
        ),
      }
    case 'issue-intent':
      return { ...state, attempts: [...state.attempts, { ...event.data, outcome: null, fingerprint: null }] }
    case 'issue-outcome':
      return { ...state, attempts: state.attempts.map((one) => withOutcome(one, event.data)) }
    case 'replacement':
      return { ...state, replacement: event.data }
    case 'revoke-intent':
      return { ...state, revocations: [...state.revocations, { ...event.data, outcome: null }] }
    case 'revoke-outcome': {
      const { outcome } = event.data
      const revocations = state.revocations.map((one) => (one.outcome === null ? { ...one, outcome } : one))
      return {
        ...state,
        revocations,
        revokedAt: outcome === 'done' ? (state.revokedAt ?? at) : state.revokedAt,
      }
    }
    case 'approval':
      return { ...state, approvals: [...state.approvals, event.data] }
    case 'obligation':
      return {
        ...state,
        obligations: [...state.obligations.filter((one) => !same(one, event.data)), event.data],
      }
    case 'obligation-met':
      return { ...state, obligations: state.obligations.filter((one) => !same(one, event.data)) }
    case 'follow-up':
      return state.followUps.some((one) => one.kind === event.data.kind && one.detail === event.data.detail)
        ? state
        : { ...state, followUps: [...state.followUps, event.data] }
    default:
      throw new RespondError(
        'journal-broken',
        `the journal of ${state.id} holds what this release does not know`,
        {
          exitCode: 2,
          hint: 'a newer release wrote it: use that one',
        },
      )
  }
}

function same(one: Obligation, other: { kind: string; subject: string }): boolean {
  return one.kind === other.kind && one.subject === other.subject
}

function stepChanged(
  state: IncidentState,
  at: string,
  data: { step: StepName; status: StepRecord['status']; evidence: string; retryAt: string | null },
): IncidentState {
  const before = state.steps.get(data.step)
  const ended = data.status === 'done' || data.status === 'skipped' || data.status === 'failed'
  const record: StepRecord = {
    name: data.step,
    status: data.status,
    evidence: data.evidence,
    startedAt: before?.startedAt ?? at,
    finishedAt: ended ? at : null,
    retryAt: data.retryAt,
  }
  const finished = data.status === 'done'
  return {
    ...state,
    steps: new Map(state.steps).set(data.step, record),
    confirmedAt: finished && data.step === 'confirm' ? at : state.confirmedAt,
    provenAt: finished && data.step === 'prove' ? at : state.provenAt,
    closedAt: finished && data.step === 'close' ? at : state.closedAt,
  }
}

/** Consumers that were added keep their place behind the known ones; progress of a known one is kept. */
function mergeConsumers(
  before: readonly ConsumerState[],
  list: readonly { spec: ConsumerState['spec']; target: string }[],
): ConsumerState[] {
  const known = new Map(before.map((one) => [one.target, one]))
  for (const one of list) {
    if (!known.has(one.target))
      known.set(one.target, { ...one, status: 'pending', evidence: '', level: 'none' })
  }
  return [...known.values()]
}

function withOutcome(
  attempt: IssueAttempt,
  data: {
    attempt: string
    outcome: 'done' | 'not-done' | 'ambiguous'
    fingerprint: IssueAttempt['fingerprint']
  },
): IssueAttempt {
  return attempt.attempt === data.attempt
    ? { ...attempt, outcome: data.outcome, fingerprint: data.fingerprint }
    : attempt
}

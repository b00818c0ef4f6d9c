import type { Clock } from '../context.ts'
import { redactText } from '../detect/redact.ts'
import { appendJournal, readJournal } from '../store/journal.ts'
import { closeObligation, openObligation, updateIncident } from '../store/incidents.ts'
import { holdsLease, type Lease } from '../store/leases.ts'
import type { Database, Store } from '../store/index.ts'
import { WardenError } from '../errors.ts'
import { RespondError } from './errors.ts'
import { apply, type Dated, foldJournal } from './state.ts'
import { statusOf } from './status.ts'
import type { IncidentState, JournalEvent } from './types.ts'

/** The journal is the only memory: what is not recorded did not happen. */
export interface Recorder {
  readonly state: IncidentState
  /** Appends in one transaction with whatever `also` writes; refused when the lease is somebody else's by now. */
  record(events: readonly JournalEvent[], also?: (tx: Database, at: string) => Promise<void>): Promise<void>
}

export function openRecorder(store: Store, lease: Lease, clock: Clock, initial: IncidentState): Recorder {
  let state = initial
  let last: Promise<void> = Promise.resolve()
  return {
    get state() {
      return state
    },
    record(events, also) {
      // Consumers are delivered to side by side: each record builds on the one before it.
      const recorded = last.then(() => append(events, also))
      last = recorded.catch(() => undefined)
      return recorded
    },
  }

  async function append(...[events, also]: Parameters<Recorder['record']>): Promise<void> {
    const at = new Date(clock.now()).toISOString()
    let next = state
    for (const event of events) next = apply(next, { at, event })
    await store.transaction(async (tx) => {
      if (!(await holdsLease(tx, lease))) {
        throw new RespondError('lease-lost', `${state.id} is being worked on by another process`, {
          exitCode: 3,
          hint: `pplx-warden incident show ${state.id} shows how far it is`,
        })
      }
      await writeEvents(tx, next, events, at)
      await also?.(tx, at)
    })
    state = next
  }
}

/** Journal, obligations and the incident's row change together or not at all. */
export async function writeEvents(
  tx: Database,
  next: IncidentState,
  unchecked: readonly JournalEvent[],
  at: string,
): Promise<void> {
  const events = redacted(unchecked)
  await appendJournal(
    tx,
    next.id,
    events.map(({ kind, data }) => ({ at, kind, data })),
  )
  for (const event of events) {
    if (event.kind === 'obligation') {
      await openObligation(tx, { incident_id: next.id, ...event.data, opened_at: at })
    }
    if (event.kind === 'obligation-met') {
      await closeObligation(tx, { incident_id: next.id, ...event.data }, { at, by: event.data.by })
    }
  }
  const ended = next.closedAt !== null
  await updateIncident(tx, next.id, {
    status: statusOf(next),
    ended: ended ? 1 : 0,
    exposure: next.exposure,
    updated_at: at,
    closed_at: next.closedAt,
    deadline: next.deadline,
  })
}

/** The last line of defence: a name, a reason or a server's words may hold a token; the journal never does. */
function redacted(events: readonly JournalEvent[]): readonly JournalEvent[] {
  return JSON.parse(redactText(JSON.stringify(events))) as JournalEvent[]
}

/** @throws RespondError `journal-broken` when what is there does not make an incident. */
export async function loadIncident(db: Database, id: string): Promise<IncidentState> {
  try {
    const entries = await readJournal(db, id)
    const state = foldJournal(
      id,
      entries.map(
        (entry): Dated => ({ at: entry.at, event: { kind: entry.kind, data: entry.data } as JournalEvent }),
      ),
    )
    const words: unknown[] = [state.fingerprint, state.keyName, state.exposure, state.playbook, state.account]
    if (words.every((word) => typeof word === 'string')) return state
    throw new Error('its opening lacks what an incident has')
  } catch (cause) {
    if (cause instanceof WardenError) throw cause
    throw new RespondError(
      'journal-broken',
      `the journal of ${id} is damaged: ${cause instanceof Error ? cause.message : ''}`,
      {
        exitCode: 3,
        hint: `bring the database back from a backup; pplx-warden escrow list shows which tokens of ${id} lie in escrow`,
        cause,
      },
    )
  }
}

import type { Clock } from '../context.ts'
import type { Store } from '../store/index.ts'
import { loadIncident, writeEvents } from './recorder.ts'
import { apply } from './state.ts'
import type { Approval, IncidentState, JournalEvent } from './types.ts'

/**
 * What a person decides beside a running responder: appended to the journal without its lease, in one transaction.
 * The responder reads the journal anew when it next claims the incident.
 */
async function decide(
  store: Store,
  id: string,
  events: (state: IncidentState) => readonly JournalEvent[],
  clock: Clock,
): Promise<IncidentState> {
  const at = new Date(clock.now()).toISOString()
  return await store.transaction(async (tx) => {
    const before = await loadIncident(tx, id)
    const list = events(before)
    let next = before
    for (const event of list) next = apply(next, { at, event })
    await writeEvents(tx, next, list, at)
    return next
  })
}

export async function approvePlan(store: Store, id: string, approval: Approval, clock: Clock): Promise<void> {
  await decide(store, id, () => [{ kind: 'approval', data: approval }], clock)
}

/** Orphans that a person has looked for in the console and dealt with, by their `token_name` word for word. */
export async function settleOrphans(
  store: Store,
  id: string,
  names: readonly string[],
  by: string,
  clock: Clock,
): Promise<{ settled: string[]; unknown: string[]; state: IncidentState }> {
  let settled: string[] = []
  let unknown: string[] = []
  const state = await decide(
    store,
    id,
    (before) => {
      const open = new Set(
        before.obligations.filter((one) => one.kind === 'possible-orphan').map((one) => one.subject),
      )
      settled = names.filter((name) => open.has(name))
      unknown = names.filter((name) => !open.has(name))
      return settled.map((subject) => ({
        kind: 'obligation-met',
        data: { kind: 'possible-orphan', subject, by },
      }))
    },
    clock,
  )
  return { settled, unknown, state }
}

/** Closes when nothing is open; otherwise changes nothing. */
export async function closeIncident(
  store: Store,
  id: string,
  by: string,
  clock: Clock,
): Promise<IncidentState> {
  return await decide(
    store,
    id,
    (before) =>
      before.obligations.length > 0 || before.provenAt === null || before.closedAt !== null
        ? []
        : [
            {
              kind: 'step',
              data: { step: 'close', status: 'done', evidence: `closed by ${by}`, retryAt: null },
            },
          ],
    clock,
  )
}

import { assess, livenessNow } from '../assess.ts'
import type { Step } from '../run.ts'
import type { JournalEvent } from '../types.ts'

/** Who owns it, is it alive, where is it exposed, what does policy say. */
export const triage: Step = {
  id: 'triage',
  kind: 'idempotent',
  async run(run) {
    const { state } = run.recorder
    const assessed = await assess(run)
    const alive = await livenessNow(run)
    const events: JournalEvent[] = [
      { kind: 'consumers', data: { known: assessed.consumersKnown, list: [...assessed.consumers] } },
    ]
    if (assessed.deadlineMs !== null && state.deadline === null) {
      const at = new Date(Date.parse(state.openedAt) + assessed.deadlineMs).toISOString()
      events.push({ kind: 'deadline', data: { at } })
    }
    await run.recorder.record(events)
    const owner = assessed.key?.owners.map((one) => one.name).join(', ')
    return {
      status: 'done',
      evidence: [
        assessed.key === null ? 'not in the inventory' : `${assessed.key.name}, ${assessed.key.environment}`,
        owner === undefined || owner === '' ? 'no owner named' : `owned by ${owner}`,
        alive.text,
        `exposure ${state.exposure}`,
      ].join('; '),
    }
  },
}

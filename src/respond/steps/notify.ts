import type { Step } from '../run.ts'
import { tell } from '../tell.ts'

/** Owners by every configured channel. A channel that fails never blocks containment. */
export const notify: Step = {
  id: 'notify',
  kind: 'idempotent',
  async run(run) {
    if (run.services.channels.length === 0) {
      const detail = "no channel is configured (`channels:` in the operator's file): tell the owners yourself"
      await run.recorder.record([{ kind: 'follow-up', data: { kind: 'owner-not-told', detail } }])
      return { status: 'skipped', evidence: detail }
    }
    const { sent, failed } = await tell(run, 'started')
    if (failed.length === 0) return { status: 'done', evidence: `sent by ${sent.join(', ')}` }
    await run.recorder.record([
      { kind: 'follow-up', data: { kind: 'owner-not-told', detail: failed.join('; ') } },
    ])
    return { status: 'failed', evidence: failed.join('; ') }
  },
}

import type { Run, Step } from '../run.ts'
import { leakedAttempt } from '../secrets.ts'
import { yields } from './confirm.ts'

/** Only with no obligation open. What escrow holds is destroyed when nobody needs it any more. */
export const close: Step = {
  id: 'close',
  kind: 'gate',
  async run(run) {
    await settleLocator(run)
    destroyLeaked(run)
    await destroyReplacement(run)
    const { obligations } = run.recorder.state
    const [first] = obligations
    if (first !== undefined)
      return { status: 'person', evidence: `${obligations.length} open: ${first.detail}` }
    return { status: 'done', evidence: 'no obligation is open' }
  },
}

/** A locator that gives the new key by now is no duty any more. */
async function settleLocator(run: Run): Promise<void> {
  const { obligations, replacement, id } = run.recorder.state
  if (replacement === null) return
  for (const { kind, subject } of obligations) {
    if (kind !== 'locator-stale' || !(await yields(run, subject, replacement.fingerprint))) continue
    await run.recorder.record(
      [{ kind: 'obligation-met', data: { kind, subject, by: 'it gives the new key' } }],
      async (tx) => {
        await run.services.keys.setLocator(tx, replacement.fingerprint, { value: subject, stale: false }, id)
      },
    )
  }
}

/** Left over when the process ended, or the disk refused, right after the proof. */
function destroyLeaked(run: Run): void {
  const { escrow } = run.services
  const { id, provenAt } = run.recorder.state
  const left = escrow.list().some((one) => one.incident === id && one.attempt === leakedAttempt)
  if (provenAt !== null && left) escrow.destroy(id, leakedAttempt)
}

async function destroyReplacement(run: Run): Promise<void> {
  const { id, provenAt, replacement, consumers } = run.recorder.state
  const settled = consumers.every((one) => one.status === 'confirmed' || one.status === 'waived')
  // A key that was confirmed nowhere stands in escrow alone: it stays there.
  const held = consumers.some((one) => one.status === 'confirmed')
  if (provenAt === null || replacement === null || !settled || !held) return
  const sealed = run.services.escrow
    .list()
    .filter(
      (one) => one.incident === id && (one.attempt === replacement.attempt || one.content === 'reserved'),
    )
  if (sealed.length === 0) return
  await run.recorder.record(sealed.map(({ attempt }) => ({ kind: 'escrow-destroyed', data: { attempt } })))
  for (const { attempt } of sealed) run.services.escrow.destroy(id, attempt)
}

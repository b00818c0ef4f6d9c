import type { Step } from '../run.ts'
import { replacementSecret } from '../secrets.ts'

const pollMs = 500

/** The new key works; it may need time to become active. The paid request is what shows more than authentication. */
export const verify: Step = {
  id: 'verify',
  kind: 'poll',
  async run(run) {
    if (run.recorder.state.replacement === null) return { status: 'skipped', evidence: 'nothing was issued' }
    const secret = await replacementSecret(run)
    if (secret === null)
      return { status: 'person', evidence: 'the replacement is neither in escrow nor with a consumer' }
    const { client, context } = run.services
    const free = await client.probe(secret)
    const retryAt = context.clock.now() + pollMs
    if (free.answer !== 'accepted') {
      return { status: 'waiting', evidence: `not accepted yet: ${free.signal.detail}`, retryAt }
    }
    if (!run.options.paidProbe)
      return {
        status: 'done',
        evidence: `accepted by ${free.endpoint ?? 'the probe'}; no paid request (--no-paid-probe)`,
      }
    const paid = await client.paidProbe(secret)
    if (paid.answer !== 'accepted') {
      return {
        status: 'waiting',
        evidence: `accepted, but a one-token request was not answered: ${paid.signal.detail}`,
        retryAt,
      }
    }
    return { status: 'done', evidence: `a one-token request was answered by ${paid.endpoint ?? 'the API'}` }
  },
}

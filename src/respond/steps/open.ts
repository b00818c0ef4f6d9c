import type { Step } from '../run.ts'
import { leakedAttempt, leakedSecret } from '../secrets.ts'

/** The leaked token is sealed before anything can overwrite the places where it could be read again. */
export const open: Step = {
  id: 'open',
  kind: 'idempotent',
  async run(run) {
    const { state } = run.recorder
    const secret = await leakedSecret(run)
    if (secret === null) {
      return {
        status: 'person',
        evidence:
          'the leaked key is known by fingerprint only, and revoking takes all of it: give it with --token-stdin or at the prompt',
      }
    }
    const sealed = await run.services.escrow.read(state.id, leakedAttempt)
    if (sealed === null) {
      await run.services.escrow.sealToken(
        { incident: state.id, attempt: leakedAttempt, purpose: 'leaked' },
        secret,
      )
    }
    return { status: 'done', evidence: 'recorded; the leaked key is sealed in escrow' }
  },
}

import { controlKey } from '../authorisers.ts'
import type { Run, Step } from '../run.ts'
import { leakedAttempt, leakedSecret } from '../secrets.ts'
import { revokeNow } from './revoke.ts'

/** The two refusals stand at least this far apart. */
const apartMs = 1000
/** A revocation that was accepted and has no effect after this long is repeated. */
const repeatAfterMs = 10_000

/** Refused twice in a row while another key of the account is accepted by the same probe. */
export const prove: Step = {
  id: 'prove',
  kind: 'poll',
  async run(run) {
    const leaked = await leakedSecret(run)
    if (leaked === null)
      return { status: 'person', evidence: 'the leaked key is not at hand: give it with --token-stdin' }
    const control = await controlKey(run)
    if (control === null) {
      return {
        status: 'person',
        evidence:
          'no other key of the account is accepted, so a refusal would prove nothing: configure a management key and run it again',
      }
    }
    const { clock, signal } = run.services.context
    const until = clock.monotonic() + run.options.proveForMs
    for (let refusals = 0; refusals < 2 || clock.monotonic() < until; ) {
      const judged = await run.services.client.liveness(leaked, control.secret)
      if (judged.validity === 'alive') return await stillAlive(run, judged.detail)
      if (judged.validity === 'unknown') {
        return {
          status: 'waiting',
          evidence: `${judged.detail}${judged.hint === undefined ? '' : `; ${judged.hint}`}`,
          retryAt: clock.now() + apartMs,
        }
      }
      refusals += 1
      if (refusals < 2 || clock.monotonic() < until) await clock.sleep(apartMs, signal)
    }
    return await proven(run, control.label)
  },
}

async function proven(run: Run, control: string): Promise<{ status: 'done'; evidence: string }> {
  const { escrow, keys, at } = run.services
  const { state } = run.recorder
  const evidence = `refused twice, ${apartMs / 1000} s apart, while ${control} was accepted`
  await run.recorder.record(
    [
      {
        kind: 'obligation-met',
        data: { kind: 'leaked-key-alive', subject: state.fingerprint, by: evidence },
      },
      { kind: 'step', data: { step: 'prove', status: 'done', evidence, retryAt: null } },
      { kind: 'escrow-destroyed', data: { attempt: leakedAttempt } },
    ],
    async (tx) => {
      await keys.markRevoked(tx, state.fingerprint, state.id)
    },
  )
  at('prove:recorded')
  try {
    escrow.destroy(state.id, leakedAttempt)
  } catch {
    // The proof stands all the same; close comes back to it and says why it fails.
  }
  return { status: 'done', evidence }
}

/** The API said yes and the key still answers: keep looking, and say it again after a while. */
async function stillAlive(
  run: Run,
  detail: string,
): Promise<{ status: 'waiting'; evidence: string; retryAt: number }> {
  const { clock } = run.services.context
  const revokedAt = run.recorder.state.revokedAt
  const age = revokedAt === null ? 0 : clock.now() - Date.parse(revokedAt)
  if (age > repeatAfterMs && Math.floor(age / repeatAfterMs) > run.recorder.state.revocations.length - 1)
    await revokeNow(run)
  return {
    status: 'waiting',
    evidence: `revoked, but still accepted (${detail})`,
    retryAt: clock.now() + apartMs,
  }
}

import { type Assessment, assess } from '../assess.ts'
import { authorisers, controlKey } from '../authorisers.ts'
import type { Run, Step } from '../run.ts'
import { leakedSecret } from '../secrets.ts'
import type { IncidentState, Outcome } from '../types.ts'

const retryMs = 1000

/** Once, though repeatable in effect. Goes before confirm is finished only where policy or a person says so. */
export const revoke: Step = {
  id: 'revoke',
  kind: 'once',

  async reconcile(run) {
    if (!run.recorder.state.revocations.some((one) => one.outcome === null)) return null
    const dead = await isDead(run)
    await run.recorder.record([
      dead
        ? {
            kind: 'revoke-outcome',
            data: { outcome: 'done', evidence: 'interrupted; the key is refused now' },
          }
        : {
            kind: 'revoke-outcome',
            data: { outcome: 'ambiguous', evidence: 'interrupted; the key is not known to be dead' },
          },
    ])
    return dead
      ? {
          status: 'done',
          evidence: 'the call was interrupted; the key is refused while a control key is accepted',
        }
      : null
  },

  async run(run) {
    if (run.recorder.state.revokedAt !== null) return { status: 'done', evidence: 'revoked' }
    const held = await heldBack(run, await assess(run))
    return held ?? (await revokeNow(run))
  },
}

/** Why it may not be revoked yet; null when it may (RESPONSE.md, invariants 3 and 4). */
async function heldBack(run: Run, assessed: Assessment): Promise<Outcome | null> {
  const { state } = run.recorder
  const { cell } = assessed
  if (run.options.revokeNow || state.playbook === 'revoke' || state.consumers.length === 0) return null
  if (cell.revoke === 'now') return null
  if (finished(state, 'confirm') && finished(state, 'drain') && state.replacement !== null) return null
  const now = run.services.context.clock.now()
  const late = state.deadline !== null && now >= Date.parse(state.deadline)
  if (late && cell.atDeadline === 'revoke') return null
  const why = waitingFor(state)
  if (state.deadline !== null && cell.atDeadline === 'revoke') {
    const retryAt = Date.parse(state.deadline)
    return { status: 'waiting', evidence: `not before ${why}; in any case at ${state.deadline}`, retryAt }
  }
  if (moving(state))
    return { status: 'waiting', evidence: `not before ${why}`, retryAt: nextMove(state, now) }
  return { status: 'person', evidence: `not before ${why}; --revoke-now does it all the same` }
}

export async function revokeNow(run: Run): Promise<Outcome> {
  const { client, at, context } = run.services
  const target = await leakedSecret(run)
  if (target === null)
    return { status: 'person', evidence: 'revoking takes the whole key: give it with --token-stdin' }
  const tried: string[] = []
  for await (const authoriser of authorisers(run, 'revoke')) {
    await run.recorder.record([{ kind: 'revoke-intent', data: { authoriser: authoriser.label } }])
    at('revoke:intent-recorded')
    const result = await client.revoke({ authoriser: authoriser.secret, target })
    at('revoke:answered')
    await run.recorder.record([
      { kind: 'revoke-outcome', data: { outcome: result.outcome, evidence: result.signal.detail } },
    ])
    at('revoke:outcome-recorded')
    if (result.outcome === 'done')
      return {
        status: 'done',
        evidence: `accepted (${result.signal.detail}), authorised by ${authoriser.label}`,
      }
    if (result.outcome === 'not-done' && result.next === 'misconfigured')
      return { status: 'failed', evidence: `${result.signal.detail}; ${result.hint}` }
    if (result.outcome === 'not-done' && result.next === 'retry') {
      const wait = result.signal.retryAfter === undefined ? retryMs : result.signal.retryAfter * 1000
      return {
        status: 'waiting',
        evidence: `${result.signal.detail}; ${result.hint}`,
        retryAt: context.clock.now() + wait,
      }
    }
    tried.push(`${authoriser.label}: ${result.signal.detail}`)
    const asked = result.outcome === 'ambiguous' || result.next === 'probe'
    if (asked && (await isDead(run))) {
      await run.recorder.record([
        { kind: 'revoke-intent', data: { authoriser: 'nobody' } },
        { kind: 'revoke-outcome', data: { outcome: 'done', evidence: 'it is refused already' } },
      ])
      return {
        status: 'done',
        evidence: `${result.signal.detail}, and the key is refused while a control key is accepted`,
      }
    }
    if (result.outcome === 'ambiguous') {
      return {
        status: 'waiting',
        evidence: `nobody knows whether it was revoked (${result.signal.detail})`,
        retryAt: context.clock.now() + retryMs,
      }
    }
  }
  return {
    status: 'person',
    evidence: `cannot revoke the key, tried ${tried.join('; ')}: authorise with another valid key of the same account, or revoke it in the console`,
  }
}

async function isDead(run: Run): Promise<boolean> {
  const target = await leakedSecret(run)
  const control = await controlKey(run)
  if (target === null || control === null) return false
  return (await run.services.client.liveness(target, control.secret)).validity === 'dead'
}

function finished(state: IncidentState, step: 'confirm' | 'drain'): boolean {
  const status = state.steps.get(step)?.status
  return status === 'done' || status === 'skipped'
}

function waitingFor(state: IncidentState): string {
  if (state.replacement === null) return 'a replacement is issued'
  const open = state.consumers.filter((one) => one.status !== 'confirmed' && one.status !== 'waived')
  return open.length > 0 ? `${open.map((one) => one.target).join(', ')} is confirmed` : 'the drain is over'
}

function moving(state: IncidentState): boolean {
  return (['issue', 'verify', 'deliver', 'confirm', 'drain'] as const).some(
    (name) => state.steps.get(name)?.status === 'waiting',
  )
}

function nextMove(state: IncidentState, now: number): number {
  const times = [...state.steps.values()].flatMap((step) =>
    step.name === 'revoke' || step.retryAt === null ? [] : [Date.parse(step.retryAt)],
  )
  return times.length === 0 ? now + retryMs : Math.min(...times)
}

import { type Assessment, assess } from '../assess.ts'
import { authorisers, controlKey } from '../authorisers.ts'
import type { Run, Step } from '../run.ts'
import { leakedSecret } from '../secrets.ts'
import type { IncidentState, Outcome } from '../types.ts'
import { approve, approvedByPerson, stillApproved } from './approve.ts'
import { backOff } from './back-off.ts'
import { yields } from './confirm.ts'

const retryMs = 1000
/** A revocation that takes a while to spread answers like one that failed: this often it is looked at again. */
const mostUnclear = 10

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
export async function heldBack(run: Run, { cell, column }: Assessment): Promise<Outcome | null> {
  const { state } = run.recorder
  if (state.playbook === 'revoke') return null
  if (run.options.revokeNow) return (await stillApproved(run)) ? null : await asked(run)
  const now = run.services.context.clock.now()
  const late = state.deadline !== null && now >= Date.parse(state.deadline) && cell.atDeadline === 'revoke'
  const urgent = state.exposure === 'public' && (late || cell.revoke === 'now')
  if (!urgent && (await isLastLiveKey(run)) && !(await approvedByPerson(run))) return lastLiveKey
  if (late || cell.revoke === 'now') return null
  // Nobody loses anything, except with a management key: without its successor nobody can issue or revoke.
  if (state.consumers.length === 0 && column !== 'management') return null
  const stored = await storedOutsideEscrow(run)
  if (finished(state, 'confirm') && finished(state, 'drain') && stored) return null
  const why = waitingFor(state, stored)
  if (state.deadline !== null && cell.atDeadline === 'revoke') {
    const retryAt = Date.parse(state.deadline)
    return { status: 'waiting', evidence: `not before ${why}; in any case at ${state.deadline}`, retryAt }
  }
  if (moving(state))
    return { status: 'waiting', evidence: `not before ${why}`, retryAt: nextMove(state, now) }
  return { status: 'person', evidence: `not before ${why}; --revoke-now does it all the same` }
}

const lastLiveKey: Outcome = {
  status: 'person',
  evidence:
    'it is the last live key of its account and no replacement works yet: a person has to approve (--yes, or --revoke-now)',
}

/** What was asked before was another plan, or too long ago. */
async function asked(run: Run): Promise<Outcome | null> {
  const outcome = await approve.run(run)
  return outcome.status === 'done' ? null : outcome
}

/** Invariant 4; a replacement that was verified takes its place. */
async function isLastLiveKey(run: Run): Promise<boolean> {
  const { state } = run.recorder
  if (state.keyId === null || (state.replacement !== null && finished(state, 'verify'))) return false
  const all = await run.services.keys.all()
  return !all.some(
    (one) =>
      one.status === 'active' && one.account === state.account && one.fingerprint !== state.fingerprint,
  )
}

/** Invariant 3: with every consumer waived the replacement might stand in escrow alone. */
async function storedOutsideEscrow(run: Run): Promise<boolean> {
  const { replacement, consumers } = run.recorder.state
  if (replacement === null) return false
  if (consumers.some((one) => one.status === 'confirmed')) return true
  const entry = await run.services.keys.byFingerprint(replacement.fingerprint)
  return (
    entry !== null && entry.locator !== null && (await yields(run, entry.locator, replacement.fingerprint))
  )
}

export async function revokeNow(run: Run): Promise<Outcome> {
  const { client, at, context } = run.services
  const target = await leakedSecret(run)
  if (target === null)
    return { status: 'person', evidence: 'revoking takes the whole key: give it with --token-stdin' }
  const tried: string[] = []
  let unclear = false
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
      const wait = backOff(run, run.recorder.state.revocations, result.signal.retryAfter)
      return {
        status: 'waiting',
        evidence: `${result.signal.detail}; ${result.hint}`,
        retryAt: context.clock.now() + wait,
      }
    }
    tried.push(`${authoriser.label}: ${result.signal.detail}`)
    const asked = result.outcome === 'ambiguous' || result.next === 'probe'
    unclear ||= asked
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
  if (unclear && run.recorder.state.revocations.length < mostUnclear) {
    const evidence = `not known to be dead yet (${tried.join('; ')})`
    return { status: 'waiting', evidence, retryAt: context.clock.now() + retryMs }
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

function finished(state: IncidentState, step: 'verify' | 'confirm' | 'drain'): boolean {
  const status = state.steps.get(step)?.status
  return status === 'done' || status === 'skipped'
}

function waitingFor(state: IncidentState, stored: boolean): string {
  if (state.replacement === null) return 'a replacement is issued'
  const open = state.consumers.filter((one) => one.status !== 'confirmed' && one.status !== 'waived')
  if (open.length > 0) return `${open.map((one) => one.target).join(', ')} is confirmed`
  return stored || !finished(state, 'confirm')
    ? 'the drain is over'
    : 'the new key stands anywhere but in escrow'
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

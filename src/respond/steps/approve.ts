import { onlyReadBack } from '../../consumers/programs.ts'
import { assess, livenessNow } from '../assess.ts'
import { authorisers } from '../authorisers.ts'
import { makePlan } from '../plan.ts'
import { milliseconds } from '../policy.ts'
import type { Run, Step } from '../run.ts'
import type { Outcome, Plan } from '../types.ts'

/** Where policy asks a person. A passed deadline at which policy revokes is itself the approval. */
export const approve: Step = {
  id: 'approve',
  kind: 'gate',
  async run(run) {
    const plan = await planNow(run)
    if (run.options.yes) return await approved(run, plan, `${run.options.by} (--yes)`)
    if (approvalOf(run, plan.hash) !== null)
      return { status: 'done', evidence: `approved by ${approvalOf(run, plan.hash) ?? ''}` }
    if (!plan.ask && !needsPerson(run))
      return { status: 'done', evidence: `policy does not ask for ${run.recorder.state.exposure}` }
    if (await deadlinePassed(run))
      return { status: 'done', evidence: 'the deadline has passed, which is the approval' }
    if (run.options.ask !== undefined) {
      return (await run.options.ask(plan))
        ? await approved(run, plan, `${run.options.by} (at the terminal)`)
        : { status: 'person', evidence: 'not approved; nothing was issued, delivered or revoked' }
    }
    if (!plan.ask)
      return { status: 'done', evidence: `policy does not ask for ${run.recorder.state.exposure}` }
    return await wait(run, plan)
  },
}

export async function planNow(run: Run): Promise<Plan> {
  const assessed = await assess(run)
  const first = await authorisers(run, 'issue').next()
  const alive = await livenessNow(run)
  return makePlan(run, assessed, {
    alive: alive.text,
    authoriser: first.done === true ? null : first.value.label,
  })
}

/** Whether the plan as it is now may be carried out: an approval counts for one plan and for some time only. */
export async function stillApproved(run: Run): Promise<boolean> {
  if (run.options.yes) return true
  const plan = makePlan(run, await assess(run), { alive: '', authoriser: null })
  return !plan.ask || approvalOf(run, plan.hash) !== null || (await deadlinePassed(run))
}

/** Whether a person said so; a policy that does not ask and a passed deadline are nobody's word. */
export async function approvedByPerson(run: Run): Promise<boolean> {
  if (run.options.yes) return true
  const plan = makePlan(run, await assess(run), { alive: '', authoriser: null })
  return approvalOf(run, plan.hash) !== null
}

/** Who approved this very plan and when it still counts; null when nobody did. */
export function approvalOf(run: Run, hash: string): string | null {
  const now = run.services.context.clock.now()
  const found = run.recorder.state.approvals.find(
    (one) => one.planHash === hash && Date.parse(one.expiresAt) > now,
  )
  return found?.by ?? null
}

async function approved(run: Run, plan: Plan, by: string): Promise<Outcome> {
  const now = run.services.context.clock.now()
  const expiresAt = new Date(now + milliseconds(run.services.policy.approvalExpires)).toISOString()
  await run.recorder.record([{ kind: 'approval', data: { planHash: plan.hash, by, expiresAt } }])
  return { status: 'done', evidence: `approved by ${by}, plan ${plan.hash.slice(0, 12)}` }
}

/** A consumer that can only be read back needs somebody who takes that; unattended it waits for the deadline. */
function needsPerson(run: Run): boolean {
  return run.options.ask !== undefined && run.recorder.state.consumers.some((one) => onlyReadBack(one.spec))
}

/** The deadline at which policy revokes whatever is confirmed by then. */
export async function deadlinePassed(run: Run): Promise<boolean> {
  const { deadline } = run.recorder.state
  const { cell } = await assess(run)
  return (
    deadline !== null &&
    cell.atDeadline === 'revoke' &&
    run.services.context.clock.now() >= Date.parse(deadline)
  )
}

/** Never stays for a person: whoever comes later finds the plan's hash and the time at which policy goes on alone. */
async function wait(run: Run, plan: Plan): Promise<Outcome> {
  const { id, deadline } = run.recorder.state
  const { cell } = await assess(run)
  const alone =
    deadline !== null && cell.atDeadline === 'revoke'
      ? `; policy goes on by itself at ${deadline} when it is run again then`
      : ''
  return {
    status: 'person',
    evidence: `policy asks a person: approve with \`pplx-warden incident approve ${id}\` or run again with --yes (plan ${plan.hash.slice(0, 12)})${alone}`,
  }
}

import { WardenError } from '../errors.ts'
import type { Playbook } from './playbook.ts'
import type { Run } from './run.ts'
import { deadlinePassed } from './steps/approve.ts'
import { steps } from './steps/registry.ts'
import type { IncidentState, Outcome, StepName } from './types.ts'

const defaultStayMs = 600_000
/** However far the next time is, consumers that failed are tried again this often while the process stays. */
const longestSleepMs = 10_000

/**
 * Runs the playbook until it is closed, only people are left, or the time to stay is over. Every step that is not done
 * is tried again on each pass, in order; what it comes to is recorded before the next begins.
 */
export async function runPlaybook(run: Run, playbook: Playbook): Promise<void> {
  const told = new Set<StepName>()
  for (;;) {
    await pass(run, playbook, told)
    const wake = nextWake(run)
    if (wake === null) return
    await run.services.context.clock.sleep(wake, run.services.context.signal)
  }
}

async function pass(run: Run, playbook: Playbook, told: Set<StepName>): Promise<void> {
  const beside: Promise<void>[] = []
  for (const { step, after } of await inOrder(run, playbook)) {
    if (settled(run.recorder.state, step) || told.has(step)) continue
    if (!after.every((name) => settled(run.recorder.state, name))) continue
    if (run.services.context.signal.aborted)
      throw new WardenError('interrupted; run it again to go on', { exitCode: 3 })
    if (step === 'notify') {
      // A channel that hangs holds nothing back, and is tried once a run.
      told.add(step)
      beside.push(runStep(run, step))
    } else await runStep(run, step)
  }
  for (const ended of await Promise.allSettled(beside)) if (ended.status === 'rejected') throw ended.reason
}

/** When the leaked key has to go at once, no application that hangs may delay it: delivery goes on behind it. */
async function inOrder(run: Run, { steps: rows }: Playbook): Promise<Playbook['steps']> {
  if (!run.options.revokeNow && !(await deadlinePassed(run))) return rows
  const urgent = rows.filter(({ step }) => step === 'revoke' || step === 'prove')
  const others = rows.filter(({ step }) => step !== 'revoke' && step !== 'prove')
  const at = others.findIndex(({ step }) => step === 'deliver')
  return at === -1 ? rows : [...others.slice(0, at), ...urgent, ...others.slice(at)]
}

async function runStep(run: Run, name: StepName): Promise<void> {
  const step = steps[name]
  await record(run, name, { status: 'running', evidence: '' })
  run.options.onStep?.(run.recorder.state, name)
  let outcome: Outcome
  try {
    outcome = (await step.reconcile?.(run)) ?? (await step.run(run))
  } catch (error) {
    if (!(error instanceof WardenError) || isLeaseLost(error)) throw error
    outcome = {
      status: 'failed',
      evidence: error.hint === undefined ? error.message : `${error.message}; ${error.hint}`,
    }
  }
  await record(run, name, outcome)
  run.options.onStep?.(run.recorder.state, name)
}

/** Recorded only when something changed: a poll that says the same again writes nothing. */
async function record(
  run: Run,
  step: StepName,
  outcome: Outcome | { status: 'running'; evidence: string },
): Promise<void> {
  const before = run.recorder.state.steps.get(step)
  if (outcome.status === 'running' && before !== undefined && before.status !== 'pending') return
  const retryAt =
    'retryAt' in outcome && outcome.retryAt !== undefined ? new Date(outcome.retryAt).toISOString() : null
  if (before?.status === outcome.status && before.evidence === outcome.evidence && before.retryAt === retryAt)
    return
  await run.recorder.record([
    { kind: 'step', data: { step, status: outcome.status, evidence: outcome.evidence, retryAt } },
  ])
}

function settled(state: IncidentState, step: StepName): boolean {
  const status = state.steps.get(step)?.status
  return status === 'done' || status === 'skipped'
}

/** Milliseconds to sleep before the next pass; null: leave now. */
function nextWake(run: Run): number | null {
  const { state } = run.recorder
  if (state.closedAt !== null) return null
  const times = [...state.steps.values()].flatMap((step) =>
    step.status === 'waiting' && step.retryAt !== null ? [Date.parse(step.retryAt)] : [],
  )
  if (times.length === 0) return null
  const { clock } = run.services.context
  const ahead = Math.max(50, Math.min(...times) - clock.now())
  const left = stayMs(run) - (clock.monotonic() - run.startedAt)
  if (ahead > left) return null
  return Math.min(ahead, longestSleepMs)
}

/** For public and shared until revoked and proven, else ten minutes; `--wait` says otherwise. */
function stayMs(run: Run): number {
  const { state } = run.recorder
  if (run.options.waitMs !== null) return run.options.waitMs
  const urgent = state.exposure === 'public' || state.exposure === 'shared'
  return urgent && state.provenAt === null ? Number.POSITIVE_INFINITY : defaultStayMs
}

function isLeaseLost(error: WardenError): boolean {
  return 'code' in error && error.code === 'lease-lost'
}

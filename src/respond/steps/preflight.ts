import { assess, checkConsumers } from '../assess.ts'
import { authorisers } from '../authorisers.ts'
import type { Run, Step } from '../run.ts'
import type { JournalEvent } from '../types.ts'
import { deadlinePassed } from './approve.ts'

/** Everything that could fail later and can be tried now, before anything irreversible. */
export const preflight: Step = {
  id: 'preflight',
  kind: 'idempotent',
  async run(run) {
    const assessed = await assess(run)
    await run.services.escrow.check()
    if (run.recorder.state.playbook === 'revoke') {
      return { status: 'done', evidence: 'escrow written and read back; no replacement wanted' }
    }
    if (!assessed.consumersKnown) {
      return {
        status: 'person',
        evidence:
          'nobody said which applications use this key: name them with --to dotenv:PATH:NAME or --to file:PATH, or write `consumers:` in the inventory file and import it (`consumers: []` when there are none)',
      }
    }
    const stranger = [...run.options.waivers.keys()].find(
      (name) => !assessed.consumers.some((one) => one.target === name),
    )
    if (stranger !== undefined) {
      const names = assessed.consumers.map((one) => one.target).join(', ')
      return {
        status: 'person',
        evidence: `--waive names no consumer of this key: ${stranger}; there are ${names}`,
      }
    }
    await run.recorder.record([
      { kind: 'consumers', data: { known: true, list: [...assessed.consumers] } },
      ...duties(run, assessed.consumers),
    ])
    if (assessed.consumers.length === 0) {
      return {
        status: 'done',
        evidence: 'escrow written and read back; nobody uses this key, no replacement is issued',
      }
    }
    if (await deadlinePassed(run)) {
      return { status: 'done', evidence: 'the deadline has passed: it goes on with whatever can be reached' }
    }
    const checked = await checkConsumers(run, pending(run))
    const broken = checked.filter(
      (one) => one.evidence.result !== 'ok' && !run.options.waivers.has(one.target),
    )
    if (broken.length > 0) {
      const [first] = broken
      return {
        status: 'person',
        evidence: `${broken.length} of ${assessed.consumers.length} consumers cannot be delivered to: ${first?.target ?? ''}: ${first?.evidence.text ?? ''}; mend it, or --waive ${first?.target ?? 'CONSUMER'}=REASON`,
      }
    }
    if (run.options.replacement === null && (await authorisers(run, 'issue').next()).done === true) {
      return {
        status: 'person',
        evidence:
          'no key can authorise issuing a replacement: give a management key, or make one in the console and use --replacement-stdin',
      }
    }
    return {
      status: 'done',
      evidence: `escrow written and read back; ${assessed.consumers.length} consumers reachable`,
    }
  },
}

/** Consumers that hold the replacement already are not looked at for the old key again. */
function pending(
  run: Run,
): readonly { spec: Parameters<typeof checkConsumers>[1][number]['spec']; target: string }[] {
  return run.recorder.state.consumers.filter(
    (one) => one.status === 'pending' || one.status === 'manual' || one.status === 'failed',
  )
}

/** Each application has to be confirmed or waived before the incident may close. */
function duties(run: Run, consumers: readonly { target: string }[]): JournalEvent[] {
  const { consumers: states, obligations } = run.recorder.state
  const settled = new Set(
    states.filter((one) => one.status === 'confirmed' || one.status === 'waived').map((one) => one.target),
  )
  const open = new Set(
    obligations.filter((one) => one.kind === 'consumer-unconfirmed').map((one) => one.subject),
  )
  return consumers
    .filter(({ target }) => !settled.has(target) && !open.has(target))
    .map(({ target }) => ({
      kind: 'obligation',
      data: {
        kind: 'consumer-unconfirmed',
        subject: target,
        detail: `${target} is not confirmed to run with the new key`,
      },
    }))
}

import pLimit from 'p-limit'
import { consumerFor } from '../../consumers/registry.ts'
import type { Delivery, Evidence } from '../../consumers/types.ts'
import type { Secret } from '../../secret/index.ts'
import type { Run, Step } from '../run.ts'
import { replacementSecret } from '../secrets.ts'
import type { ConsumerState, ConsumerStatus } from '../types.ts'

/** To every consumer in parallel, each with a state of its own; one that fails never stops the others. */
export const deliver: Step = {
  id: 'deliver',
  kind: 'idempotent',
  async run(run) {
    if (run.recorder.state.replacement === null) return { status: 'skipped', evidence: 'nothing was issued' }
    const secret = await replacementSecret(run)
    if (secret === null)
      return { status: 'person', evidence: 'the replacement is neither in escrow nor with a consumer' }
    await removeSiblings(run)
    await waive(run)
    const limit = pLimit(8)
    const open = run.recorder.state.consumers.filter(
      (one) => one.status !== 'confirmed' && one.status !== 'waived' && one.status !== 'reloaded',
    )
    if (open.length > 0) run.services.at('deliver:begun')
    await Promise.all(open.map((one) => limit(() => deliverOne(run, one, secret))))
    return summary(run)
  },
}

/** What an interrupted delivery left beside a target. */
async function removeSiblings(run: Run): Promise<void> {
  for (const sibling of run.recorder.state.siblings) {
    try {
      run.services.context.fs.rmSync(sibling, { force: true })
    } catch {
      const detail = `${sibling} may hold the new key and cannot be removed: remove it`
      await run.recorder.record([{ kind: 'follow-up', data: { kind: 'sibling-left', detail } }])
    }
  }
}

async function deliverOne(run: Run, consumer: ConsumerState, secret: Secret): Promise<void> {
  const { at, context } = run.services
  const implementation = consumerFor(consumer.spec)
  const delivery: Delivery = {
    old: run.recorder.state.fingerprint,
    journalSibling: (path) =>
      run.recorder.record([{ kind: 'sibling', data: { target: consumer.target, path } }]),
    at,
  }
  const written = await implementation.deliver(consumer.spec, secret, delivery, context)
  at('deliver:written')
  await recordConsumer(run, consumer, written, 'written')
  if (written.result !== 'ok') return
  const reloaded = await implementation.reload(consumer.spec, context)
  at('deliver:reloaded')
  if (reloaded !== null) await recordConsumer(run, consumer, reloaded, 'reloaded')
  at('deliver:recorded')
}

export async function recordConsumer(
  run: Run,
  consumer: ConsumerState,
  evidence: Evidence,
  reached: ConsumerStatus,
): Promise<void> {
  const status = evidence.result === 'ok' ? reached : evidence.result
  await run.recorder.record([
    {
      kind: 'consumer',
      data: { target: consumer.target, status, evidence: evidence.text, level: evidence.level },
    },
    ...(status === 'confirmed'
      ? [
          {
            kind: 'obligation-met' as const,
            data: { kind: 'consumer-unconfirmed' as const, subject: consumer.target, by: evidence.text },
          },
        ]
      : []),
  ])
}

/** By name and reason, said by a person. */
async function waive(run: Run): Promise<void> {
  for (const consumer of run.recorder.state.consumers) {
    const reason = run.options.waivers.get(consumer.target)
    if (reason === undefined || consumer.status === 'waived' || consumer.status === 'confirmed') continue
    const text = `waived by ${run.options.by}: ${reason}`
    await run.recorder.record([
      {
        kind: 'consumer',
        data: { target: consumer.target, status: 'waived', evidence: text, level: 'none' },
      },
      { kind: 'obligation-met', data: { kind: 'consumer-unconfirmed', subject: consumer.target, by: text } },
    ])
  }
}

function summary(run: Run): { status: 'done' | 'person'; evidence: string } {
  const { consumers } = run.recorder.state
  const broken = consumers.filter(
    (one) => one.status === 'failed' || one.status === 'manual' || one.status === 'pending',
  )
  const [first] = broken
  if (first === undefined)
    return { status: 'done', evidence: `delivered to ${consumers.length} of ${consumers.length}` }
  return {
    status: 'person',
    evidence: `delivered to ${consumers.length - broken.length} of ${consumers.length}; ${first.target}: ${first.evidence}`,
  }
}

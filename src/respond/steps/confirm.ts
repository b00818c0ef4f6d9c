import { onlyReadBack } from '../../consumers/programs.ts'
import { consumerFor } from '../../consumers/registry.ts'
import type { KeyEntry } from '../../inventory/types.ts'
import type { Fingerprint } from '../../secret/index.ts'
import { approvalOf, planNow } from './approve.ts'
import { recordConsumer } from './deliver.ts'
import type { Run, Step } from '../run.ts'
import type { ConsumerState, Outcome } from '../types.ts'

/** An application may need a moment to take the new key up: this long it is asked again. */
const patienceMs = 60_000
const pollMs = 2000

/** Read back from where it was delivered, and evidence that each application runs with it. */
export const confirm: Step = {
  id: 'confirm',
  kind: 'poll',
  async run(run) {
    const { replacement } = run.recorder.state
    if (replacement === null) return { status: 'skipped', evidence: 'nothing was delivered' }
    for (const consumer of run.recorder.state.consumers) {
      if (consumer.status === 'written' || consumer.status === 'reloaded')
        await confirmOne(run, consumer, replacement.fingerprint)
    }
    const open = run.recorder.state.consumers.filter(
      (one) => one.status !== 'confirmed' && one.status !== 'waived',
    )
    const [first] = open
    if (first !== undefined) return await unconfirmed(run, open, first)
    await makeCurrent(run, replacement.fingerprint)
    await noteLeftovers(run)
    const { consumers } = run.recorder.state
    const waived = consumers.filter((one) => one.status === 'waived').length
    return {
      status: 'done',
      evidence: `${consumers.length - waived} of ${consumers.length} confirmed${waived === 0 ? '' : `, ${waived} waived`}`,
    }
  },
}

async function unconfirmed(run: Run, open: readonly ConsumerState[], first: ConsumerState): Promise<Outcome> {
  const evidence = `${open.length} not confirmed; ${first.target}: ${first.evidence}`
  const { clock } = run.services.context
  const moves = open.some(
    (one) => !onlyReadBack(one.spec) && one.status !== 'manual' && !undelivered(run, one),
  )
  if (!moves || clock.monotonic() - run.startedAt > patienceMs) return { status: 'person', evidence }
  return { status: 'waiting', evidence, retryAt: clock.now() + pollMs }
}

/** A delivery that failed moves by a person or by the next run, not by asking again. */
function undelivered(run: Run, consumer: ConsumerState): boolean {
  return (
    consumer.status === 'pending' ||
    (consumer.status === 'failed' && run.recorder.state.steps.get('deliver')?.status !== 'pending')
  )
}

async function deliverAgain(run: Run, why: string): Promise<void> {
  const evidence = `again: ${why}`
  await run.recorder.record([
    { kind: 'step', data: { step: 'deliver', status: 'pending', evidence, retryAt: null } },
  ])
}

async function confirmOne(run: Run, consumer: ConsumerState, fingerprint: Fingerprint): Promise<void> {
  const implementation = consumerFor(consumer.spec)
  const evidence = await implementation.confirm(
    consumer.spec,
    fingerprint,
    consumer.status === 'reloaded',
    run.services.context,
  )
  if (evidence.result !== 'ok') {
    // Asked again as long as it is written; what does not hold the key any more is delivered to again.
    const written = consumer.status === 'reloaded' || consumer.status === 'written'
    const gone = evidence.level === 'read back' || !written
    await recordConsumer(run, consumer, gone ? evidence : { ...evidence, result: 'ok' }, consumer.status)
    if (gone) await deliverAgain(run, evidence.text)
    return
  }
  if (!onlyReadBack(consumer.spec)) {
    await recordConsumer(run, consumer, evidence, 'confirmed')
    return
  }
  const approval = approvalOf(run, (await planNow(run)).hash)
  const by = approval ?? (run.options.yes ? `${run.options.by} (--yes)` : null)
  if (by === null) await recordConsumer(run, consumer, evidence, 'written')
  else
    await recordConsumer(
      run,
      consumer,
      { ...evidence, text: `${evidence.text}; taken as enough by ${by}` },
      'confirmed',
    )
}

/** The same key under another name in a file that was served: an outage that nobody would see coming. */
async function noteLeftovers(run: Run): Promise<void> {
  const { consumers, fingerprint } = run.recorder.state
  for (const { spec, status } of consumers) {
    if (status !== 'confirmed') continue
    const found = (await consumerFor(spec).leftovers?.(spec, fingerprint, run.services.context)) ?? []
    if (found.length === 0) continue
    await run.recorder.record(
      found.map((detail) => ({ kind: 'follow-up', data: { kind: 'old-value-left', detail } })),
    )
  }
}

/** The replacement becomes the name's current key, and its locator one that really yields it. */
async function makeCurrent(run: Run, fingerprint: Fingerprint): Promise<void> {
  const { keys } = run.services
  const { state } = run.recorder
  const entry = await keys.byFingerprint(fingerprint)
  if (entry === null) return
  const locator = await workingLocator(run, entry, fingerprint)
  await run.recorder.record(locator.events, async (tx) => {
    await keys.promote(tx, fingerprint, state.id)
    await keys.setLocator(tx, fingerprint, { value: locator.value, stale: locator.stale }, state.id)
  })
}

interface LocatorFinding {
  readonly value: string | null
  readonly stale: boolean
  readonly events: Parameters<Run['recorder']['record']>[0]
}

/** The old key's locator is the team's choice: kept if it gives the new key by now. */
async function workingLocator(run: Run, entry: KeyEntry, fingerprint: Fingerprint): Promise<LocatorFinding> {
  const { keyId } = run.recorder.state
  const locator = (keyId === null ? null : await run.services.keys.byId(keyId))?.locator ?? entry.locator
  if (locator !== null && (await yields(run, locator, fingerprint)))
    return { value: locator, stale: false, events: [] }
  for (const { spec } of run.recorder.state.consumers) {
    const candidate =
      spec.kind === 'dotenv'
        ? `dotenv:${spec.path}:${spec.variable}`
        : spec.kind === 'file'
          ? `file:${spec.path}`
          : null
    if (candidate === null || !(await yields(run, candidate, fingerprint))) continue
    const detail = `${locator ?? ''} does not give the new key; it is read from ${candidate} from now on`
    return {
      value: candidate,
      stale: false,
      events: locator === null ? [] : [{ kind: 'follow-up', data: { kind: 'stale-locator', detail } }],
    }
  }
  if (locator === null) {
    const detail = `${entry.name} has no place that it can be read from again: give it a locator, or a later response has to ask for it`
    return {
      value: null,
      stale: false,
      events: [{ kind: 'follow-up', data: { kind: 'no-locator', detail } }],
    }
  }
  const detail = `${locator} must give the new key of ${entry.name}: set it and run this again`
  return {
    value: locator,
    stale: true,
    events: [{ kind: 'obligation', data: { kind: 'locator-stale', subject: locator, detail } }],
  }
}

export async function yields(run: Run, locator: string, fingerprint: Fingerprint): Promise<boolean> {
  try {
    return (await run.services.keys.readLocator(locator)).fingerprint === fingerprint
  } catch {
    return false // Missing or unreadable is the same answer here: it does not give the new key.
  }
}

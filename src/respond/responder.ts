import type { KeyEntry } from '../inventory/types.ts'
import { UsageError } from '../errors.ts'
import type { Fingerprint, Secret } from '../secret/index.ts'
import { consumerFor } from '../consumers/registry.ts'
import { insertIncident, openIncidentOf } from '../store/incidents.ts'
import { isConflict } from '../store/index.ts'
import { claimLease, type Lease, releaseLease, renewEveryMs, renewLease } from '../store/leases.ts'
import { checkConsumers, assess } from './assess.ts'
import { runPlaybook } from './engine.ts'
import { holderIsGone, thisHolder } from './holder.ts'
import { incidentId } from './incident-id.ts'
import { loadPlaybook, type PlaybookName } from './playbook.ts'
import { milliseconds, worse } from './policy.ts'
import { loadIncident, openRecorder, type Recorder, writeEvents } from './recorder.ts'
import type { ResponseOptions, Run, Services } from './run.ts'
import { type Dated, foldJournal } from './state.ts'
import { planNow } from './steps/approve.ts'
import { sendWhatIsLeft, tell } from './tell.ts'
import type { Exposure, IncidentState, JournalEvent, OccurrenceNote, Plan } from './types.ts'

/** What a response is about. */
export interface Target {
  readonly fingerprint: Fingerprint
  readonly masked: string
  /** null: known by fingerprint only, or to be read from escrow or a locator. */
  readonly secret: Secret | null
  /** null: not in the inventory. */
  readonly key: KeyEntry | null
  readonly exposure: Exposure
  readonly exposureReason: string
  /** Whether somebody said the exposure; else it is a guess that never lowers what the incident knows. */
  readonly exposedSince: string | null
  readonly occurrences: readonly OccurrenceNote[]
  readonly playbook: PlaybookName
}

/** Opens or resumes the key's one open incident and works on it until it is closed or nothing moves by itself. */
export async function respondTo(
  services: Services,
  target: Target,
  options: ResponseOptions,
): Promise<IncidentState> {
  const id = await openIncident(services, target)
  return await resume(services, id, options, target)
}

/** Records the incident and seals the leaked token, nothing more (`--open-incidents`). */
export async function openOnly(services: Services, target: Target): Promise<IncidentState> {
  const id = await openIncident(services, target)
  if (target.secret !== null && (await services.escrow.read(id, 'leaked')) === null) {
    await services.escrow.sealToken({ incident: id, attempt: 'leaked', purpose: 'leaked' }, target.secret)
  }
  return await loadIncident(services.store.db, id)
}

/** Works on an incident under its lease; a second process follows the first and ends with the same result. */
export async function resume(
  services: Services,
  id: string,
  options: ResponseOptions,
  target: Pick<Target, 'secret' | 'exposure' | 'exposureReason' | 'occurrences'> | null,
): Promise<IncidentState> {
  const state = await loadIncident(services.store.db, id)
  if (state.closedAt !== null) {
    await quietly(sendWhatIsLeft(services, id))
    return state
  }
  refuseWhatIsTooLate(state, options)
  const lease = await claimOrFollow(services, id, options)
  if (lease === null) return await loadIncident(services.store.db, id)
  const renewal = keepLease(services, lease)
  try {
    const recorder = openRecorder(
      services.store,
      lease,
      services.context.clock,
      await loadIncident(services.store.db, id),
    )
    await addDetections(services, recorder, target)
    await addConsumers(recorder, options)
    const run = newRun(services, options, recorder, target?.secret ?? null)
    await runPlaybook(run, loadPlaybook(recorder.state.playbook))
    await quietly(tellTheEnd(run))
    return recorder.state
  } finally {
    clearInterval(renewal)
    // It runs out by itself; what happened before is what is reported.
    await quietly(services.store.transaction((tx) => releaseLease(tx, lease)))
  }
}

/** What would happen, with nothing written: no incident, no journal, no file. */
export async function planOnly(
  services: Services,
  target: Target,
  options: ResponseOptions,
): Promise<Plan & { readonly checks: readonly string[] }> {
  const existing = await openIncidentOf(services.store.db, target.fingerprint)
  const at = new Date(services.context.clock.now()).toISOString()
  const state =
    existing === undefined
      ? foldJournal('inc-planned', [{ at, event: openedEvent(target) } satisfies Dated])
      : await loadIncident(services.store.db, existing.id)
  const recorder: Recorder = {
    state: { ...state, occurrences: state.occurrences.length === 0 ? target.occurrences : state.occurrences },
    record: () => Promise.reject(new Error('a plan writes nothing')),
  }
  const run = newRun(services, options, recorder, target.secret)
  const plan = await planNow(run)
  const checks = target.playbook === 'revoke' ? [] : await checkConsumers(run, (await assess(run)).consumers)
  return {
    ...plan,
    checks: checks.map(
      (one) => `${one.evidence.result === 'ok' ? 'ok' : 'BAD'} ${one.target}: ${one.evidence.text}`,
    ),
  }
}

async function openIncident(services: Services, target: Target): Promise<string> {
  const { store, context, keys, at } = services
  const open = await openIncidentOf(store.db, target.fingerprint)
  if (open !== undefined) return open.id
  const now = context.clock.now()
  const id = incidentId(now, context.random(4))
  const time = new Date(now).toISOString()
  const event = openedEvent(target)
  const events: JournalEvent[] = [
    event,
    ...(target.occurrences.length === 0
      ? []
      : [{ kind: 'occurrences' as const, data: { list: [...target.occurrences] } }]),
    {
      kind: 'obligation',
      data: {
        kind: 'leaked-key-alive',
        subject: target.fingerprint,
        detail: `the leaked key ${target.masked} is not proven dead`,
      },
    },
  ]
  try {
    await store.transaction(async (tx) => {
      await insertIncident(tx, {
        id,
        fingerprint: target.fingerprint,
        key_id: target.key?.id ?? null,
        key_name: nameOf(target),
        kind: target.playbook,
        status: 'open',
        ended: 0,
        exposure: target.exposure,
        opened_at: time,
        updated_at: time,
        closed_at: null,
        deadline: null,
      })
      await writeEvents(
        tx,
        foldJournal(
          id,
          events.map((each) => ({ at: time, event: each })),
        ),
        events,
        time,
      )
      if (target.key !== null) await keys.markCompromised(tx, target.key.id, id)
    })
  } catch (error) {
    const other = isConflict(error) ? await openIncidentOf(store.db, target.fingerprint) : undefined
    if (other === undefined) throw error
    return other.id
  }
  at('open:recorded')
  return id
}

function openedEvent(target: Target): JournalEvent & { kind: 'opened' } {
  return {
    kind: 'opened',
    data: {
      playbook: target.playbook,
      fingerprint: target.fingerprint,
      masked: target.masked,
      keyId: target.key?.id ?? null,
      keyName: nameOf(target),
      account: target.key?.account ?? 'default',
      exposure: target.exposure,
      exposureReason: target.exposureReason,
      exposedSince: target.exposedSince,
    },
  }
}

function nameOf(target: Target): string {
  return target.key?.name ?? `unknown-${target.fingerprint.slice(7, 15)}`
}

/** More detections add occurrences; a worse exposure shortens the deadline, never lengthens it. */
async function addDetections(
  services: Services,
  recorder: Recorder,
  target: Pick<Target, 'exposure' | 'exposureReason' | 'occurrences'> | null,
): Promise<void> {
  if (target === null) return
  const { state } = recorder
  const seen = new Set(state.occurrences.map((one) => one.where))
  const fresh = target.occurrences.filter((one) => !seen.has(one.where))
  const events: JournalEvent[] = fresh.length === 0 ? [] : [{ kind: 'occurrences', data: { list: fresh } }]
  if (state.exposure !== target.exposure && worse(state.exposure, target.exposure) === target.exposure) {
    events.push({ kind: 'exposure', data: { exposure: target.exposure, reason: target.exposureReason } })
    const key = state.keyId === null ? null : await services.keys.byId(state.keyId)
    const column =
      key?.management === true
        ? 'management'
        : key === null || key.environment === 'production'
          ? 'production'
          : 'notProduction'
    const { deadline } = services.policy.exposures[target.exposure][column]
    if (deadline !== undefined) {
      const at = new Date(Date.parse(state.openedAt) + milliseconds(deadline)).toISOString()
      if (state.deadline === null || at < state.deadline) events.push({ kind: 'deadline', data: { at } })
    }
  }
  if (events.length > 0) await recorder.record(events)
}

/** What is asked for and could not be done any more is said, not passed over. */
function refuseWhatIsTooLate(
  state: IncidentState,
  { replacement, waivers, addConsumers: added }: ResponseOptions,
): void {
  if (
    replacement !== null &&
    state.replacement !== null &&
    state.replacement.fingerprint !== replacement.fingerprint
  ) {
    throw new UsageError(
      `${state.id} has a replacement already [${state.replacement.fingerprint.slice(7, 15)}]`,
      'respond to that one instead if it must be replaced: --new opens an incident for the current key',
    )
  }
  if (state.consumersKnown !== true) return
  const names = [
    ...state.consumers.map((one) => one.target),
    ...added.map((spec) => consumerFor(spec).target(spec)),
  ]
  const stranger = [...waivers.keys()].find((name) => !names.includes(name))
  if (stranger === undefined) return
  throw new UsageError(`--waive names no consumer of this key: ${stranger}`, `there are ${names.join(', ')}`)
}

/** `--to` on an incident that is past preflight: what follows from the consumers begins again. */
async function addConsumers(recorder: Recorder, options: ResponseOptions): Promise<void> {
  const { consumers, steps } = recorder.state
  const known = new Set(consumers.map((one) => one.target))
  const list = options.addConsumers
    .map((spec) => ({ spec, target: consumerFor(spec).target(spec) }))
    .filter(({ target }) => !known.has(target))
  if (list.length === 0) return
  const again = (
    ['preflight', 'approve', 'issue', 'verify', 'deliver', 'confirm', 'drain', 'close'] as const
  ).filter((step) => steps.get(step) !== undefined)
  await recorder.record([
    { kind: 'consumers', data: { known: true, list } },
    ...again.map((step) => ({
      kind: 'step' as const,
      data: { step, status: 'pending' as const, evidence: 'an application was added', retryAt: null },
    })),
  ])
}

function newRun(
  services: Services,
  options: ResponseOptions,
  recorder: Recorder,
  leaked: Secret | null,
): Run {
  return {
    services,
    options,
    recorder,
    leaked,
    replacement: null,
    startedAt: services.context.clock.monotonic(),
  }
}

async function claimOrFollow(
  services: Services,
  id: string,
  options: ResponseOptions,
): Promise<Lease | null> {
  const { store, context } = services
  const me = thisHolder(context.fs)
  const since = context.clock.monotonic()
  const stay = options.waitMs ?? 600_000
  for (;;) {
    const claim = await store.transaction((tx) =>
      claimLease(tx, id, me, context.clock.now(), (holder) => holderIsGone(context.fs, holder)),
    )
    if ('fencing' in claim) return claim
    if (context.clock.monotonic() - since >= stay) return null
    await context.clock.sleep(500, context.signal)
    if ((await loadIncident(store.db, id)).closedAt !== null) return null
  }
}

/** A lease that was lost shows at the next write, which is refused. */
function keepLease(services: Services, lease: Lease): NodeJS.Timeout {
  const timer = setInterval(() => {
    services.store
      .transaction((tx) => renewLease(tx, lease, services.context.clock.now()))
      .catch(() => undefined)
  }, renewEveryMs)
  timer.unref()
  return timer
}

/** Failed containment always tells somebody. */
async function tellTheEnd(run: Run): Promise<void> {
  if (run.services.channels.length === 0) return
  const { state } = run.recorder
  const declined = run.options.ask !== undefined && state.steps.get('approve')?.status === 'person'
  if (state.provenAt !== null) await tell(run, 'contained')
  else if (!declined) await tell(run, 'not-contained')
}

/** A message that cannot be sent, or a lease that cannot be given back, changes nothing of the result. */
async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined)
}

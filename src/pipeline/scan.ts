import type { Clock } from '../context.ts'
import type { Detector, Hit } from '../detect/types.ts'
import type { Exceptions } from '../exceptions/types.ts'
import { defaultLimits, type Limits } from '../sources/containers/types.ts'
import { isSkipped, type Origin, type Provenance, type Skipped, type Source } from '../sources/types.ts'
import { type Collector, collector } from './collect.ts'
import type { Coverage } from './coverage.ts'
import { findingsOf } from './findings.ts'
import { namesWithHits } from './names.ts'
import type { Outside } from './places.ts'
import type { Sieve } from './sieve.ts'
import type { ExpectedPlace, Finding, KeyLookup, Progress, ScanResult } from './types.ts'
import { type Sink, unitReader } from './units.ts'

export interface ScanOptions {
  readonly source: Source
  readonly detector: Detector
  readonly keys: KeyLookup
  readonly context: Outside & { readonly clock: Clock }
  readonly signal: AbortSignal
  readonly limits?: Partial<Limits>
  /** Asked for at the first hit and at the end: they may still be on their way. A comment needs no word here. */
  readonly exceptions?: Exceptions | null | Promise<Exceptions | null>
  /** Takes tokens out of a text: names in a baseline went through it. */
  readonly redact?: (text: string) => string
  /** Some times a second at most. */
  readonly onProgress?: (progress: Progress) => void
  /** Each finding once it is final, in the order of the result. */
  readonly onFinding?: (finding: Finding) => void
}

/** How long the event loop may wait for us: signals and children come through it. */
const BREATH = 50

/**
 * Units → detector → containers → hits, one finding a token → inventory. Throws what makes a scan impossible (exit
 * code 2) and the signal's reason when it is aborted; whatever could not be read is in `skipped`.
 */
export async function runScan(options: ScanOptions): Promise<ScanResult> {
  const { source, context, signal } = options
  const { clock } = context
  const startedAt = clock.now()
  const start = clock.monotonic()
  const state = newState(options)

  await readAll(options, state)
  await state.settle()
  const coverage = await state.coverage()
  const origins = [
    ...originsOf(state.findings),
    ...originsOf(state.preexisting),
    ...originsOf(state.examples),
    ...(coverage?.undecided() ?? []),
  ]
  const provenance = await locate(source, origins, state.skipped, signal)
  coverage?.settle(provenance)
  const findings = findingsOf(state.findings.groups.values(), provenance, options.keys, coverage)
  for (const finding of findings) options.onFinding?.(finding)
  const complete = state.skipped.length === 0
  const seesAll = complete && (source.excluded['operator'] ?? 0) === 0 && source.base === undefined
  const uses = coverage?.uses(options.keys, seesAll) ?? []

  return {
    source: source.kind,
    target: source.target,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Math.round(clock.monotonic() - start),
    complete,
    ...state.counts,
    skipped: distinct(state.skipped),
    excluded: source.excluded,
    expected: state.expected,
    findings,
    ...(source.base === undefined
      ? {}
      : { preexisting: findingsOf(state.preexisting.groups.values(), provenance, options.keys, null) }),
    examples: findingsOf(state.examples.groups.values(), provenance, options.keys, null),
    ...(uses.length === 0 ? {} : { exceptions: uses }),
  }
}

interface State {
  readonly counts: { units: number; bytes: number }
  readonly skipped: Skipped[]
  readonly expected: ExpectedPlace[]
  readonly findings: Collector
  readonly preexisting: Collector
  readonly examples: Collector
  readonly sink: Sink
  /** After the last unit. */
  settle(): Promise<void>
  /** null: no hit and no exception, so that nothing is loaded. */
  coverage(): Promise<Coverage | null>
}

function newState(options: ScanOptions): State {
  const counts = { units: 0, bytes: 0 }
  const skipped: Skipped[] = []
  const expected: ExpectedPlace[] = []
  const findings = collector()
  const preexisting = collector()
  const examples = collector()
  let sifting: Sieve | null = null
  let covering: Coverage | null = null
  async function coverage(): Promise<Coverage | null> {
    const exceptions = (await options.exceptions) ?? null
    const isEmpty = exceptions === null || (exceptions.files.length === 0 && exceptions.baseline === null)
    return isEmpty ? covering : await cover()
  }
  async function cover(): Promise<Coverage> {
    if (covering !== null) return covering
    const exceptions = (await options.exceptions) ?? { files: [], baseline: null }
    const today = new Date(options.context.clock.now()).toISOString().slice(0, 10)
    const made = (await import('./coverage.ts')).coverage({
      exceptions,
      today,
      redact: options.redact ?? ((text) => text),
    })
    covering = made
    return made
  }
  const sink: Sink = {
    counts,
    excluded: options.source.excluded,
    skipped: (item) => skipped.push(item),
    breathe: breather(options, () => ({
      ...counts,
      findings: findings.groups.size,
      skipped: skipped.length,
    })),
    wantsLines: options.source.kind !== 'log',
    async hits(unit, hits: readonly Hit[], around) {
      sifting ??= (await import('./sieve.ts')).sieve({
        ...options,
        skipped,
        expected,
        findings,
        preexisting,
        examples,
        coverage: await cover(),
      })
      await sifting.take(unit, hits, around)
    },
  }
  const settle = async (): Promise<void> => sifting?.end()
  return { counts, skipped, expected, findings, preexisting, examples, sink, settle, coverage }
}

/** Signals, children and people get their turn some times a second, however long a unit is. */
function breather({ context, signal, onProgress }: ScanOptions, progress: () => Progress): Sink['breathe'] {
  const { clock } = context
  let last = clock.monotonic()
  return () => {
    signal.throwIfAborted()
    if (clock.monotonic() - last < BREATH) return null
    return breathe()
  }

  async function breathe(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    last = clock.monotonic()
    onProgress?.(progress())
    signal.throwIfAborted()
  }
}

async function readAll(options: ScanOptions, { sink, skipped }: State): Promise<void> {
  const { source, detector, context, signal } = options
  const limits = { ...defaultLimits, ...options.limits }
  const reader = unitReader(detector, sink, limits, () => context.clock.monotonic())
  for await (const batch of source.units(signal)) {
    for (const unit of namesWithHits(batch, detector)) await reader.read(unit)
    for (const item of batch) {
      if (isSkipped(item)) skipped.push(item)
      else {
        const reading = reader.read(item)
        if (reading !== null) await reading
      }
    }
    const breath = sink.breathe()
    if (breath !== null) await breath
  }
  signal.throwIfAborted()
}

async function locate(
  source: Source,
  origins: readonly Origin[],
  skipped: Skipped[],
  signal: AbortSignal,
): Promise<Provenance | null> {
  if (origins.length === 0 || source.locate === undefined) return null
  const provenance = await source.locate([...new Set(origins)], signal)
  skipped.push(...provenance.skipped)
  return provenance
}

function originsOf({ groups }: Collector): readonly Origin[] {
  return [...groups.values()].flatMap(({ listed }) => listed.map(({ origin }) => origin))
}

function distinct(skipped: readonly Skipped[]): Skipped[] {
  const byText = new Map(skipped.map((item) => [`${item.skipped}\0${item.reason}`, item]))
  return [...byText.values()]
}

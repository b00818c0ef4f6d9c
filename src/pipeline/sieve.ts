import { resolve } from 'node:path'
import type { Detector, Hit } from '../detect/types.ts'
import { isAllowedBeside } from '../exceptions/inline.ts'
import type { KeyEntry } from '../inventory/types.ts'
import type { Origin, Skipped, Source, Unit, UnitName } from '../sources/types.ts'
import type { Collector, Found } from './collect.ts'
import type { Coverage } from './coverage.ts'
import { earlierTokens } from './earlier.ts'
import { partAt } from './names.ts'
import { gitStates, isOwnPlace, type Outside } from './places.ts'
import { placing, type Sifted } from './preexisting.ts'
import { type Exposure, surfaceOf } from './surfaces.ts'
import type { Around } from './surroundings.ts'
import { entryAt } from './tree.ts'
import type { ExpectedPlace, KeyLookup } from './types.ts'

/** Takes a unit's hits: which are findings, which examples, which expected, which nothing new. */
export interface Sieve {
  take(unit: Unit, hits: readonly Hit[], around: Around): Promise<void>
  /** After the last unit: what was not decided yet. */
  end(): Promise<void>
}

export interface SieveOptions {
  readonly source: Source
  readonly detector: Detector
  readonly keys: KeyLookup
  readonly context: Outside & { readonly clock: { monotonic(): number } }
  readonly signal: AbortSignal
  readonly skipped: Skipped[]
  readonly expected: ExpectedPlace[]
  readonly findings: Collector
  readonly preexisting: Collector
  readonly examples: Collector
  readonly coverage: Coverage
}

/** Loaded at the first hit: a scan without one needs none of this. */
export function sieve(options: SieveOptions): Sieve {
  const { source, keys, context, signal, findings, preexisting, examples, coverage } = options
  const gitState = gitStates(context, signal)
  const before = earlierTokens(options)
  const queue = source.base === undefined ? null : placing(source.base, options, record)
  return { take, end: async () => queue?.end() }

  async function take(unit: Unit, hits: readonly Hit[], around: Around): Promise<void> {
    const earlier = await before(unit.origin)
    for (const hit of hits) {
      const { fingerprint } = hit.secret
      if (earlier?.has(fingerprint) === true) continue
      const key = keys.byFingerprint(fingerprint)
      if (key !== null && (await isExpected(unit.origin, key))) continue
      const path = pathOf(unit, hit)
      const exposure = await exposureOf(unit.origin, path, key)
      const found: Found = {
        origin: unit.origin,
        path,
        encodings: encodingsOf(unit, hit),
        hit: placeOf(unit, hit),
        exposure,
      }
      if (hit.confidence === 'example' && key === null) examples.add(hit.secret, hit.confidence, found)
      else {
        const { secret, confidence } = hit
        const sifted = { secret, confidence, found, isAllowed: isAllowed(unit, hit, around) }
        if (queue === null) record(sifted, false)
        else await queue.put(sifted)
      }
    }
  }

  function record({ secret, confidence, found, isAllowed }: Sifted, stoodThere: boolean): void {
    if (stoodThere) preexisting.add(secret, confidence, found)
    else if (findings.add(secret, confidence, found)) coverage.note(secret.fingerprint, found, isAllowed)
  }

  /** A line of a log, a message or the name of a ref may be written by anybody; around what was packed is nothing. */
  function isAllowed({ origin }: Unit, hit: Hit, around: Around): boolean {
    const isContent =
      origin.kind === 'file' ||
      origin.kind === 'staged' ||
      (origin.kind === 'object' && origin.type === 'blob')
    if (!isContent || source.kind === 'log') return false
    const surroundings = around(hit)
    return surroundings !== null && isAllowedBeside(hit.secret.fingerprint, surroundings, hit.encodings)
  }

  /** Its own consumer's target or locator, in a file that git does not track (DESIGN: expected place). */
  async function isExpected(origin: Origin, key: KeyEntry): Promise<boolean> {
    const file = fileOf(origin)
    if (file === null || origin.kind !== 'file' || !isOwnPlace(context.fs, key, file)) return false
    const state = await gitState(resolve(file))
    if (state === 'tracked' || state === 'unknown') return false
    const { fingerprint } = key
    const listed = options.expected.some(
      (place) => place.fingerprint === fingerprint && place.path.text === origin.path.text,
    )
    if (fingerprint !== null && !listed)
      options.expected.push({ fingerprint, name: key.name, path: origin.path })
    return true
  }

  async function exposureOf(origin: Origin, path: UnitName | null, key: KeyEntry | null): Promise<Exposure> {
    const exposure = surfaceOf(source.kind, origin.kind === 'object' ? null : (path?.text ?? null))
    const file = fileOf(origin)
    if (exposure.surface !== 'env-file' || file === null) return exposure
    const state = await gitState(resolve(file))
    if (state === 'tracked') return { ...exposure, severity: 'high' }
    return state === 'ignored' && key === null ? { ...exposure, severity: 'low' } : exposure
  }
}

function encodingsOf(unit: Unit, hit: Hit): Hit['encodings'] {
  return unit.encodings.length === 0 ? hit.encodings : [...unit.encodings, ...hit.encodings]
}

function pathOf(unit: Unit, hit: Hit): UnitName | null {
  const { origin, bytes } = unit
  if (origin.kind === 'name') return partAt(origin.path, hit.byteOffset)
  if (origin.kind === 'stdin') return unit.name
  if (origin.kind === 'file' || origin.kind === 'staged') return origin.path
  const isTree = origin.kind === 'object' && origin.type === 'tree' && bytes instanceof Uint8Array
  return isTree ? entryAt(bytes, hit.byteOffset) : null
}

/** A name has no lines, nor has a tree. */
function placeOf({ origin }: Unit, hit: Hit) {
  const { byteOffset, byteLength, line, column, why } = hit
  const lineless =
    origin.kind === 'name' || (origin.kind === 'object' && origin.type === 'tree') || origin.kind === 'ref'
  return lineless
    ? { byteOffset, byteLength, why, line: null, column: null }
    : { byteOffset, byteLength, why, line, column }
}

function fileOf(origin: Origin): string | null {
  return origin.kind === 'file' ? Buffer.from(origin.file).toString('utf8') : null
}

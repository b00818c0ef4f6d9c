import { resolve } from 'node:path'
import type { Detector, Hit } from '../detect/types.ts'
import { isAllowedBeside } from '../exceptions/inline.ts'
import type { KeyEntry } from '../inventory/types.ts'
import type { Fingerprint } from '../secret/index.ts'
import { defaultLimits } from '../sources/containers/types.ts'
import {
  isSkipped,
  type Origin,
  type Skipped,
  type Source,
  type Unit,
  type UnitName,
} from '../sources/types.ts'
import type { Collector } from './collect.ts'
import type { Coverage } from './coverage.ts'
import { partAt } from './names.ts'
import { gitStates, isOwnPlace, type Outside } from './places.ts'
import { type Exposure, surfaceOf } from './surfaces.ts'
import type { Around } from './surroundings.ts'
import { entryAt } from './tree.ts'
import type { ExpectedPlace, KeyLookup } from './types.ts'
import { unitReader } from './units.ts'

/** Takes a unit's hits: which are findings, which examples, which expected, which nothing new. */
export type Sieve = (unit: Unit, hits: readonly Hit[], around: Around) => Promise<void>

export interface SieveOptions {
  readonly source: Source
  readonly detector: Detector
  readonly keys: KeyLookup
  readonly context: Outside & { readonly clock: { monotonic(): number } }
  readonly signal: AbortSignal
  readonly skipped: Skipped[]
  readonly expected: ExpectedPlace[]
  readonly findings: Collector
  readonly examples: Collector
  readonly coverage: Coverage
}

/** Loaded at the first hit: a scan without one needs none of this. */
export function sieve(options: SieveOptions): Sieve {
  const { source, keys, context, signal, findings, examples, coverage } = options
  const gitState = gitStates(context, signal)
  const before = earlierTokens(options)

  return async (unit, hits, around) => {
    const earlier = await before(unit.origin)
    for (const hit of hits) {
      const { fingerprint } = hit.secret
      if (earlier?.has(fingerprint) === true) continue
      const key = keys.byFingerprint(fingerprint)
      if (key !== null && (await isExpected(unit.origin, key))) continue
      const path = pathOf(unit, hit)
      const exposure = await exposureOf(unit.origin, path, key)
      const found = {
        origin: unit.origin,
        path,
        encodings: encodingsOf(unit, hit),
        hit: placeOf(unit, hit),
        exposure,
      }
      if (hit.confidence === 'example' && key === null) examples.add(hit.secret, hit.confidence, found)
      else if (findings.add(hit.secret, hit.confidence, found)) {
        coverage.note(fingerprint, found, isAllowed(unit, hit, around))
      }
    }
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

/** What the parents had in the same place; asked once a unit, however many hits and containers it has. */
function earlierTokens({ source, detector, context, skipped, signal }: SieveOptions) {
  let asked: Origin | null = null
  let tokens: Set<Fingerprint> | null = null
  return async (origin: Origin): Promise<ReadonlySet<Fingerprint> | null> => {
    if (source.before === undefined) return null
    if (asked === origin) return tokens
    const found = new Set<Fingerprint>()
    const reader = unitReader(
      detector,
      {
        counts: { units: 0, bytes: 0 },
        excluded: {},
        wantsLines: false,
        // A parent's damaged container hides nothing: what it does not show stays a finding.
        skipped: () => {},
        breathe: () => null,
        async hits(_unit, hits) {
          for (const { secret } of hits) found.add(secret.fingerprint)
        },
      },
      defaultLimits,
      () => context.clock.monotonic(),
    )
    for await (const item of source.before(origin, signal)) {
      if (isSkipped(item)) skipped.push(item)
      else await reader.read(item)
    }
    asked = origin
    tokens = found
    return found
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

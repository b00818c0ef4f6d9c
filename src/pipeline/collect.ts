import type { Confidence, Encoding, Hit } from '../detect/types.ts'
import type { Fingerprint, Secret } from '../secret/index.ts'
import type { Origin, UnitName } from '../sources/types.ts'
import type { Exposure } from './surfaces.ts'
import { viaOf } from './paths.ts'
import type { Severity } from './types.ts'

/** An occurrence as found, before it is known where it came from. */
export interface Found {
  readonly origin: Origin
  /** The unit's path; a tree entry's name. */
  readonly path: UnitName | null
  readonly encodings: readonly Encoding[]
  readonly hit: Pick<Hit, 'byteOffset' | 'byteLength' | 'why'> & {
    readonly line: number | null
    readonly column: number | null
  }
  readonly exposure: Exposure
  /** The paths at which it is new, where it was not at others. */
  readonly newAt?: readonly UnitName[]
}

/** All occurrences of one token. */
export interface Group {
  readonly secret: Secret
  confidence: Confidence
  /** Of an occurrence of that confidence. */
  why: string
  severities: Set<Severity>
  count: number
  /** In order of place, at most `LISTED`: the first ones and the very last. */
  readonly listed: Found[]
}

const LISTED = 100
const rank: readonly Confidence[] = ['example', 'near', 'exact', 'known']

export interface Collector {
  /** False: it was told before. */
  add(secret: Secret, confidence: Confidence, found: Found): boolean
  readonly groups: ReadonlyMap<Fingerprint, Group>
}

/** Whatever order things are found in, the same groups come out, in bounded memory. */
export function collector(): Collector {
  const groups = new Map<Fingerprint, Group>()
  const named = new Set<string>()
  return { groups, add }

  function add(secret: Secret, confidence: Confidence, found: Found): boolean {
    if (found.origin.kind === 'name' && isRepeated(secret, found)) return false
    const { fingerprint } = secret
    const group = groups.get(fingerprint) ?? newGroup(secret, confidence, found.hit.why)
    groups.set(fingerprint, group)
    group.count += 1
    group.severities.add(found.exposure.severity)
    judge(group, confidence, found.hit.why)
    list(group.listed, found)
    return true
  }

  /** A token in a folder's name is one occurrence, however many files lie in the folder. */
  function isRepeated(secret: Secret, { path }: Found): boolean {
    const key = `${secret.fingerprint} ${path?.text ?? ''}`
    const repeated = named.has(key)
    named.add(key)
    return repeated
  }
}

function newGroup(secret: Secret, confidence: Confidence, why: string): Group {
  return { secret, confidence, why, severities: new Set(), count: 0, listed: [] }
}

/** The surest reading; of equal ones always the same, in whatever order they come. */
function judge(group: Group, confidence: Confidence, why: string): void {
  const surer = rank.indexOf(confidence) - rank.indexOf(group.confidence)
  if (surer < 0 || (surer === 0 && group.why <= why)) return
  group.confidence = confidence
  group.why = why
}

function list(listed: Found[], found: Found): void {
  const last = listed.at(-1)
  if (last === undefined || compare(found, last) >= 0) {
    if (listed.length === LISTED) listed.pop()
    listed.push(found)
    return
  }
  if (listed.length === LISTED) {
    const beforeLast = listed[LISTED - 2]
    if (beforeLast !== undefined && compare(found, beforeLast) >= 0) return
    listed.splice(LISTED - 2, 1)
  }
  let low = 0
  let high = listed.length
  while (low < high) {
    const middle = (low + high) >> 1
    const other = listed[middle]
    if (other !== undefined && compare(other, found) <= 0) low = middle + 1
    else high = middle
  }
  listed.splice(low, 0, found)
}

function compare(a: Found, b: Found): number {
  const [one, two] = [placeOf(a), placeOf(b)]
  if (one !== two) return one < two ? -1 : 1
  return a.hit.byteOffset - b.hit.byteOffset || a.encodings.length - b.encodings.length
}

function placeOf({ origin, path }: Found): string {
  const id = origin.kind === 'object' || origin.kind === 'staged' ? origin.id : ''
  const other = [...(origin.kind === 'ref' ? [origin.ref] : []), ...viaOf(origin)].join(' ')
  return `${origin.kind === 'object' ? '' : (path?.text ?? '')}\0${id}\0${other}`
}

import { crc32 } from 'node:zlib'
import { type Entry, longestHead, readEntry } from './entry.ts'
import type { PackIndex } from './pack-index.ts'
import type { PackWindow } from './window.ts'
import { Damaged, OFS_DELTA, REF_DELTA, typeOf } from './types.ts'

/**
 * A pack's entries in the order in which they are stored, and what is a delta of what. Numbers are places in that
 * order; -1 is nobody.
 */
export interface DeltaTrees {
  readonly count: number
  /** Bytes from the pack's start; one more than entries: the last is where the pack's checksum begins. */
  readonly offsets: Float64Array
  /** Entry of the pack's index. */
  readonly named: Uint32Array
  /** What each is a delta of. */
  readonly base: Int32Array
  readonly firstChild: Int32Array
  readonly nextSibling: Int32Array
  /** Not deltas, in order. */
  readonly roots: Uint32Array
  /** Deltas whose base is not in this pack, and entries that cannot be read, with why. */
  readonly lost: ReadonlyMap<number, string>
}

/** Reads every entry's head once, and on the way compares its bytes with the checksum that the index has of them. */
export function readDeltaTrees(index: PackIndex, window: PackWindow, end: number): DeltaTrees {
  const { count, idLength } = index
  const { offsets, named, place } = inOrder(index, end)
  const firstChild = new Int32Array(count).fill(-1)
  const nextSibling = new Int32Array(count).fill(-1)
  const roots: number[] = []
  const lost = new Map<number, string>()
  const entry: Entry = { type: 0, size: 0, distance: 0, baseId: -1, data: 0 }
  // From the end, so that children are listed in order.
  const base = new Int32Array(count)
  for (let i = 0; i < count; i++) base[i] = baseOf(i)
  for (let i = count - 1; i >= 0; i--) {
    const parent = base[i] as number
    if (parent === -1) continue
    nextSibling[i] = firstChild[parent] as number
    firstChild[parent] = i
  }
  return { count, offsets, named, base, firstChild, nextSibling, roots: Uint32Array.from(roots), lost }

  function baseOf(i: number): number {
    const [start, next] = [offsets[i] as number, offsets[i + 1] as number]
    try {
      const at = window.at(start, Math.min(next, start + longestHead))
      readEntry(window.bytes, at, idLength, entry)
      const { type, distance, baseId } = entry
      const reference = baseId === -1 ? -1 : index.find(window.bytes, baseId)
      if (!isWhole(index, window, named[i] as number, start, next))
        throw new Damaged('its bytes are not those that the index was made of')
      if (type === OFS_DELTA) return found(placeOf(offsets, count, start - distance))
      if (type === REF_DELTA) return found(reference === -1 ? -1 : (place[reference] as number))
      if (typeOf(type) === undefined) throw new Damaged(`its type ${type} is not known`)
      roots.push(i)
    } catch (error) {
      if (!(error instanceof Damaged)) throw error
      lost.set(i, error.message)
    }
    return -1
  }
}

function found(entry: number): number {
  if (entry === -1) throw new Damaged('the base of its delta is not in the pack')
  return entry
}

function inOrder(index: PackIndex, end: number) {
  const { count } = index
  const sorted = new Float64Array(count + 1)
  for (let entry = 0; entry < count; entry++) {
    const offset = index.offsetAt(entry)
    if (offset < 12) throw new Damaged('its index leads outside of it')
    sorted[entry] = offset
  }
  sorted[count] = Number.POSITIVE_INFINITY
  const offsets = sorted.slice().sort()
  // Of a pack that was cut off, the last ones begin behind its end.
  offsets[count] = Math.max(end, count === 0 ? 0 : (offsets[count - 1] as number) + 1)
  for (let i = 1; i <= count; i++)
    if (offsets[i] === offsets[i - 1]) throw new Damaged('its index names one place twice')
  const named = new Uint32Array(count)
  const place = new Uint32Array(count)
  for (let entry = 0; entry < count; entry++) {
    const at = placeOf(offsets, count, sorted[entry] as number)
    place[entry] = at
    named[at] = entry
  }
  return { offsets, named, place }
}

function placeOf(offsets: Float64Array, count: number, offset: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    const value = offsets[middle] as number
    if (value === offset) return middle
    if (value < offset) low = middle + 1
    else high = middle
  }
  return -1
}

/** Large entries are compared piece by piece. */
function isWhole(index: PackIndex, window: PackWindow, entry: number, start: number, next: number): boolean {
  const expected = index.crcAt(entry)
  if (expected === null) return true
  let sum = 0
  for (let from = start; from < next; ) {
    const to = Math.min(next, from + window.room)
    const at = window.at(from, to)
    sum = crc32(window.bytes.subarray(at, at + to - from), sum)
    from = to
  }
  return sum === expected
}

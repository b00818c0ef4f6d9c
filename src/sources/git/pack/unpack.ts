import { applyDelta, type Changes, type DeltaHead, readDeltaHead, type Stretch } from './delta.ts'
import type { DeltaTrees } from './delta-trees.ts'
import { type Entry, readEntry } from './entry.ts'
import { type Inflate, slack } from './inflate.ts'
import type { PackIndex } from './pack-index.ts'
import { Damaged, type ObjectType, typeOf } from './types.ts'
import type { Change, Verdict } from '../../types.ts'
import type { PackWindow } from './window.ts'
import { type Wish, wishesOf } from './wishes.ts'

/** An object as it was unpacked; its bytes are valid until the next batch. */
export interface Unpacked {
  readonly id: string
  readonly type: ObjectType
  readonly bytes: Buffer
  /** To be told what became of it; null: nobody asks. */
  readonly verdict: Verdict | null
  readonly change: Change | null
}

/** An object that is left to others: `large` ones are stored whole and can be streamed; only of these type, size and place are right. Whoever asks git for one in a `circle` waits for ever. */
export interface Left {
  readonly id: string
  readonly why: 'large' | 'heavy' | 'damaged' | 'circle'
  readonly type: ObjectType
  readonly size: number
  /** In the pack: where its compressed data begins and ends. */
  readonly data: number
  readonly to: number
  /** What is damaged. */
  readonly reason: string
}

export interface Pack {
  readonly index: PackIndex
  readonly trees: DeltaTrees
  readonly window: PackWindow
  readonly inflate: Inflate
}

const memorySize = 12 * 2 ** 20
/** Larger ones of which nothing else is made are left too, to be streamed. */
const wholeUpTo = 2 ** 20
/** A batch is handed out before it has left the processor's cache. */
const batchSize = 2 ** 20
/** More small ones would live long enough to be kept by the garbage collector. */
const mostAtOnce = 512
const mostParts = 2 ** 12
const roomForParts = 2 ** 17

/** An object of which others will be made. */
interface Frame extends Stretch {
  at: number
  readonly type: ObjectType
  readonly verdict: Verdict
  /** The next of its deltas. */
  next: number
}

/**
 * Unpacks every object that is wanted, each once: depth first over the deltas, so that a base is there when it is needed
 * and forgotten when it is not, as `git index-pack` does it. What is larger than `most` bytes, or than the memory for it
 * allows, is left to others.
 */
export function* unpack(
  pack: Pack,
  wishFor: (entry: number) => Wish,
  most = Number.POSITIVE_INFINITY,
): Generator<readonly (Unpacked | Left)[]> {
  const { index, trees, window, inflate } = pack
  const largest = Math.min(most, memorySize / 3)
  const wishes = wishesOf(trees, wishFor)
  const memory = Buffer.allocUnsafeSlow(memorySize)
  const entry: Entry = { type: 0, size: 0, distance: 0, baseId: -1, data: 0 }
  const head: DeltaHead = { baseSize: 0, resultSize: 0, next: 0 }
  const changes: Changes = { parts: new Int32Array(mostParts), length: 0 }
  const parts = new Int32Array(roomForParts)
  let instructions = Buffer.allocUnsafeSlow(2 ** 16)
  const frames: Frame[] = []
  let batch: (Unpacked | Left)[] = []
  /** In `memory`: where the batch begins, and where there is room. */
  let start = 0
  let top = 0
  let partsUsed = 0
  /** Where in the window the head of `entry` stands. */
  let headAt = 0

  for (const root of trees.roots) {
    if (!wishes.isNeeded(root)) continue
    yield* visit(root, null)
    for (let base = frames.at(-1); base !== undefined; base = frames.at(-1)) {
      const child = base.next
      base.next = wishes.firstNeeded(trees.nextSibling[child] as number)
      if (base.next === -1) frames.pop()
      yield* visit(child, base)
    }
  }
  for (let i = 0; i < trees.count; i++) {
    if (!wishes.isNeeded(i)) continue
    const isLost = leadsToLost(i)
    const why = isLost ? 'what it is a delta of cannot be read' : 'its deltas lead in a circle'
    leave(i, isLost ? 'damaged' : 'circle', trees.lost.get(i) ?? why)
  }
  if (batch.length > 0) yield batch

  function* visit(i: number, base: Frame | null): Generator<readonly (Unpacked | Left)[]> {
    try {
      const size = sizeOf(i, base)
      const isAlone = base === null && firstChild(i) === -1
      if (isAlone && size > wholeUpTo) leave(i, 'large', '')
      else if (size > largest) leaveAll(i, 'heavy', '')
      else {
        if (top - start >= batchSize || batch.length >= mostAtOnce || !hasRoom(size, base)) {
          yield batch
          forget(base)
        }
        if (hasRoom(size, base)) make(i, base, size)
        else leaveAll(i, 'heavy', '')
      }
    } catch (error) {
      if (!(error instanceof Damaged)) throw error
      leaveAll(i, 'damaged', error.message)
    }
  }

  /** Bytes of the object; of a delta, its instructions are read. */
  function sizeOf(i: number, base: Frame | null): number {
    const [from, to] = [trees.offsets[i] as number, trees.offsets[i + 1] as number]
    const at = window.at(from, Math.min(to, from + window.room))
    headAt = at
    readEntry(window.bytes, at, index.idLength, entry)
    if (base === null) return entry.size
    const { size } = entry
    if (size > largest || to - from > window.room) return Number.POSITIVE_INFINITY
    if (size + slack > instructions.length) instructions = Buffer.allocUnsafeSlow(2 * size + slack)
    inflate(window.bytes, entry.data, at + to - from, instructions, 0, size)
    readDeltaHead(instructions, 0, head)
    if (head.baseSize !== base.size) throw new Damaged('its delta is of something else')
    return head.resultSize
  }

  function make(i: number, base: Frame | null, size: number): void {
    const at = top
    if (base === null) inflateWhole(i, size)
    else applyDelta(instructions, head.next, entry.size, memory, base, { at, size }, changes)
    const type = base?.type ?? typeOf(entry.type)
    if (type === undefined) throw new Damaged(`its type ${entry.type} is not known`)
    top += size
    wishes.done(i)
    const next = firstChild(i)
    const verdict = next === -1 ? null : { clean: wishes.isClean(i) }
    if (verdict !== null) frames.push({ at, size, type, verdict, next })
    if (!wishes.isRead(i)) return
    const id = index.idAt(trees.named[i] as number)
    const change = base === null || changes.length === -1 ? null : { base: base.verdict, parts: keptParts() }
    batch.push({ id, type, bytes: memory.subarray(at, top), verdict, change })
  }

  function inflateWhole(i: number, size: number): void {
    const [from, to] = [trees.offsets[i] as number, trees.offsets[i + 1] as number]
    if (to - from > window.room) throw new Damaged('it is larger compressed than as it is')
    const at = window.at(from, to)
    readEntry(window.bytes, at, index.idLength, entry)
    inflate(window.bytes, entry.data, at + to - from, memory, top, size)
  }

  function keptParts(): Int32Array {
    const from = partsUsed
    for (let k = 0; k < changes.length; k++) parts[partsUsed++] = changes.parts[k] as number
    return parts.subarray(from, partsUsed)
  }

  function hasRoom(size: number, base: Frame | null): boolean {
    return top + size + slack <= memorySize && (base === null || partsUsed + mostParts <= roomForParts)
  }

  /** The batch has been used: what is still to be made into others moves to the start of the memory. */
  function forget(current: Frame | null): void {
    batch = []
    partsUsed = 0
    top = 0
    const kept = current === null || frames.includes(current) ? frames : [...frames, current]
    for (const frame of kept) {
      memory.copyWithin(top, frame.at, frame.at + frame.size)
      frame.at = top
      top += frame.size
    }
    start = top
  }

  /** Whether it is made of something that cannot be read; else it was not reached because it is made of itself. */
  function leadsToLost(i: number): boolean {
    let at = i
    for (let steps = 0; steps <= trees.count && at !== -1; steps++) {
      if (trees.lost.has(at)) return true
      at = trees.base[at] as number
    }
    return false
  }

  function firstChild(i: number): number {
    return wishes.firstNeeded(trees.firstChild[i] as number)
  }

  function leave(i: number, why: Left['why'], reason: string): void {
    wishes.done(i)
    if (!wishes.isRead(i)) return
    const [from, to] = [trees.offsets[i] as number, trees.offsets[i + 1] as number]
    const data = from + entry.data - headAt
    const type = typeOf(entry.type) ?? 'blob'
    batch.push({ id: index.idAt(trees.named[i] as number), why, reason, type, size: entry.size, data, to })
  }

  function leaveAll(first: number, why: Left['why'], reason: string): void {
    const left = [first]
    for (let i = left.pop(); i !== undefined; i = left.pop()) {
      leave(i, why, i === first ? reason : 'what it is a delta of cannot be read')
      for (let child = firstChild(i); child !== -1; ) {
        left.push(child)
        child = wishes.firstNeeded(trees.nextSibling[child] as number)
      }
    }
  }
}

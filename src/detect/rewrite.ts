import type { Decoded, Inline } from './types.ts'
import { leftReach, overlap, quiet, rightReach } from './wrappings/reach.ts'

/**
 * Text as an inline wrapping rewrites it. What is copied as it is comes in stretches, of which only the beginning is
 * noted: the place of any byte of it follows from that.
 */
export interface Rewritten {
  readonly bytes: Uint8Array
  length: number
  /** For each stretch or escape: the first byte of it here, where that begins in the source, and the source's bytes. */
  readonly marks: Int32Array
  count: number
}

/** Text is never longer than what it was made from, so one of these is enough for every window. */
const windowLength = leftReach + rightReach + quiet + 64
const markSize = 3

export function createRewritten(capacity = windowLength): Rewritten {
  return {
    bytes: new Uint8Array(capacity),
    length: 0,
    marks: new Int32Array((capacity + 2) * markSize),
    count: 0,
  }
}

export function clear(out: Rewritten): void {
  out.length = 0
  out.count = 0
}

/** Adds one byte that was made from the source's bytes `start` to `end`. */
export function put(out: Rewritten, byte: number, start: number, end: number): void {
  if (out.length >= out.bytes.length) return
  mark(out, start, end - start)
  out.bytes[out.length++] = byte
}

/** Adds the source's own bytes `from` to `to`. */
function copy(out: Rewritten, source: Uint8Array, from: number, to: number): void {
  const length = Math.min(to - from, out.bytes.length - out.length)
  if (length <= 0) return
  mark(out, from, 0)
  const { bytes } = out
  let at = out.length
  for (let i = from; i < from + length; i++) bytes[at++] = source[i] as number
  out.length = at
}

/** `size` 0: a stretch of the source's own bytes. */
function mark(out: Rewritten, start: number, size: number): void {
  const at = out.count++ * markSize
  out.marks[at] = out.length
  out.marks[at + 1] = start
  out.marks[at + 2] = size
}

/** The same for a character, as UTF-8; half a surrogate pair and what is no character is left out. */
export function putCharacter(out: Rewritten, code: number, start: number, end: number): void {
  if (code < 0x80) return put(out, code, start, end)
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return
  if (code < 0x800) put(out, 0xc0 | (code >> 6), start, end)
  else {
    if (code < 0x10000) put(out, 0xe0 | (code >> 12), start, end)
    else {
      put(out, 0xf0 | (code >> 18), start, end)
      put(out, 0x80 | ((code >> 12) & 0x3f), start, end)
    }
    put(out, 0x80 | ((code >> 6) & 0x3f), start, end)
  }
  put(out, 0x80 | (code & 0x3f), start, end)
}

/** Where in the source what became the byte `index` begins. */
export function startOf(out: Rewritten, index: number): number {
  const at = markOf(out, index)
  const size = out.marks[at + 2] as number
  return (out.marks[at + 1] as number) + (size === 0 ? index - (out.marks[at] as number) : 0)
}

/** And where it ends. */
export function endOf(out: Rewritten, index: number): number {
  const at = markOf(out, index)
  const size = out.marks[at + 2] as number
  return (out.marks[at + 1] as number) + (size === 0 ? index - (out.marks[at] as number) + 1 : size)
}

/** Place of the last mark at or before the byte `index`. */
function markOf({ marks, count }: Rewritten, index: number): number {
  let low = 0
  let high = count - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((marks[middle * markSize] as number) <= index) low = middle
    else high = middle - 1
  }
  return low * markSize
}

/** The prefix begins at most so far before its anchor: four characters, three times escaped. */
const left = 1088
/** Text that goes on for so long without an escape has none before it that matters. */
const calm = 96
/** So much farther is looked where nothing was rewritten. */
const ahead = 8192

/**
 * Rewrites the text around `at`: from a little before, where the prefix may begin, to where nothing has been rewritten
 * for a while.
 */
export function rewriteAround(inline: Inline, bytes: Uint8Array, at: number, out: Rewritten): Rewriting {
  const { isTrigger } = inline
  const longest = inline.longest ?? 64
  const farthest = Math.min(bytes.length, at + rightReach)
  let limit = Math.min(farthest, at + quiet)
  let covered = at
  let isChanged = false
  let isCut = false
  clear(out)
  const from = leftEnd(isTrigger, bytes, at)
  let copied = from
  for (let i = from; i < limit; ) {
    if (isTrigger[bytes[i] as number] === 0) {
      i++
      continue
    }
    if (i + longest > bytes.length) isCut = true
    // A break looks at what has been read before it.
    copy(out, bytes, copied, i)
    copied = i
    const length = inline.step(bytes, i, out)
    if (length === 0) {
      i++
      continue
    }
    isChanged = true
    i += length
    copied = i
    limit = Math.min(farthest, Math.max(limit, i + quiet))
    if (i > covered) covered = i
  }
  if (limit > copied) copy(out, bytes, copied, limit)
  if (!isChanged) covered = calmUntil(inline, bytes, limit, out) - quiet
  const until = isCut ? bytes.length : limit
  // Where escapes go on to the left, what lies there has not been seen whole.
  const coveredFrom = at - from < left ? from : at
  return { ...decodedFrom(inline, out), until, coveredFrom, coveredTo: coveredTo(at, covered), isChanged }
}

/** How far nothing is escaped either: anchors up to there need not look for themselves. */
function calmUntil(inline: Inline, bytes: Uint8Array, from: number, out: Rewritten): number {
  const ceiling = Math.min(bytes.length - (inline.longest ?? 64), from + ahead)
  const { length, count } = out
  let at = from
  for (; at < ceiling; at++) {
    if (inline.isTrigger[bytes[at] as number] === 0) continue
    const isOne = inline.step(bytes, at, out) > 0
    out.length = length
    out.count = count
    if (isOne) break
  }
  return at
}

/** Where to begin: at most `left` before, or where no escape has begun for a while. */
function leftEnd(isTrigger: Uint8Array, bytes: Uint8Array, at: number): number {
  const floor = Math.max(0, at - left)
  let from = at
  for (let last = at; from > floor && last - from < calm; from--) {
    if (isTrigger[bytes[from - 1] as number] === 1) last = from - 1
  }
  return from
}

export interface Rewriting extends Decoded {
  /** False: the text says what it said. */
  readonly isChanged: boolean
  /** Anchors between these places have been seen to. */
  readonly coveredFrom: number
  readonly coveredTo: number
}

/** Where the window ended before the escapes did, the last part is left to the next anchor. */
function coveredTo(at: number, covered: number): number {
  return covered - at > rightReach - quiet ? at + rightReach - overlap : Math.max(at + 1, covered)
}

function decodedFrom(inline: Inline, out: Rewritten): Omit<Decoded, 'until'> {
  return {
    bytes: out.bytes.subarray(0, out.length),
    encoding: inline.id,
    start: (index) => startOf(out, index),
    end: (index) => endOf(out, index),
    isSame: (from, to) => endOf(out, to - 1) - startOf(out, from) === to - from,
    isWeak: inline.isWeak === true,
  }
}

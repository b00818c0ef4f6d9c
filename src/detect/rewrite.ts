import type { Decoded, Inline } from './types.ts'
import { leftReach, quiet, rightReach } from './wrappings/reach.ts'

/** Text as an inline wrapping rewrites it, each byte with the place of what it was made from. */
export interface Rewritten {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  length: number
}

/** Text is never longer than what it was made from, so one of these is enough for every window. */
const windowLength = leftReach + rightReach + quiet + 64

export function createRewritten(capacity = windowLength): Rewritten {
  return {
    bytes: new Uint8Array(capacity),
    starts: new Int32Array(capacity),
    ends: new Int32Array(capacity),
    length: 0,
  }
}

/** Adds one byte that was made from the source's bytes `start` to `end`. */
export function put(out: Rewritten, byte: number, start: number, end: number): void {
  const index = out.length
  if (index >= out.bytes.length) return
  out.bytes[index] = byte
  out.starts[index] = start
  out.ends[index] = end
  out.length = index + 1
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

/** The prefix begins at most so far before its anchor: four characters, three times escaped. */
const left = 1088
/** Text that goes on for so long without an escape has none before it that matters. */
const calm = 96

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
  out.length = 0
  const from = leftEnd(isTrigger, bytes, at)
  for (let i = from; i < limit; ) {
    const byte = bytes[i] as number
    if (isTrigger[byte] === 1) {
      if (i + longest > bytes.length) isCut = true
      const length = inline.step(bytes, i, out)
      if (length > 0) {
        isChanged = true
        i += length
        limit = Math.min(farthest, Math.max(limit, i + quiet))
        if (i > covered) covered = i
        continue
      }
    }
    put(out, byte, i, i + 1)
    i++
  }
  const until = isCut ? bytes.length : limit
  // Where escapes go on to the left, what lies there has not been seen whole.
  const coveredFrom = at - from < left ? from : at
  return { ...decodedFrom(inline, out), until, coveredFrom, coveredTo: coveredTo(at, covered), isChanged }
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
  return covered - at > rightReach - quiet ? at + (rightReach >> 1) : Math.max(at + 1, covered)
}

function decodedFrom(inline: Inline, { bytes, starts, ends, length }: Rewritten): Omit<Decoded, 'until'> {
  return {
    bytes: bytes.subarray(0, length),
    encoding: inline.id,
    start: (index) => starts[index] as number,
    end: (index) => ends[index] as number,
    isSame: (from, to) => (ends[to - 1] as number) - (starts[from] as number) === to - from,
    isWeak: inline.isWeak === true,
  }
}

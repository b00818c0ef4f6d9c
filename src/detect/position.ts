import { isUtf8 } from 'node:buffer'
import { characterStart, countColumns, countLines } from './lines.ts'
import type { Encoding, TextKind } from './types.ts'

/** Moves through a unit and knows line and column of where it is; both 1-based, columns in UTF-16 code units. */
export interface Position {
  readonly line: number
  readonly column: number
  /** Unit's offset up to which has been counted. */
  readonly offset: number
  /** Goes on to `target`; `bytes` begin at `base` and hold all from `offset` to there. */
  advance(bytes: Uint8Array, base: number, target: number): void
  copy(): Position
}

const lineFeed = 0x0a
/** So much is looked at, less than what the scanner keeps before it must count. */
const headLength = 1024
const enough = 8

/** UTF-16 by its mark or by two ASCII code units at the start (which no text in another encoding begins with). */
export function textKindOf(head: Uint8Array): TextKind {
  const [a, b, c, d] = head
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'bytes' : 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  if (isText(a) && b === 0 && isText(c) && d === 0) return 'utf-16le'
  if (a === 0 && isText(b) && c === 0 && isText(d)) return 'utf-16be'
  return 'bytes'
}

/** What is known of a unit when the first place in it is asked for. */
export interface FirstHit {
  readonly start: number
  readonly end: number
  readonly encodings: readonly Encoding[]
}

/**
 * At the start of the unit whose first bytes are `head`: `headLength` of them, or all up to the end of the first hit,
 * so that the same is decided however the unit comes in. A byte-order mark has no column.
 */
export function createPosition(head: Uint8Array, first: FirstHit | null): Position {
  const text = kindWith(head, first)
  return text === 'bytes'
    ? bytePosition(0, 1, hasMark(head) ? 0 : 1)
    : widePosition(text, 0, 1, isMarked(head) ? 0 : 1)
}

/** Text that does not begin with ASCII shows itself further on, by what is ASCII in it. */
function kindWith(head: Uint8Array, first: FirstHit | null): TextKind {
  const told = textKindOf(head)
  if (told !== 'bytes' || isMarked(head)) return told
  const near = first !== null && first.start < headLength ? first : null
  const seen = head.subarray(0, Math.min(headLength, near?.end ?? headLength))
  if (beginsAsUtf8(seen)) return 'bytes'
  const little = asciiUnits(seen, 'utf-16le')
  const big = asciiUnits(seen, 'utf-16be')
  const kind = little > big ? 'utf-16le' : 'utf-16be'
  if (Math.max(little, big) === 0) return 'bytes'
  return near === null || (near.encodings[0] === kind && near.start % 2 === 0) ? kind : 'bytes'
}

/** UTF-8 up to the first zero, and enough of it not to be UTF-16 by chance. */
function beginsAsUtf8(bytes: Uint8Array): boolean {
  const zero = bytes.indexOf(0)
  const before = bytes.subarray(0, Math.max(0, zero === -1 ? bytes.length : zero - 1))
  // The last character may be cut.
  const cut = characterStart(before, before.length - 1)
  return cut >= enough && isUtf8(before.subarray(0, cut))
}

/** Code units that are printable ASCII or white space; 0 where the bytes are no text in this order. */
function asciiUnits(bytes: Uint8Array, kind: 'utf-16le' | 'utf-16be'): number {
  const low = kind === 'utf-16le' ? 0 : 1
  let count = 0
  let isPairOpen = false
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const high = bytes[at + 1 - low] as number
    const isTail = high >= 0xdc && high <= 0xdf
    if (isTail !== isPairOpen) return 0
    isPairOpen = high >= 0xd8 && high <= 0xdb
    if (high !== 0) continue
    const unit = bytes[at + low] as number
    if (isText(unit)) count++
    else if (unit < 0xa0) return 0
  }
  return count
}

function bytePosition(offset: number, line: number, column: number): Position {
  return {
    get line() {
      return line
    },
    get column() {
      return column
    },
    get offset() {
      return offset
    },
    advance(bytes, base, target) {
      if (target <= offset) return
      const part = bytes.subarray(offset - base, target - base)
      const last = part.lastIndexOf(lineFeed)
      if (last >= 0) {
        line += countLines(part.subarray(0, last + 1))
        column = 1
      }
      column += countColumns(part.subarray(last + 1))
      offset = target
    },
    copy: () => bytePosition(offset, line, column),
  }
}

/** Counts code units, not bytes: a byte 0x0a is no line feed in U+0A00 or U+010A. Stops before half a unit. */
function widePosition(text: TextKind, offset: number, line: number, column: number): Position {
  const low = text === 'utf-16le' ? 0 : 1
  return {
    get line() {
      return line
    },
    get column() {
      return column
    },
    get offset() {
      return offset
    },
    advance(bytes, base, target) {
      for (; offset + 2 <= target; offset += 2) {
        const at = offset - base
        column++
        if (bytes[at + low] !== lineFeed || bytes[at + 1 - low] !== 0) continue
        line++
        column = 1
      }
    },
    copy: () => widePosition(text, offset, line, column),
  }
}

function isText(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d))
}

function hasMark(head: Uint8Array): boolean {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
}

function isMarked(head: Uint8Array): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
}

import { countColumns, countLines } from './lines.ts'
import type { TextKind } from './types.ts'

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

/** UTF-16 by its mark or by two ASCII code units at the start (which no text in another encoding begins with). */
export function textKindOf(head: Uint8Array): TextKind {
  const [a, b, c, d] = head
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'bytes' : 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  if (isText(a) && b === 0 && isText(c) && d === 0) return 'utf-16le'
  if (a === 0 && isText(b) && c === 0 && isText(d)) return 'utf-16be'
  return 'bytes'
}

/** At the start of the unit whose first bytes are `head` (four are enough). A byte-order mark has no column. */
export function createPosition(head: Uint8Array): Position {
  const text = textKindOf(head)
  return text === 'bytes'
    ? bytePosition(0, 1, hasMark(head) ? 0 : 1)
    : widePosition(text, 0, 1, isMarked(head) ? 0 : 1)
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

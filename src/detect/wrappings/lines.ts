import { isBlank, isLineEnd, membersOf } from '../alphabet.ts'
import { leftReach, rightReach } from './reach.ts'

/** Characters of one line that belong to a wrapped block. */
export interface Line {
  readonly from: number
  readonly to: number
}

/** The block's characters on end, and where each stands. */
export interface Block {
  readonly characters: Uint8Array
  readonly places: Int32Array
}

/** Narrower lines are no wrapped block that any tool writes. */
const narrowest = 16
/** Nor are wider ones: an anchor in a run of a megabyte must not walk all of it. */
const widest = 256
/** White space and marks of quoting, comments or a diff between two lines of a block. */
const widestBreak = 88
const marks = membersOf('>#*;|-')

/**
 * A block wrapped at line ends (MIME, PEM, `xxd -p`), indented, quoted, commented or in a diff: lines of one width, a
 * multiple of `group`, the last one shorter. One line alone when there is no block.
 */
export function linesAround(
  bytes: Uint8Array,
  at: number,
  alphabet: Uint8Array,
  group: number,
): readonly Line[] {
  const floor = Math.max(0, at - leftReach)
  const ceiling = Math.min(bytes.length, at + rightReach)
  const whole = lineAt(bytes, at, floor, ceiling, alphabet)
  const mark = markOf(bytes, whole, group)
  const here = { from: whole.from + mark, to: whole.to }
  const above = previousLine(bytes, whole.from, floor, ceiling, alphabet)
  const width = Math.max(widthOf(here), above === null ? 0 : widthOf(above) - markOf(bytes, above, group))
  if (width < narrowest || width > widest || width % group !== 0) return [whole]
  const lines = [here]
  for (let line = above; line !== null; line = previousLine(bytes, line.from, floor, ceiling, alphabet)) {
    const own = unmarked(bytes, line, width)
    if (widthOf(own) !== width) break
    lines.unshift(own)
  }
  for (let line = here; widthOf(line) === width; ) {
    const next = nextLine(bytes, line.to, ceiling, alphabet)
    if (next === null) break
    line = unmarked(bytes, next, width, lines[0] !== undefined && isMarked(bytes, lines[0]))
    if (widthOf(line) > width) break
    lines.push(line)
  }
  return lines
}

export function blockOf(bytes: Uint8Array, lines: readonly Line[]): Block {
  const length = lines.reduce((sum, line) => sum + widthOf(line), 0)
  const characters = new Uint8Array(length)
  const places = new Int32Array(length)
  let filled = 0
  for (const { from, to } of lines) {
    for (let i = from; i < to; i++) {
      characters[filled] = bytes[i] as number
      places[filled++] = i
    }
  }
  return { characters, places }
}

function widthOf(line: Line): number {
  return line.to - line.from
}

/** `+` of a diff is a character of base64 as well: the width tells, since that of a block is even. */
function markOf(bytes: Uint8Array, line: Line, group: number): number {
  return bytes[line.from] === 0x2b && widthOf(line) % group === 1 ? 1 : 0
}

function unmarked(bytes: Uint8Array, line: Line, width: number, isDiff = false): Line {
  const isOne =
    bytes[line.from] === 0x2b && (widthOf(line) === width + 1 || (isDiff && widthOf(line) <= width))
  return isOne ? { from: line.from + 1, to: line.to } : line
}

function isMarked(bytes: Uint8Array, line: Line): boolean {
  return bytes[line.from - 1] === 0x2b && (line.from < 2 || isLineEnd(bytes[line.from - 2]))
}

function lineAt(bytes: Uint8Array, at: number, floor: number, ceiling: number, alphabet: Uint8Array): Line {
  let from = at
  while (from > floor && at - from <= widest && isMember(alphabet, bytes, from - 1)) from--
  let to = at
  while (to < ceiling && to - at <= widest && isMember(alphabet, bytes, to)) to++
  return { from, to }
}

function previousLine(
  bytes: Uint8Array,
  from: number,
  floor: number,
  ceiling: number,
  alphabet: Uint8Array,
): Line | null {
  let i = from
  while (i > floor && from - i < widestBreak && isMargin(bytes, i - 1)) i--
  if (i <= floor || !isLineEnd(bytes[i - 1])) return null
  i -= bytes[i - 1] === 0x0a && bytes[i - 2] === 0x0d ? 2 : 1
  while (i > floor && from - i < widestBreak && isBlank(bytes[i - 1])) i--
  return i > floor && isMember(alphabet, bytes, i - 1) ? lineAt(bytes, i - 1, floor, ceiling, alphabet) : null
}

function nextLine(bytes: Uint8Array, to: number, ceiling: number, alphabet: Uint8Array): Line | null {
  let i = to
  while (i < ceiling && i - to < widestBreak && isBlank(bytes[i])) i++
  if (!isLineEnd(bytes[i])) return null
  i += bytes[i] === 0x0d && bytes[i + 1] === 0x0a ? 2 : 1
  while (i < ceiling && i - to < widestBreak && isMargin(bytes, i)) i++
  return i < ceiling && isMember(alphabet, bytes, i) ? lineAt(bytes, i, i, ceiling, alphabet) : null
}

/** `//` and `+` count only with a blank behind them: both are characters of base64. */
function isMargin(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at]
  if (isBlank(byte) || marks[byte ?? 0] === 1) return true
  if (byte === 0x2b) return isBlank(bytes[at + 1])
  if (byte !== 0x2f) return false
  return isBlank(bytes[at + 1]) || (bytes[at + 1] === 0x2f && isBlank(bytes[at + 2]))
}

function isMember(alphabet: Uint8Array, bytes: Uint8Array, at: number): boolean {
  return alphabet[bytes[at] as number] === 1
}

import { alphanumeric, isBlank, isDigit, isLetter, isLineEnd, membersOf, shortestNear } from '../alphabet.ts'
import { endOf, type Rewritten, startOf } from '../rewrite.ts'
import type { Inline } from '../types.ts'
import { lineEndLength } from './quoted-printable.ts'

/** A wrapped line begins with no more white space and quoting marks than this. */
const widestMargin = 96
/** The mark of a longer line is not looked for. */
const widestLine = 512

/** A line that says it goes on: `\` of shells and languages, the backtick of PowerShell, `^` of cmd. */
export const continuation: Inline = {
  id: 'continuation',
  isBreak: true,
  longest: 2 * widestMargin,
  isTrigger: membersOf('\\`^'),
  mayFollow: membersOf(' \t\r\n'),
  step(bytes, at) {
    let end = at + 1
    while (end - at < 8 && isBlank(bytes[end])) end++
    const length = lineEndLength(bytes, end)
    return length === 0 ? 0 : skipBlanks(bytes, end + length, end + length) - at
  },
}

/**
 * A line that was only broken: folded scalars of YAML, quoted mail, diffs. Nothing says that it goes on, so what is long
 * enough to be a key of its own stays one, unless the next line is indented or marked.
 */
export const folding: Inline = {
  id: 'continuation',
  isBreak: true,
  longest: 2 * widestMargin,
  isTrigger: membersOf('\r\n'),
  isWeak: true,
  step(bytes, at, out) {
    const length = lineEndLength(bytes, at)
    if (length === 0 || !isToken(out.length === 0 ? undefined : out.bytes[out.length - 1])) return 0
    const text = afterMargin(bytes, at, at + length)
    return text === at + length && isLong(out) ? 0 : text - at
  },
}

/** What has been read so far ends in more characters than a near key's body needs, none of them joined. */
export function isLong(out: Rewritten): boolean {
  const { bytes, length } = out
  let from = length
  while (from > 0 && length - from < shortestNear && alphanumeric[bytes[from - 1] as number] === 1) from--
  return length - from >= shortestNear && endOf(out, length - 1) - startOf(out, from) === length - from
}

/** Where a line's own text begins: after indentation, and the mark of quoting, comments or a diff that the line above has. */
function afterMargin(bytes: Uint8Array, lineEnd: number, from: number): number {
  const text = skipBlanks(bytes, from, from)
  const length = markLength(bytes, text)
  // A hyphen or a star with a blank behind it begins an item of a list, unless it stands in a block comment.
  const isItem = isBlank(bytes[text + 1]) && (bytes[text] === 0x2d || (bytes[text] === 0x2a && text === from))
  if (length === 0 || isItem || !isMarkedLike(bytes, lineEnd, text, length)) return text
  let end = skipBlanks(bytes, text + length, from)
  while (bytes[end] === 0x3e && end - from < widestMargin) end = skipBlanks(bytes, end + 1, from)
  return end
}

/** Whether the line that ends here begins with the mark at `mark`. */
function isMarkedLike(bytes: Uint8Array, lineEnd: number, mark: number, length: number): boolean {
  let from = lineEnd
  while (from > 0 && lineEnd - from < widestLine && !isLineEnd(bytes[from - 1])) from--
  const text = skipBlanks(bytes, from, from)
  for (let i = 0; i < length; i++) if (bytes[text + i] !== bytes[mark + i]) return false
  return true
}

function skipBlanks(bytes: Uint8Array, at: number, from: number): number {
  let end = at
  while (end - from < widestMargin && isBlank(bytes[end])) end++
  return end
}

function markLength(bytes: Uint8Array, at: number): number {
  const [a, b] = [bytes[at], bytes[at + 1]]
  if ((a === 0x2f && b === 0x2f) || (a === 0x2d && b === 0x2d)) return bytes[at + 2] === a ? 3 : 2
  if (a === 0x23) return b === 0x23 ? 2 : 1
  return a === 0x3e || a === 0x2b || a === 0x2d || a === 0x2a || a === 0x3b || a === 0x7c ? 1 : 0
}

function isToken(byte: number | undefined): boolean {
  return isLetter(byte) || isDigit(byte) || byte === 0x2d
}

import { alphanumeric, hexValue, isLineEnd, membersOf } from '../alphabet.ts'
import { put, putCharacter } from '../rewrite.ts'
import type { Rewritten } from '../rewrite.ts'
import type { Inline } from '../types.ts'
import { hexNumber } from './percent.ts'

/** What a letter after a backslash stands for in JSON, JavaScript, C, Python, Java, Go, Perl. */
const letters: ReadonlyMap<number, number> = new Map([
  [0x61, 0x07],
  [0x62, 0x08],
  [0x65, 0x1b],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x76, 0x0b],
])

/**
 * Escapes with a backslash: `\u0070` (Java allows more than one u), `\u{70}`, `\U00000070`, `\x70`, `\x{70}`, `\160`,
 * letters, and any other character as itself (`\"`, `\/`, `\-`).
 */
export const escape: Inline = {
  id: 'escape',
  isTrigger: membersOf('\\'),
  mayFollow: membersOf('\\xuU01234567'),
  step(bytes, at, out) {
    const next = bytes[at + 1]
    if (next === undefined || isLineEnd(next)) return 0
    if (next === 0x75 || next === 0x55 || next === 0x78) return inHex(bytes, at, next, out)
    if (next >= 0x30 && next <= 0x37) return inOctal(bytes, at, out)
    const meant = letters.get(next)
    if (meant === undefined && (alphanumeric[next] === 1 || next >= 0x80)) return 0
    put(out, meant ?? next, at, at + 2)
    return 2
  },
  isDense(bytes, at) {
    const next = bytes[at + 1] ?? 0
    return next === 0x75 || next === 0x78 || next === 0x55 || next === 0x5c || (next >= 0x30 && next <= 0x37)
  },
}

function inHex(bytes: Uint8Array, at: number, kind: number, out: Rewritten): number {
  let from = at + 2
  if (kind === 0x75) while (bytes[from] === 0x75 && from - at < 64) from++
  if (kind !== 0x55 && bytes[from] === 0x7b) return inBraces(bytes, at, from + 1, out)
  const digits = kind === 0x78 ? 2 : kind === 0x75 ? 4 : 8
  const code = hexNumber(bytes, from, digits)
  if (code < 0) return 0
  const end = from + digits
  if (kind === 0x78) put(out, code, at, end)
  else putCharacter(out, code, at, end)
  return end - at
}

function inBraces(bytes: Uint8Array, at: number, from: number, out: Rewritten): number {
  let end = from
  let code = 0
  for (; end - from < 8 && hexValue(bytes[end]) >= 0; end++) code = code * 16 + hexValue(bytes[end])
  if (end === from || bytes[end] !== 0x7d) return 0
  putCharacter(out, code, at, end + 1)
  return end + 1 - at
}

function inOctal(bytes: Uint8Array, at: number, out: Rewritten): number {
  let end = at + 1
  let value = 0
  for (let next = bytes[end]; end < at + 4 && next !== undefined && next >= 0x30 && next <= 0x37; ) {
    const longer = value * 8 + next - 0x30
    if (longer > 255) break
    value = longer
    next = bytes[++end]
  }
  put(out, value, at, end)
  return end - at
}

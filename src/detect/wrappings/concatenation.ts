import { alphanumeric, isBlank, isLetter, isLineEnd, membersOf } from '../alphabet.ts'
import type { Inline } from '../types.ts'
import { isLong } from './continuation.ts'

/** White space, operators and names between two parts of a string. */
const widestGlue = 200

/**
 * Two string literals beside each other or joined by an operator: `'pplx-' + '…'`, `"…" "…"`, `.`, `..`, `&`, `||`,
 * `~`, `<<`, `+=` to the same name; parts of a template literal; quotes within a shell's word.
 */
export const concatenation: Inline = {
  id: 'concatenation',
  isBreak: true,
  longest: 2 * widestGlue,
  isTrigger: membersOf('\'"`$'),
  mayFollow: membersOf(' \t\r\n\\+.&|~<^;{}\'"`'),
  step(bytes, at) {
    if (bytes[at] === 0x24) return intoTemplate(bytes, at)
    const glued = afterGlue(bytes, at + 1)
    if (glued > 0) return glued - at
    const isWithinWord = isWord(bytes[at - 1]) && isWord(bytes[at + 1])
    return isWithinWord ? 1 : outOfTemplate(bytes, at)
  },
}

/** Literals of a list, which may be joined or not: `['pplx-', '…'].join('')`, `concat("…", "…")`. */
export const list: Inline = {
  id: 'concatenation',
  isBreak: true,
  longest: 2 * widestGlue,
  isTrigger: membersOf('\'"`'),
  mayFollow: membersOf(' \t\r\n,()'),
  isWeak: true,
  step(bytes, at, out) {
    if (isLong(out) && !isJoined(bytes, at)) return 0
    let end = at + 1
    let commas = 0
    for (; end - at < widestGlue; end++) {
      const byte = bytes[end]
      if (byte === 0x2c) commas++
      else if (!isSpace(byte) && byte !== 0x28 && byte !== 0x29) break
    }
    return commas === 1 && isQuote(bytes[end]) ? end + 1 - at : 0
  },
}

/** Whether something near says that the members are put together. */
function isJoined(bytes: Uint8Array, at: number): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const near = text.subarray(Math.max(0, at - widestGlue), at + 2 * widestGlue).toString('latin1')
  return /join|concat|implode|append/i.test(near)
}

/** From behind a closing quote to behind the next opening one; 0 when something else stands between. */
function afterGlue(bytes: Uint8Array, from: number): number {
  let at = skipSpace(bytes, from, from)
  const assigned = at > from || bytes[at] === 0x3b ? afterAssignment(bytes, at, from) : 0
  at = assigned > 0 ? assigned : afterOperator(bytes, at, from)
  // A letter alone between two quotes is a string, not the `b` or `f` of the next one.
  for (let letters = 0; at > from && letters < 2 && isLetter(bytes[at]); letters++) at++
  return isQuote(bytes[at]) && at - from < widestGlue ? at + 1 : 0
}

function afterOperator(bytes: Uint8Array, at: number, from: number): number {
  const call = bytes[at] === 0x29 ? skipSpace(bytes, at + 1, from) : at
  if (bytes[call] === 0x2e) {
    const name = calls.find((name) => name.every((byte, index) => bytes[call + 1 + index] === byte))
    if (name !== undefined) return skipSpace(bytes, call + 1 + name.length, from)
  }
  return skipSpace(bytes, at + operatorLength(bytes, at), from)
}

/** `'…'.concat('…')`, `.append('…').append('…')` */
const calls: readonly Uint8Array[] = ['concat(', 'append('].map((name) => Buffer.from(name, 'latin1'))

function operatorLength(bytes: Uint8Array, at: number): number {
  const [a, b] = [bytes[at], bytes[at + 1]]
  if ((a === 0x2e && b === 0x2e) || (a === 0x7c && b === 0x7c) || (a === 0x3c && b === 0x3c)) return 2
  if ((a === 0x2b && b === 0x2b) || (a === 0x3c && b === 0x3e)) return 2
  return a === 0x2b || a === 0x2e || a === 0x26 || a === 0x7e || a === 0x5e ? 1 : 0
}

/** `;` and white space, a name, `+=` or `.=`, white space. */
function afterAssignment(bytes: Uint8Array, at: number, from: number): number {
  let end = bytes[at] === 0x3b ? skipSpace(bytes, at + 1, from) : at
  const name = end
  while (end - name < 64 && isNameByte(bytes[end])) end++
  if (end - name < 3 && end === name) return 0
  end = skipSpace(bytes, end, from)
  const isAssignment = (bytes[end] === 0x2b || bytes[end] === 0x2e) && bytes[end + 1] === 0x3d
  return isAssignment ? skipSpace(bytes, end + 2, from) : 0
}

/** `${` and a quote. */
function intoTemplate(bytes: Uint8Array, at: number): number {
  if (bytes[at + 1] !== 0x7b) return 0
  const end = skipSpace(bytes, at + 2, at)
  return isQuote(bytes[end]) ? end + 1 - at : 0
}

/** A quote and `}`, and then more of the word. */
function outOfTemplate(bytes: Uint8Array, at: number): number {
  const end = skipSpace(bytes, at + 1, at)
  return bytes[end] === 0x7d && (isWord(bytes[end + 1]) || bytes[end + 1] === 0x24) ? end + 1 - at : 0
}

/** White space, comments, and what lets a line go on. */
function skipSpace(bytes: Uint8Array, at: number, from: number): number {
  let end = at
  for (; end - from < widestGlue; end++) {
    const isContinued = (bytes[end] === 0x5c || bytes[end] === 0x5f) && isLineEnd(bytes[end + 1])
    const comment = bytes[end] === 0x2f && end > from ? commentLength(bytes, end, from) : 0
    if (comment > 0) end += comment - 1
    else if (!isSpace(bytes[end]) && !isContinued) break
  }
  return end
}

/** A comment of two slashes up to the line's end, or of a slash and a star up to its own. */
function commentLength(bytes: Uint8Array, at: number, from: number): number {
  const isBlock = bytes[at + 1] === 0x2a
  if (!isBlock && bytes[at + 1] !== 0x2f) return 0
  for (let end = at + 2; end - from < widestGlue; end++) {
    if (isBlock ? bytes[end] === 0x2a && bytes[end + 1] === 0x2f : isLineEnd(bytes[end])) {
      return end + (isBlock ? 2 : 0) - at
    }
  }
  return 0
}

function isSpace(byte: number | undefined): boolean {
  return isBlank(byte) || isLineEnd(byte)
}

function isQuote(byte: number | undefined): boolean {
  return byte === 0x27 || byte === 0x22 || byte === 0x60
}

function isWord(byte: number | undefined): boolean {
  return byte !== undefined && (alphanumeric[byte] === 1 || byte === 0x2d)
}

function isNameByte(byte: number | undefined): boolean {
  return byte !== undefined && (alphanumeric[byte] === 1 || byte === 0x5f || byte === 0x24 || byte === 0x2e)
}

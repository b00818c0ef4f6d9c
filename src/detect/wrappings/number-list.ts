import { hexDigits, hexValue, isDigit, isLetter, membersOf } from '../alphabet.ts'
import type { Decoded, Encoding } from '../types.ts'
import { leftReach, rightReach } from './reach.ts'

/** What may stand between two numbers, indentation included. */
export const widestSeparator = 64
const separators = membersOf(' \t\r\n,:;._-\'"()[]{}+&|$')
/** Casts and calls around one number: Java, Go, PHP, SQL, BASIC. */
const words: ReadonlySet<string> = new Set(['byte', 'chr', 'chrw', 'char', 'u', 'uint', 'ord'])
/** Fewer numbers hold no token. */
const fewest = 5

interface Radix {
  readonly id: Encoding
  readonly isDigit: (byte: number | undefined) => boolean
  /** Value of one number's digits as bytes, most significant first; null when it is no byte or bytes. */
  readonly bytesOf: (bytes: Uint8Array, from: number, to: number) => readonly number[] | null
  readonly hasPrefix: boolean
}

const sixteen: Radix = {
  id: 'hex',
  isDigit: (byte) => byte !== undefined && hexDigits[byte] === 1,
  bytesOf(bytes, from, to) {
    const digits = to - from
    if (digits !== 2 && digits !== 4 && digits !== 8) return null
    const values: number[] = []
    for (let i = from; i < to; i += 2) values.push(hexValue(bytes[i]) * 16 + hexValue(bytes[i + 1]))
    return values
  },
  hasPrefix: true,
}

const ten: Radix = {
  id: 'bytes-decimal',
  isDigit,
  bytesOf(bytes, from, to) {
    const value = byteOf(bytes, from, to)
    return value < 0 ? null : [value]
  },
  hasPrefix: false,
}

/** The byte that digits are in decimal, with a sign before them as Java writes it; -1 when they are none. */
export function byteOf(bytes: Uint8Array, from: number, to: number): number {
  if (to - from > 3) return -1
  let value = 0
  for (let i = from; i < to; i++) value = value * 10 + (bytes[i] as number) - 0x30
  const isNegative = bytes[from - 1] === 0x2d && value > 0 && value <= 128
  return isNegative ? 256 - value : value < 256 ? value : -1
}

/** The list of hexadecimal bytes of which one stands at `at`. */
export function hexList(bytes: Uint8Array, at: number): readonly Decoded[] {
  return listAround(bytes, at, sixteen)
}

/** The same in decimal. */
export function decimalList(bytes: Uint8Array, at: number): readonly Decoded[] {
  return listAround(bytes, at, ten)
}

function listAround(bytes: Uint8Array, at: number, radix: Radix): readonly Decoded[] {
  const values: number[] = []
  const starts: number[] = []
  const ends: number[] = []
  const first = firstNumber(bytes, at, radix)
  let until = first
  for (let from = first; from - at < rightReach; ) {
    const to = digitsEnd(bytes, from, radix)
    const found = to === from ? null : radix.bytesOf(bytes, from, to)
    if (found === null) break
    found.forEach((value, index) => {
      values.push(value)
      starts.push(radix.hasPrefix ? from + 2 * index : from)
      ends.push(radix.hasPrefix ? from + 2 * index + 2 : to)
    })
    until = to
    from = afterGap(bytes, to, radix)
    if (from === to) break
  }
  if (values.length < fewest) return []
  return [
    {
      bytes: Uint8Array.from(values),
      encoding: radix.id,
      start: (index) => starts[index] as number,
      end: (index) => ends[index] as number,
      until: until + widestSeparator,
    },
  ]
}

/** Where the digits of the list's first number begin, as far back as one may look. */
function firstNumber(bytes: Uint8Array, at: number, radix: Radix): number {
  const floor = Math.max(0, at - leftReach)
  let from = digitsStart(bytes, at, floor, radix)
  for (;;) {
    const end = beforeGap(bytes, from, floor, radix)
    if (end === from || end <= floor) return from
    const start = digitsStart(bytes, end, floor, radix)
    if (start === end || radix.bytesOf(bytes, start, end) === null) return from
    from = start
  }
}

function digitsStart(bytes: Uint8Array, at: number, floor: number, radix: Radix): number {
  let from = at
  while (from > floor && at - from < 17 && radix.isDigit(bytes[from - 1])) from--
  return from
}

function digitsEnd(bytes: Uint8Array, at: number, radix: Radix): number {
  let to = at
  while (to - at < 17 && radix.isDigit(bytes[to])) to++
  return to
}

/** Where the next number's digits begin; `at` itself when nothing or something else stands between. */
function afterGap(bytes: Uint8Array, at: number, radix: Radix): number {
  for (let i = at; i - at < widestSeparator; ) {
    if (radix.hasPrefix && bytes[i] === 0x30 && isX(bytes[i + 1])) return i + 2
    // `b` of a cast is no digit.
    const word = wordLength(bytes, i)
    if (word === 0 && radix.isDigit(bytes[i]) && i > at) return i
    const length = separators[bytes[i] ?? 0] === 1 ? 1 : word
    if (length === 0) return at
    i += length
  }
  return at
}

/** Where the digits of the number before end. */
function beforeGap(bytes: Uint8Array, at: number, floor: number, radix: Radix): number {
  let i = at
  if (radix.hasPrefix && isX(bytes[i - 1]) && bytes[i - 2] === 0x30) i -= 2
  while (i > floor && at - i < widestSeparator) {
    const word = wordLengthBefore(bytes, i)
    if (word === 0 && radix.isDigit(bytes[i - 1]) && i < at) return isInWord(bytes, i, radix) ? at : i
    const length = separators[bytes[i - 1] as number] === 1 ? 1 : word
    if (length === 0) return at
    i -= length
  }
  return at
}

/** `b` of a word in front of a bracket is no digit. */
function isInWord(bytes: Uint8Array, end: number, { hasPrefix }: Radix): boolean {
  return hasPrefix && isLetter(bytes[end]) && !isX(bytes[end])
}

function isX(byte: number | undefined): boolean {
  return byte === 0x78 || byte === 0x58
}

function wordLength(bytes: Uint8Array, at: number): number {
  if (!isInitial(bytes[at])) return 0
  let end = at
  while (end - at < 6 && isLetter(bytes[end])) end++
  return isWord(bytes, at, end) ? end - at : 0
}

function wordLengthBefore(bytes: Uint8Array, end: number): number {
  let from = end
  while (end - from < 6 && isLetter(bytes[from - 1])) from--
  return isWord(bytes, from, end) ? end - from : 0
}

/** Most letters begin none of the words. */
function isInitial(byte: number | undefined): boolean {
  return byte !== undefined && initials[byte] === 1
}

const initials = membersOf('bBcCuUoO')

function isWord(bytes: Uint8Array, from: number, to: number): boolean {
  if (to === from) return false
  return words.has(
    Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
      .toString('latin1')
      .toLowerCase(),
  )
}

/** Where the digits of the number behind the one that ends at `at` begin; `at` itself when there is none. */
export function afterNumber(bytes: Uint8Array, at: number, isHex: boolean): number {
  return afterGap(bytes, at, isHex ? sixteen : ten)
}

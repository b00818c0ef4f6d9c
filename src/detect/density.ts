import { alphanumeric, hexDigits, hexValue, isDigit } from './alphabet.ts'
import { goesOn, isPrintable, type Plausibility, saysEnough, startPlausibility } from './plausible.ts'
import { clear, createRewritten, put } from './rewrite.ts'
import type { Inline } from './types.ts'
import { afterNumber, byteOf, widestSeparator } from './wrappings/number-list.ts'

/** So many escapes, none of them farther from the next than that, are no accident of ordinary text. */
const fewestEscapes = 5
const widestGap = 16
const fewestNumbers = 8
const fewestUnits = 6
const fewestBreaks = 4
/** A window of this length, and one more byte, holds a break. */
const longestPiece = 15

const trial = createRewritten(1024)

/** `more`: the bytes ended before it could be told. */
export type Answer<T> = T | 'no' | 'more'

/** Whether a dense row of this wrapping's escapes, or of its breaks with short pieces between them, begins at `at`. */
export function isDenseWith(inline: Inline, bytes: Uint8Array, at: number): Answer<'yes'> {
  return inline.isDense === undefined ? isOftenBroken(inline, bytes, at) : isOftenEscaped(inline, bytes, at)
}

function isOftenEscaped(inline: Inline, bytes: Uint8Array, at: number): Answer<'yes'> {
  let found = 0
  let last = at
  clear(trial)
  for (let i = at; i - last <= widestGap && found < fewestEscapes; ) {
    const isOne = inline.isTrigger[bytes[i] ?? 0] === 1 && inline.isDense?.(bytes, i) === true
    const length = isOne ? inline.step(bytes, i, trial) : 0
    if (length > 0) found++
    else if (found === 0) break
    i += length > 0 ? length : 1
    if (length > 0) last = i
  }
  if (found === fewestEscapes) return saysSomething() ? 'yes' : 'no'
  return last + widestGap + (inline.longest ?? 64) > bytes.length ? 'more' : 'no'
}

/**
 * Whether what the escapes stood for may be a part of a token, in whatever wrapping: some of it a letter or a digit, or
 * what escapes begin with; or nothing; or the same again and again, or what separates numbers. Punctuation and other scripts alone are text.
 */
/** What escapes begin with; the lead bytes of format characters and of full-width forms. */
const telling: ReadonlySet<number> = new Set([0x25, 0x5c, 0x23, 0xe2, 0xef])

function saysSomething(): boolean {
  if (trial.length === 0) return true
  const [first] = trial.bytes
  let isSame = true
  let isList = true
  for (let i = 0; i < trial.length; i++) {
    const byte = trial.bytes[i] as number
    if (alphanumeric[byte] === 1 || telling.has(byte)) return true
    if (byte !== first) isSame = false
    if (byte !== 0x20 && byte !== 0x2c && byte !== 0x3a) isList = false
  }
  return isSame || isList
}

function isOftenBroken(inline: Inline, bytes: Uint8Array, at: number): Answer<'yes'> {
  let i = at
  for (let found = 0; found < fewestBreaks; found++) {
    clear(trial)
    put(trial, 0x61, i, i)
    const length = inline.isTrigger[bytes[i] ?? 0] === 1 ? inline.step(bytes, i, trial) : 0
    if (length === 0) return i + (inline.longest ?? 64) > bytes.length ? 'more' : 'no'
    const piece = i + length
    for (i = piece; inline.isTrigger[bytes[i] ?? 0] !== 1; i++) {
      if (i >= bytes.length) return 'more'
      if (i - piece > longestPiece || (bytes[i] as number) <= 0x20) return 'no'
    }
    if (i === piece) return 'no'
  }
  return 'yes'
}

/** Size of the code units of which one ends or begins at the zero byte `at`. */
export function looksWide(bytes: Uint8Array, at: number): Answer<2 | 4> {
  const two = isWideRow(bytes, at, 2)
  if (two !== 'no') return two === 'yes' ? 2 : 'more'
  const four = isWideRow(bytes, at, 4)
  return four === 'yes' ? 4 : four
}

function isWideRow(bytes: Uint8Array, at: number, size: number): Answer<'yes'> {
  for (let i = at; i < at + fewestUnits * size; i++) {
    const byte = bytes[i]
    if (byte === undefined) return 'more'
    const isLast = (i - at) % size === size - 1
    if (isLast ? !isPrintable(byte) : byte !== 0) return 'no'
  }
  return 'yes'
}

export interface Numbers {
  /** Where the first number's digits begin. */
  readonly at: number
  /** Digits alone may be meant either way. */
  readonly isTen: boolean
  readonly isSixteen: boolean
}

/** A list of numbers that spell text, behind the separator at `at`. */
export function numbersFrom(bytes: Uint8Array, at: number): Answer<Numbers> {
  let first = at + 1
  while (first - at < 3 && bytes[first] === 0x20) first++
  if (bytes[first] === 0x30 && (bytes[first + 1] === 0x78 || bytes[first + 1] === 0x58)) first += 2
  if (first + 1 >= bytes.length) return 'more'
  if (hexDigits[bytes[first] as number] === 0 || hexDigits[bytes[first + 1] as number] === 0) return 'no'
  const inTen = isDigit(bytes[first]) ? spells(bytes, first, 'ten') : 'no'
  const inOrder = spells(bytes, first, 'sixteen')
  const inSixteen = inOrder === 'no' ? spells(bytes, first, 'swapped') : inOrder
  if (inTen === 'more' || inSixteen === 'more') return 'more'
  if (inTen === 'no' && inSixteen === 'no') return 'no'
  return { at: first, isTen: inTen === 'yes', isSixteen: inSixteen === 'yes' }
}

/** `swapped`: words of two bytes, the second one first. */
type Reading = 'ten' | 'sixteen' | 'swapped'

function spells(bytes: Uint8Array, first: number, reading: Reading): Answer<'yes'> {
  const isHex = reading !== 'ten'
  let at = first
  startPlausibility(spelt)
  for (let count = 0; count < fewestNumbers; ) {
    let end = at
    while (end - at < 9 && (isHex ? hexValue(bytes[end]) >= 0 : isDigit(bytes[end]))) end++
    const values = isHex ? spellHex(bytes, at, end, reading === 'swapped') : spellTen(bytes, at, end)
    if (values === 0) return end >= bytes.length ? 'more' : 'no'
    count += values
    if (count >= fewestNumbers) break
    const next = afterNumber(bytes, end, isHex)
    if (next === end) return end + widestSeparator > bytes.length ? 'more' : 'no'
    at = next
  }
  return saysEnough(spelt) ? 'yes' : 'no'
}

const spelt: Plausibility = { pending: 0, printable: 0, total: 0 }

/** How many bytes the digits are; 0 when they say nothing. */
function spellHex(bytes: Uint8Array, from: number, to: number, isSwapped: boolean): number {
  const digits = to - from
  if (isSwapped ? digits !== 4 : digits !== 2 && digits !== 4 && digits !== 8) return 0
  for (let i = 0; i < digits; i += 2) {
    const at = isSwapped ? from + 2 - i : from + i
    if (!goesOn(spelt, hexValue(bytes[at]) * 16 + hexValue(bytes[at + 1]))) return 0
  }
  return digits >> 1
}

function spellTen(bytes: Uint8Array, from: number, to: number): number {
  const value = byteOf(bytes, from, to)
  // One digit is the zero of wide text, or the numbers are not bytes of any.
  if (value < 0 || (to - from === 1 && value > 0)) return 0
  return goesOn(spelt, value) ? 1 : 0
}

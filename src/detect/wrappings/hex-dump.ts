import { hexDigits, hexValue, isBlank, isLetter, isLineEnd } from '../alphabet.ts'
import type { Decoded } from '../types.ts'
import { leftReach, rightReach } from './reach.ts'

const widestLine = 512
/** A dump's line has an offset of at least so many digits. */
const shortestOffset = 4
const widestMargin = 96
/** Fewer bytes are a dump's last line, or none. */
const fewestBytes = 4

interface DumpLine {
  /** Where the two digits of each byte stand, in the order in which they are printed. */
  readonly places: readonly number[]
  readonly digitsInGroup: number
  /** Where the line begins and ends. */
  readonly from: number
  readonly to: number
}

/**
 * A dump around `at`: lines of an offset, bytes in groups, mostly a column of text (`hexdump -C`, `xxd`, `od -tx1`,
 * Wireshark). Groups of two bytes are read in both orders.
 */
export function hexDump(bytes: Uint8Array, at: number): readonly Decoded[] {
  const lines = dumpLines(bytes, at)
  if (lines.length === 0) return []
  const places = lines.flatMap((line) => line.places)
  const until = (lines.at(-1)?.to ?? at) + widestLine
  const swapped = lines.every((line) => line.digitsInGroup === 4)
    ? lines.flatMap((line) => swap(line.places))
    : null
  return [decoded(bytes, places, until), ...(swapped === null ? [] : [decoded(bytes, swapped, until)])]
}

function decoded(bytes: Uint8Array, places: readonly number[], until: number): Decoded {
  return {
    bytes: Uint8Array.from(places, (place) => hexValue(bytes[place]) * 16 + hexValue(bytes[place + 1])),
    encoding: 'hex',
    start: (index) => places[index] as number,
    end: (index) => (places[index] as number) + 2,
    until,
  }
}

function swap(places: readonly number[]): number[] {
  return places.map(
    (_, index) =>
      places[index % 2 === 0 && index + 1 < places.length ? index + 1 : index - (index % 2)] as number,
  )
}

function dumpLines(bytes: Uint8Array, at: number): readonly DumpLine[] {
  const here = parseLine(bytes, lineStart(bytes, at))
  if (here === null || at > (here.places.at(-1) ?? 0) + 1) return []
  const lines = [here]
  for (let from = here.from; from > Math.max(0, at - leftReach); ) {
    const above = parseLine(bytes, lineStart(bytes, from - 1))
    if (above === null || above.digitsInGroup !== here.digitsInGroup) break
    lines.unshift(above)
    from = above.from
  }
  for (let to = here.to; to < Math.min(bytes.length, at + rightReach); ) {
    const below = parseLine(bytes, afterLineEnd(bytes, to))
    if (below === null || below.to <= to || below.digitsInGroup > here.digitsInGroup) break
    lines.push(below)
    to = below.to
  }
  return lines
}

/** A line as it is, or behind what quotes, comments, names or dates it: then only with an offset. */
function parseLine(bytes: Uint8Array, from: number): DumpLine | null {
  const to = lineEnd(bytes, from)
  const plain = parseFrom(bytes, from, from, to)
  if (plain !== null && plain.places.length >= fewestBytes) return plain
  for (let at = from + 1; at < Math.min(to, from + widestMargin); at++) {
    const begins = hexDigits[bytes[at] as number] === 1 && hexDigits[bytes[at - 1] as number] === 0
    if (!begins || isLetter(bytes[at - 1]) || offsetEnd(bytes, at, to) === at) continue
    const line = parseFrom(bytes, at, from, to)
    if (line !== null && line.places.length >= fewestBytes) return line
  }
  return plain
}

function parseFrom(bytes: Uint8Array, start: number, from: number, to: number): DumpLine | null {
  const first = skipMargin(bytes, start, to)
  const offset = offsetEnd(bytes, first, to)
  const hasColon = bytes[offset - 1] === 0x3a
  const places: number[] = []
  let digitsInGroup = 0
  for (let at = offset; at < to; ) {
    const group = skipBlanks(bytes, at, to)
    const end = digitsEnd(bytes, group, to)
    const digits = end - group
    const isGap = group - at > 1 && places.length > 0
    if (isGap && (hasColon || places.length !== 8)) break
    if (digits === 0 || digits % 2 !== 0 || digits > 16 || (at === group && places.length > 0)) break
    if (end < to && !isBlank(bytes[end])) break
    if (digitsInGroup !== 0 && digits > digitsInGroup) break
    digitsInGroup ||= digits
    for (let i = group; i < end; i += 2) places.push(i)
    at = end
  }
  return places.length === 0 ? null : { places, digitsInGroup, from, to }
}

/** Behind the offset and its colon; where the line's text begins when there is no offset. */
function offsetEnd(bytes: Uint8Array, first: number, to: number): number {
  const end = digitsEnd(bytes, first, to)
  const digits = end - first
  if (digits < shortestOffset || digits > 16) return first
  if (bytes[end] === 0x3a) return end + 1
  const isApart = isBlank(bytes[end]) && (isBlank(bytes[end + 1]) || digits > shortestOffset)
  return isApart ? end : first
}

function skipMargin(bytes: Uint8Array, from: number, to: number): number {
  return skipBlanks(bytes, from, Math.min(to, from + 32))
}

function skipBlanks(bytes: Uint8Array, at: number, to: number): number {
  let end = at
  while (end < to && isBlank(bytes[end])) end++
  return end
}

function digitsEnd(bytes: Uint8Array, at: number, to: number): number {
  let end = at
  while (end < to && end - at < 33 && hexDigits[bytes[end] as number] === 1) end++
  return end
}

function lineStart(bytes: Uint8Array, at: number): number {
  let from = at
  while (from > 0 && at - from < widestLine && !isLineEnd(bytes[from - 1])) from--
  return from
}

function lineEnd(bytes: Uint8Array, from: number): number {
  let to = from
  while (to < bytes.length && to - from < widestLine && !isLineEnd(bytes[to])) to++
  return to
}

function afterLineEnd(bytes: Uint8Array, at: number): number {
  return bytes[at] === 0x0d && bytes[at + 1] === 0x0a ? at + 2 : at + 1
}

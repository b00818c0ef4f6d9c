import type { Carrier, Decoded, Encoding } from '../types.ts'
import { blockOf, linesAround } from './lines.ts'
import { decodeRun, type Radix } from './radix.ts'
import { leftReach, rightReach } from './reach.ts'

/** Readings of a run are told apart by where its groups begin in the unit. */
export function runReading(group: number): Carrier['readingOf'] {
  return (_, at, phase, unit) => (unit.base + at - phase + group) % group
}

/** Lines of a block begin with a group each, or half of one. */
export function lineReading(alphabet: Uint8Array, group: number): Carrier['readingOf'] {
  return (bytes, at, phase) => {
    let from = at
    while (from > 0 && at - from < 256 && alphabet[bytes[from - 1] as number] === 1) from--
    return (at - phase - from + group) % group
  }
}

/** The block of lines around `at`; nothing when there is only one line. */
export function decodeBlock(
  bytes: Uint8Array,
  at: number,
  phase: number,
  encoding: Encoding,
  radix: Radix,
  alphabet: Uint8Array,
): readonly Decoded[] {
  // Lines need not end with a group: base32 is wrapped at 76 as well.
  const lines = linesAround(bytes, at, alphabet, Math.min(4, radix.group))
  if (lines.length < 2) return []
  const { characters, places } = blockOf(bytes, lines)
  const index = places.indexOf(at)
  if (index < 0) return []
  const place = (at: number) => places[Math.min(at, places.length - 1)] as number
  return [decodeRun(characters, place, encoding, radix, index - phase)]
}

/** The same; where there is only one line, the run of characters around `at`. */
export function decodeLines(
  bytes: Uint8Array,
  at: number,
  phase: number,
  encoding: Encoding,
  radix: Radix,
  alphabet: Uint8Array,
): readonly Decoded[] {
  const block = decodeBlock(bytes, at, phase, encoding, radix, alphabet)
  if (block.length > 0) return block
  const run = runAround(bytes, at, alphabet)
  const place = (index: number) => run.from + index
  return [decodeRun(bytes.subarray(run.from, run.to), place, encoding, radix, at - phase - run.from)]
}

export interface Run {
  readonly from: number
  readonly to: number
}

export function runAround(bytes: Uint8Array, at: number, alphabet: Uint8Array): Run {
  let from = at
  const floor = Math.max(0, at - leftReach)
  while (from > floor && alphabet[bytes[from - 1] as number] === 1) from--
  let to = at
  const ceiling = Math.min(bytes.length, at + rightReach)
  while (to < ceiling && alphabet[bytes[to] as number] === 1) to++
  return { from, to }
}

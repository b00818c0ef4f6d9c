import { isDenseWith, looksWide, numbersFrom } from './density.ts'
import { inlineSlot, rewriteWith, rightContext } from './inlines.ts'
import { type Layer, readCarried } from './layer.ts'
import { breaksIn, inlineList, wantedAt } from './leads.ts'
import { isPlausible, isPlausible64 } from './plausible.ts'
import type { Carrier, Inline } from './types.ts'
import type { Work } from './work.ts'
import { carriers } from './wrappings/index.ts'
import { base32Alphabet, radix16, radix32, radix64, type Radix } from './wrappings/radix.ts'
import { addFlag, hexDigits, letters, membersOf } from './alphabet.ts'

/** Any run of 40 characters holds a whole sample at one of these places. */
const runStride = 16
/** Within a run that goes on, every second place is enough. */
const sample = 24
/**
 * A token of which every character is escaped takes up more than this, and the window and the look behind it. A prime:
 * the lines of a dump are all of one width, and a probe must not meet the same column in each.
 */
const denseStride = 89
const denseWindow = 16

const ranks = Object.fromEntries(Object.keys(carriers).map((name, rank) => [name, rank])) as Record<
  keyof typeof carriers,
  number
>

/** The characters of base64, of which the others have a part. Not its `-` and `_`, of which names are full. */
const anyRun = membersOf(`${letters}0123456789+/`)
const upper32 = membersOf('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')
const lower32 = membersOf('abcdefghijklmnopqrstuvwxyz234567')

/** What two neighbours may belong to the row of: a bit for each inline wrapping, and these. */
const WIDE = 1 << 20
const NUMBERS = 1 << 21
const inlineFamilies = WIDE - 1
/** For each byte the families that a pair may belong to of which it is the first, or the second. */
const familiesBefore = new Uint32Array(256)
const familiesAfter = new Uint32Array(256)
noteFamilies()

/**
 * Looks at a few bytes now and then for text that is wrapped whole, whatever it says: a run of base64, hex or base32
 * that decodes to text, a dense row of escapes or numbers, UTF-16. Returns up to where everything is decided.
 */
export function readProbes(layer: Layer, from: number, undecided: number, work: Work): number {
  return probeDense(layer, from, probeRuns(layer, from, undecided, work), work)
}

export function probeRuns(layer: Layer, from: number, undecided: number, work: Work): number {
  const { bytes } = layer
  let at = firstProbe(layer, from, runStride)
  while (at < undecided) {
    if (layer.encodings.length === 0) work.reach(layer.unit.base + at)
    const end = anyRun[bytes[at] as number] === 1 ? sampleEnd(bytes, at) : at
    if (!layer.final && end + 16 > bytes.length) return at
    if (end === at + sample && !readRun(layer, at, work)) return at
    at += end === at + sample ? 2 * runStride : runStride
  }
  return undecided
}

export function probeDense(layer: Layer, from: number, undecided: number, work: Work): number {
  const { bytes } = layer
  for (let at = firstProbe(layer, from, denseStride); at < undecided; at += denseStride) {
    if (layer.encodings.length === 0) work.reach(layer.unit.base + at)
    if (!layer.final && at + denseWindow > bytes.length) return at
    if (!readDense(layer, at, work)) return at
  }
  return undecided
}

/** Probes stand at the same places of a unit, however it comes in. */
function firstProbe({ unit }: Layer, from: number, stride: number): number {
  return from + ((stride - ((unit.base + from) % stride)) % stride)
}

function sampleEnd(bytes: Uint8Array, at: number): number {
  const ceiling = Math.min(bytes.length, at + sample)
  let end = at + 1
  while (end < ceiling && anyRun[bytes[end] as number] === 1) end++
  return end
}

/** A run of characters around `at`: is it text in base64, hex or base32? */
function readRun(layer: Layer, at: number, work: Work): boolean {
  const { bytes } = layer
  if (isAll(bytes, at, at + sample, hexDigits) && !readRadix(layer, at, radix16, ['hex'], work)) return false
  const is32 = bytes.length >= at + 32 && isAll(bytes, at, at + 32, base32Alphabet)
  if (is32 && (isAll(bytes, at, at + 32, upper32) || isAll(bytes, at, at + 32, lower32))) {
    if (!readRadix(layer, at, radix32, ['base32'], work)) return false
  }
  return readRadix(layer, at, radix64, ['base64Lines', 'base64'], work)
}

type CarrierName = keyof typeof carriers

function readRadix(
  layer: Layer,
  at: number,
  radix: Radix,
  names: readonly CarrierName[],
  work: Work,
): boolean {
  const { bytes } = layer
  const length = radix.group === 8 ? 24 : sample - radix.group + 1
  for (let phase = 0; phase < radix.group; phase++) {
    const isText = radix === radix64 ? isPlausible64 : isPlausible
    if (!isText(bytes, at + phase, length, radix)) continue
    if (layer.isSame?.(Math.max(0, at - 160), Math.min(bytes.length, at + 200)) === true) return true
    for (const name of names) if (!readFrom(layer, at + phase, name, work)) return false
  }
  return true
}

function readFrom(layer: Layer, at: number, name: CarrierName, work: Work): boolean {
  const carrier: Carrier = carriers[name]
  return readCarried(layer, at, [{ carrier, rank: ranks[name], needle: -1, phase: 0 }], work)
}

/** A row of escapes, breaks, numbers or wide characters somewhere in the next few bytes. */
function readDense(layer: Layer, from: number, work: Work): boolean {
  const { bytes } = layer
  const to = Math.min(bytes.length, from + denseWindow)
  for (let at = from; at < to; at++) {
    const before = familiesBefore[bytes[at] as number] as number
    if (before === 0) continue
    const families = before & (familiesAfter[bytes[at + 1] ?? 0] as number)
    if (families === 0) continue
    if ((families & WIDE) !== 0 && !readWide(layer, at, work)) return false
    if ((families & NUMBERS) !== 0 && !readNumbers(layer, at, work)) return false
    if ((families & inlineFamilies) !== 0 && !readDenseInlines(layer, at, families, work)) return false
  }
  return true
}

function readDenseInlines(layer: Layer, at: number, families: number, work: Work): boolean {
  const { bytes, unit, coverage } = layer
  for (let left = families & inlineFamilies; left !== 0; left &= left - 1) {
    const index = 31 - Math.clz32(left & -left)
    const bit = 1 << index
    if (coverage.has(inlineSlot(index), unit.base + at)) continue
    const answer = isDenseWith(inlineList[index] as Inline, bytes, at)
    if (answer === 'more' && !layer.final) return false
    if (answer !== 'yes' || layer.isSame?.(at, Math.min(bytes.length, at + 64)) === true) continue
    // A break may stand within an escape: then it has to be undone first.
    if (!rewriteWith(layer, at, bit | breaksIn(bytes, at, at + rightContext), work)) return false
  }
  return true
}

function readWide(layer: Layer, at: number, work: Work): boolean {
  const size = looksWide(layer.bytes, at)
  if (size === 'more') return layer.final
  if (size === 'no' || isOld(layer, at)) return true
  // Behind the zero at `at` stands a character, or the end of one: the carrier tries both.
  return readFrom(layer, at + size - 1, size === 2 ? 'utf16' : 'utf32', work)
}

function readNumbers(layer: Layer, at: number, work: Work): boolean {
  const found = numbersFrom(layer.bytes, at)
  if (found === 'more') return layer.final
  if (found === 'no' || isOld(layer, at)) return true
  if (found.isTen && !readFrom(layer, found.at, 'bytesDecimal', work)) return false
  if (!found.isSixteen) return true
  return readFrom(layer, found.at, 'hexDumped', work) && readFrom(layer, found.at, 'hexApart', work)
}

function isOld(layer: Layer, at: number): boolean {
  return layer.isSame?.(Math.max(0, at - 64), Math.min(layer.bytes.length, at + 200)) === true
}

function isAll(bytes: Uint8Array, from: number, to: number, alphabet: Uint8Array): boolean {
  for (let i = from; i < to; i++) if (alphabet[bytes[i] as number] === 0) return false
  return true
}

function noteFamilies(): void {
  let whatever = WIDE
  let strong = 0
  inlineList.forEach(({ isWeak, mayFollow }, index) => {
    // Short lines and lists of short words are no sign of anything.
    if (isWeak === true) return
    strong |= 1 << index
    if (mayFollow === undefined) whatever |= 1 << index
    else addFlag(familiesAfter, mayFollow, 1 << index)
  })
  for (let byte = 0; byte < 256; byte++) {
    familiesBefore[byte] = (wantedAt[byte] as number) & strong
    familiesAfter[byte] = (familiesAfter[byte] as number) | whatever
  }
  addFlag(familiesBefore, membersOf('\0'), WIDE)
  addFlag(familiesBefore, membersOf(' ,:-\t\n(['), NUMBERS)
  addFlag(familiesAfter, membersOf('0123456789abcdefABCDEF '), NUMBERS)
}

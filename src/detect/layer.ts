import { secretOf } from '../secret/index.ts'
import { prefix, prefixBytes } from './alphabet.ts'
import { type Coverage, createCoverage } from './coverage.ts'
import { readRunEnd, readRunStart, readText } from './inlines.ts'
import { findRuns } from './kernel/runs.ts'
import { createKernel } from './kernel/index.ts'
import { type Lookout, type Needle, needles, plainEnd, plainNeedle } from './needles.ts'
import { plan } from './plan.ts'
import { readProbes } from './probes.ts'
import { bodyLength, readToken, runEnd, tokenReach } from './token.ts'
import type { Decoded, Encoding, UnitFacts } from './types.ts'
import { deepest, type Work } from './work.ts'
import { endMargin, overlap, quiet, rightReach } from './wrappings/reach.ts'

/** Bytes to be searched: those of the unit, or what a wrapping of it decoded to. */
export interface Layer {
  readonly bytes: Uint8Array
  readonly unit: UnitFacts
  /** No more bytes follow. */
  readonly final: boolean
  readonly encodings: readonly Encoding[]
  /** Places in the unit of the byte at `index`: where it starts, and where it ends. */
  start(index: number): number
  end(index: number): number
  readonly order: number
  /** In the unit's coordinates. */
  readonly coverage: Coverage
  /** Whether the bytes `from` to `to` stand in the outer layer too, as they are: what they hold has been found there. */
  isSame?(from: number, to: number): boolean
  /** What was joined here may never have belonged together: near tokens do not count. */
  readonly isWeak: boolean
  /** It was joined to make this very layer. */
  readonly isJoined: boolean
  /** Place in the list of the break that was undone last, while nothing but breaks has been; -1 else. */
  readonly lastBreak: number
}

export const kernel = createKernel(plan)
const exactLength = prefix.length + bodyLength
/** How much of what surrounds a carrier's needle must be new for it to be decoded again. */
const aroundLeft = 128
const aroundRight = 256

/**
 * Searches a layer from `from` on, adds what it finds to the work's candidates, and returns up to where everything is
 * decided: the first anchor that needs bytes which have not come yet, or where a needle might still be incomplete.
 */
export function readLayer(layer: Layer, from: number, work: Work): number {
  const { bytes } = layer
  return readPart(
    layer,
    from,
    layer.final ? bytes.length : Math.max(from, bytes.length - kernel.reach + 1),
    work,
  )
}

/** The same for what begins before `to`, as if no more were asked for; whatever lies behind is looked at where it matters. */
export function readPart(layer: Layer, from: number, to: number, work: Work): number {
  const { bytes } = layer
  const anchors = work.anchorsAt(layer.encodings.length)
  let undecided = to
  if (layer.encodings.length < deepest) undecided = readProbes(layer, from, undecided, work)
  for (let next = from; next < undecided; ) {
    next = kernel.find(bytes, next, anchors, undecided)
    for (let i = 0; i < anchors.count; i++) {
      const at = anchors.at[i] as number
      if (at < from || at >= undecided) continue
      if (layer.encodings.length === 0) work.reach(layer.unit.base + at)
      if (!readAnchor(layer, at, anchors.needle[i] as number, work)) undecided = at
    }
  }
  const { known, bareBody } = work.options
  const isWanted = known !== null || bareBody !== undefined
  return isWanted ? readBareBodies(layer, from, undecided, work) : undecided
}

function readAnchor(layer: Layer, at: number, id: number, work: Work): boolean {
  const { bytes, encodings } = layer
  // The prefix as it is: the names of models begin with it too, and for those no needles are made.
  if (id === plainNeedle) return readPlain(layer, at, work)
  if (id === plainEnd && isPlainPrefix(bytes, at)) return true
  const needle = needles()[id] as Needle
  if (needle.meaning === 'text' && isPlainPrefix(bytes, at)) return true
  if (needle.meaning === 'embedded') work.tellEmbedded(layer.start(at))
  if (encodings.length >= deepest) return true
  if (needle.meaning === 'text' && !readText(layer, at, needle, work)) return false
  if (needle.lookouts.length === 0) return true
  if (layer.isSame?.(Math.max(0, at - aroundLeft), Math.min(bytes.length, at + aroundRight)) === true)
    return true
  return readCarried(layer, at, needle.lookouts, work)
}

/** `lx-` of a prefix in which nothing is broken: that has an anchor of its own. */
function isPlainPrefix(bytes: Uint8Array, at: number): boolean {
  const start = at - 2
  return start >= 0 && prefixBytes.every((byte, index) => bytes[start + index] === byte)
}

function readPlain(layer: Layer, at: number, work: Work): boolean {
  const { bytes, encodings, order } = layer
  const { options } = work
  if (!layer.final && bytes.length - at < tokenReach(options)) {
    const needed =
      at + prefix.length + Math.max(0, ...(options.known?.shapes ?? []).map((shape) => shape.bodyLength))
    if (runEnd(bytes, at) === bytes.length || needed > bytes.length || options.examples) return false
  }
  const reading = readToken(
    isJoinedBehind(layer, at) ? bytes.subarray(0, at + exactLength) : bytes,
    at,
    options,
  )
  const isWhole = reading?.confidence === 'exact' || reading?.confidence === 'known'
  if (!isWhole && encodings.length < deepest && !readRunEnd(layer, at, work)) return false
  if (reading === null || (layer.isWeak && !isWhole)) return true
  const { secret, confidence, why, length } = reading
  if (layer.isSame?.(at, at + length) === true) return true
  const place = { start: layer.start(at), end: layer.end(at + length - 1) }
  work.candidates.push({ secret, confidence, why, length, encodings, order, ...place })
  return true
}

/** Whether exactly a key's length ends where something was joined that may never have belonged to it. */
function isJoinedBehind(layer: Layer, at: number): boolean {
  const end = at + exactLength
  return layer.isJoined && end < layer.bytes.length && layer.end(end - 1) < layer.start(end)
}

/** Decodes what carriers make of the bytes around an anchor, and searches that; false when more bytes are needed. */
export function readCarried(layer: Layer, at: number, asked: readonly Lookout[], work: Work): boolean {
  const { bytes, unit, coverage } = layer
  const waiting = !layer.final && bytes.length - at < rightReach
  if (waiting && bytes.length - at < endMargin) return false
  let isDecoded = false
  let farthest = -1
  for (const { carrier, rank, needle, phase } of asked) {
    const slot = slotOf(rank) + carrier.readingOf(bytes, at, phase, unit)
    if (coverage.has(slot, unit.base + at)) continue
    if (!work.mayUnfold(layer.encodings.length)) return true
    const readings = carrier.decode(bytes, at, phase, needle, unit)
    if (waiting && readings.some((reading) => untilOf(reading) > bytes.length - endMargin)) return false
    if (readings.length > 0) isDecoded = true
    if (carrier.group === 1) for (const reading of readings) farthest = Math.max(farthest, endOf(reading))
    readings.forEach((reading, index) => readDecoded(layer, reading, rank * 16 + index, work))
    coverage.add(slot, unit.base + coveredFrom(readings, at), unit.base + coveredTo(readings, at))
  }
  if (!isDecoded) return true
  // A list goes on behind a break that ends it.
  if (farthest > at && !readRunEnd(layer, farthest, work, at)) return false
  return readRunEnd(layer, at, work) && readRunStart(layer, at, work)
}

/** Place in `Coverage` of a carrier's first reading. */
function slotOf(rank: number): number {
  return rank * 8
}

export function readDecoded(outer: Layer, decoded: Decoded, order: number, work: Work, lastBreak = -1): void {
  work.unfolded(decoded.bytes.length + 64, outer.encodings.length)
  const layer: Layer = {
    bytes: decoded.bytes,
    unit: { base: 0, text: 'bytes' },
    final: true,
    encodings: [...outer.encodings, decoded.encoding],
    start: (index) => outer.start(decoded.start(index)),
    end: (index) => outer.end(decoded.end(index) - 1),
    order: outer.order * 4096 + order,
    coverage: createCoverage(),
    isWeak: outer.isWeak || decoded.isWeak === true,
    isJoined: decoded.isWeak === true,
    lastBreak,
    ...(decoded.isSame === undefined ? {} : { isSame: (from, to) => decoded.isSame?.(from, to) === true }),
  }
  readLayer(layer, 0, work)
}

function endOf(decoded: Decoded): number {
  return decoded.bytes.length === 0 ? 0 : decoded.end(decoded.bytes.length - 1)
}

function untilOf(decoded: Decoded): number {
  return Math.max(decoded.until ?? 0, endOf(decoded))
}

/** Where the shortest of the readings begins: anchors from there on lie in what has just been decoded. */
function coveredFrom(readings: readonly Decoded[], at: number): number {
  const starts = readings.filter(({ bytes }) => bytes.length > 0).map((reading) => reading.start(0))
  return Math.min(at, Math.max(0, ...starts))
}

/** Up to where they do. Where the window ended before the run did, the last part is left to the next anchor. */
function coveredTo(readings: readonly Decoded[], at: number): number {
  const ends = readings.map(endOf).filter((end) => end > at)
  if (ends.length === 0) return at + 1
  const end = Math.min(...ends)
  const widest = end - at
  return widest > rightReach - quiet ? end - overlap : end
}

/** A body without its prefix, which only the inventory can tell from any other 48 characters. */
function readBareBodies(layer: Layer, from: number, undecided: number, work: Work): number {
  const { bytes, encodings } = layer
  let limit = undecided
  if (!layer.final) limit = Math.min(limit, Math.max(from, bytes.length - bodyLength - 1))
  findRuns(
    bytes,
    from,
    bodyLength,
    (start, end) => {
      if (end === bytes.length && !layer.final) return
      if (layer.isSame?.(start, end) === true) return
      const body = Buffer.from(bytes.buffer, bytes.byteOffset + start, bodyLength).toString('latin1')
      const secret = secretOf(prefix + body)
      work.options.bareBody?.(secret.fingerprint)
      if (work.options.known?.has(secret.fingerprint) !== true) return
      work.candidates.push({
        secret,
        confidence: 'known',
        why: 'with the prefix before it, its fingerprint is in the inventory',
        length: bodyLength,
        encodings,
        order: layer.order,
        start: layer.start(start),
        end: layer.end(end - 1),
      })
    },
    limit,
  )
  return limit
}

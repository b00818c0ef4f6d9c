import { secretOf } from '../secret/index.ts'
import { prefix } from './alphabet.ts'
import type { Candidate } from './candidate.ts'
import { type Anchors, createAnchors } from './kernel/index.ts'
import { findRuns } from './kernel/runs.ts'
import { isEmbedded, kernel, type Lookout, lookouts, plainNeedle } from './needles.ts'
import { bodyLength, type ReadOptions, readToken, runEnd, tokenReach } from './token.ts'
import type { Decoded, Encoding, UnitFacts } from './types.ts'
import { endMargin, rightReach } from './wrappings/reach.ts'

/** A token in more wrappings than this is not found. */
const deepest = 8

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
  /** For each wrapping the place in the unit's coordinates up to which its anchors have been decoded already. */
  readonly covered: number[]
}

/**
 * Searches a layer from `from` on, adds what it finds to `candidates`, and returns up to where everything is decided:
 * the first anchor that needs bytes which have not come yet, or where a needle might still be incomplete.
 */
export function readLayer(
  layer: Layer,
  from: number,
  options: ReadOptions,
  candidates: Candidate[],
  anchors: Anchors = createAnchors(),
): number {
  const { bytes } = layer
  let undecided = layer.final ? bytes.length : Math.max(from, bytes.length - kernel.reach + 1)
  for (let next = from; next < bytes.length; ) {
    next = kernel.find(bytes, next, anchors)
    for (let i = 0; i < anchors.count; i++) {
      const at = anchors.at[i] as number
      if (at < from || at >= undecided) continue
      if (!readAnchor(layer, at, anchors.needle[i] as number, options, candidates)) undecided = at
    }
  }
  return options.known === null ? undecided : readBareBodies(layer, from, undecided, options, candidates)
}

function readAnchor(
  layer: Layer,
  at: number,
  needle: number,
  options: ReadOptions,
  candidates: Candidate[],
): boolean {
  if (isEmbedded(needle)) {
    options.embedded?.()
    return true
  }
  return needle === plainNeedle
    ? readPlain(layer, at, options, candidates)
    : readWrapped(layer, at, lookouts[needle] ?? [], options, candidates)
}

function readPlain(layer: Layer, at: number, options: ReadOptions, candidates: Candidate[]): boolean {
  const { bytes } = layer
  if (!layer.final && bytes.length - at < tokenReach(options)) {
    const needed =
      at + prefix.length + Math.max(0, ...(options.known?.shapes ?? []).map((shape) => shape.bodyLength))
    if (runEnd(bytes, at) === bytes.length || needed > bytes.length || options.examples) return false
  }
  const reading = readToken(bytes, at, options)
  if (reading === null) return true
  const { secret, confidence, why, length } = reading
  const { encodings, order } = layer
  const place = { start: layer.start(at), end: layer.end(at + length - 1) }
  candidates.push({ secret, confidence, why, length, encodings, order, ...place })
  return true
}

function readWrapped(
  layer: Layer,
  at: number,
  asked: readonly Lookout[],
  options: ReadOptions,
  candidates: Candidate[],
): boolean {
  const { bytes, unit, covered } = layer
  if (layer.encodings.length >= deepest) return true
  const waiting = !layer.final && bytes.length - at < rightReach
  if (waiting && bytes.length - at < endMargin) return false
  const decodings = asked
    .filter(({ rank }) => unit.base + at >= (covered[rank] ?? 0))
    .map(({ wrapping, rank, needle }) => ({ rank, readings: wrapping.decodeAround(bytes, at, needle, unit) }))
  const unfinished = (reading: Decoded) => endOf(reading) > bytes.length - endMargin
  if (waiting && decodings.some(({ readings }) => readings.some(unfinished))) return false
  for (const { rank, readings } of decodings) {
    readings.forEach((reading, index) => {
      readLayer(layerOf(layer, reading, rank * 16 + index), 0, options, candidates)
    })
    covered[rank] = unit.base + coveredBy(readings, at)
  }
  return true
}

function layerOf(outer: Layer, decoded: Decoded, order: number): Layer {
  return {
    bytes: decoded.bytes,
    unit: { base: 0, text: 'bytes' },
    final: true,
    encodings: [...outer.encodings, decoded.encoding],
    start: (index) => outer.start(decoded.start(index)),
    end: (index) => outer.end(decoded.end(index) - 1),
    order: outer.order * 256 + order,
    covered: [],
  }
}

function endOf(decoded: Decoded): number {
  return decoded.bytes.length === 0 ? 0 : decoded.end(decoded.bytes.length - 1)
}

/**
 * Anchors before this place lie in what has just been decoded, all of it, so decoding from them would find the same
 * again: without this a megabyte of anchors would be decoded a hundred thousand times. Where the window ended before
 * the run did, the last part is left to the next anchor.
 */
function coveredBy(readings: readonly Decoded[], at: number): number {
  const ends = readings.map(endOf).filter((end) => end > at)
  if (ends.length === 0) return at + 1
  const end = Math.min(...ends)
  const widest = end - at
  return widest > rightReach / 16 ? at + Math.ceil(widest / 2) : end
}

/** A body without its prefix, which only the inventory can tell from any other 48 characters. */
function readBareBodies(
  layer: Layer,
  from: number,
  undecided: number,
  options: ReadOptions,
  candidates: Candidate[],
): number {
  const { bytes, encodings } = layer
  let limit = undecided
  if (!layer.final) limit = Math.min(limit, Math.max(from, bytes.length - bodyLength - 1))
  findRuns(bytes, from, bodyLength, (start, end) => {
    if (end === bytes.length && !layer.final) return
    const body = Buffer.from(bytes.buffer, bytes.byteOffset + start, bodyLength).toString('latin1')
    const secret = secretOf(prefix + body)
    if (options.known?.has(secret.fingerprint) !== true) return
    candidates.push({
      secret,
      confidence: 'known',
      why: 'with the prefix before it, its fingerprint is in the inventory',
      length: bodyLength,
      encodings,
      order: layer.order,
      start: layer.start(start),
      end: layer.end(end - 1),
    })
  })
  return limit
}

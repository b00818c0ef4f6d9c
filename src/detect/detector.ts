import { settle } from './candidate.ts'
import { createCoverage } from './coverage.ts'
import { type Layer, readLayer, readPart } from './layer.ts'
import { placeHits, wanted } from './place-hits.ts'
import { createPosition, textKindOf } from './position.ts'
import { createScanner } from './stream.ts'
import type { ReadOptions } from './token.ts'
import type { Detector, DetectorOptions, Hit } from './types.ts'
import { createPool, createWork } from './work.ts'

const none: readonly Hit[] = Object.freeze([])
const everything = Number.POSITIVE_INFINITY
/** Longest body of a known key for which what surrounds a change tells enough. */
const farthest = 128

/** A detector for one scan. Pure: no file, no network, no clock. */
export function createDetector(options: DetectorOptions = {}): Detector {
  let isGivenUp = false
  const read: ReadOptions = {
    known: options.known !== undefined && options.known.size > 0 ? options.known : null,
    examples: options.examples ?? false,
    near: options.minConfidence !== 'exact',
    ...(options.onEmbedded === undefined ? {} : { embedded: options.onEmbedded }),
    ...(options.onBareBody === undefined ? {} : { bareBody: options.onBareBody }),
    givenUp: () => {
      isGivenUp = true
    },
  }
  const pool = createPool()
  const work = createWork(read, pool)

  const isLocal = (options.known?.shapes ?? []).every(({ bodyLength }) => bodyLength <= farthest)
  let isClean = true

  function scan(bytes: Uint8Array): readonly Hit[] {
    work.begin()
    readLayer(layerOf(bytes), 0, work)
    isClean = work.candidates.length === 0 && !isGivenUp
    if (work.candidates.length === 0) return none
    const settled = wanted(settle(work.candidates, everything), read)
    return settled.length === 0
      ? none
      : placeHits(settled, bytes, 0, createPosition(bytes, settled[0] ?? null))
  }

  function scanParts(bytes: Uint8Array, parts: Int32Array): readonly Hit[] {
    const layer = layerOf(bytes)
    if (!isLocal || layer.unit.text !== 'bytes') return scan(bytes)
    work.begin()
    for (let i = 0; i < parts.length; i += 2)
      readPart(layer, parts[i] as number, parts[i + 1] as number, work)
    isClean = work.candidates.length === 0 && !work.hasUnfolded() && !isGivenUp
    return isClean ? none : scan(bytes)
  }

  function hasGivenUp(): boolean {
    const has = isGivenUp
    isGivenUp = false
    return has
  }

  return { scan, scanParts, scanner: () => createScanner(read, pool), wasClean: () => isClean, hasGivenUp }
}

/** A whole unit, as it stands. */
function layerOf(bytes: Uint8Array): Layer {
  return {
    bytes,
    unit: { base: 0, text: textKindOf(bytes) },
    final: true,
    encodings: [],
    start: (index) => index,
    end: (index) => index + 1,
    order: 0,
    coverage: createCoverage(),
    isWeak: false,
    isJoined: false,
    lastBreak: -1,
  }
}

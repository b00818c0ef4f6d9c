import { settle } from './candidate.ts'
import { createCoverage } from './coverage.ts'
import { readLayer } from './layer.ts'
import { placeHits, wanted } from './place-hits.ts'
import { createPosition, textKindOf } from './position.ts'
import { createScanner } from './stream.ts'
import type { ReadOptions } from './token.ts'
import type { Detector, DetectorOptions, Hit } from './types.ts'
import { createPool, createWork } from './work.ts'

const none: readonly Hit[] = Object.freeze([])
const everything = Number.POSITIVE_INFINITY

/** A detector for one scan. Pure: no file, no network, no clock. */
export function createDetector(options: DetectorOptions = {}): Detector {
  let isGivenUp = false
  const read: ReadOptions = {
    known: options.known !== undefined && options.known.size > 0 ? options.known : null,
    examples: options.examples ?? false,
    near: options.minConfidence !== 'exact',
    ...(options.onEmbedded === undefined ? {} : { embedded: options.onEmbedded }),
    givenUp: () => {
      isGivenUp = true
    },
  }
  const pool = createPool()
  const work = createWork(read, pool)

  function scan(bytes: Uint8Array): readonly Hit[] {
    work.begin()
    const unit = { base: 0, text: textKindOf(bytes) }
    const layer = {
      bytes,
      unit,
      final: true,
      encodings: [],
      start: (index: number) => index,
      end: (index: number) => index + 1,
      order: 0,
      coverage: createCoverage(),
      isWeak: false,
      isJoined: false,
      lastBreak: -1,
    }
    readLayer(layer, 0, work)
    if (work.candidates.length === 0) return none
    const settled = wanted(settle(work.candidates, everything), read)
    return settled.length === 0
      ? none
      : placeHits(settled, bytes, 0, createPosition(bytes, settled[0] ?? null))
  }

  function hasGivenUp(): boolean {
    const has = isGivenUp
    isGivenUp = false
    return has
  }

  return { scan, scanner: () => createScanner(read, pool), hasGivenUp }
}

import { type Candidate, settle } from './candidate.ts'
import { createAnchors } from './kernel/index.ts'
import { readLayer } from './layer.ts'
import { kernel } from './needles.ts'
import { placeHits, wanted } from './place-hits.ts'
import { createPosition, textKindOf } from './position.ts'
import { createScanner } from './stream.ts'
import type { ReadOptions } from './token.ts'
import type { Detector, DetectorOptions, Hit } from './types.ts'

const none: readonly Hit[] = Object.freeze([])

/** A detector for one scan. Pure: no file, no network, no clock. */
export function createDetector(options: DetectorOptions = {}): Detector {
  const read: ReadOptions = {
    known: options.known !== undefined && options.known.size > 0 ? options.known : null,
    examples: options.examples ?? false,
    near: options.minConfidence !== 'exact',
    ...(options.onEmbedded === undefined ? {} : { embedded: options.onEmbedded }),
  }
  const anchors = createAnchors()

  function scan(bytes: Uint8Array): readonly Hit[] {
    if (read.known === null && kernel.find(bytes, 0, anchors) === bytes.length && anchors.count === 0)
      return none
    const unit = { base: 0, text: textKindOf(bytes) }
    const same = (index: number) => index
    const candidates: Candidate[] = []
    const layer = {
      bytes,
      unit,
      final: true,
      encodings: [],
      start: same,
      end: (index: number) => index + 1,
      order: 0,
      covered: [],
    }
    readLayer(layer, 0, read, candidates, anchors)
    if (candidates.length === 0) return none
    const settled = wanted(settle(candidates, Number.POSITIVE_INFINITY), read)
    return placeHits(settled, bytes, 0, createPosition(bytes, settled[0] ?? null))
  }

  return { scan, scanner: () => createScanner(read) }
}

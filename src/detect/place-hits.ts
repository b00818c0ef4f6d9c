import type { Candidate } from './candidate.ts'
import type { Position } from './position.ts'
import type { ReadOptions } from './token.ts'
import type { Hit } from './types.ts'

/** Candidates in order of place as hits; `position` is moved along. `base` is the unit's offset of the first byte. */
export function placeHits(
  candidates: readonly Candidate[],
  bytes: Uint8Array,
  base: number,
  position: Position,
): readonly Hit[] {
  return candidates.map((candidate) => {
    position.advance(bytes, base, candidate.start)
    return {
      secret: candidate.secret,
      confidence: candidate.confidence,
      encodings: candidate.encodings,
      byteOffset: candidate.start,
      byteLength: candidate.end - candidate.start,
      line: position.line,
      column: position.column,
      why: candidate.why,
    }
  })
}

/** Without the examples, unless they were asked for. */
export function wanted(candidates: readonly Candidate[], options: ReadOptions): readonly Candidate[] {
  return options.examples ? candidates : candidates.filter((candidate) => candidate.confidence !== 'example')
}

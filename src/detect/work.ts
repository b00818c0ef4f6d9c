import type { Candidate } from './candidate.ts'
import { type Anchors, createAnchors } from './kernel/index.ts'
import { createRewritten, type Rewritten } from './rewrite.ts'
import type { ReadOptions } from './token.ts'

/** A token in more wrappings than this is not found. */
export const deepest = 8

/** Bytes that may be unfolded at each depth for each byte of the unit, and so many for any unit. */
const unfoldedPerByte = 16
const unfoldedFree = 2 * 2 ** 20

/** What reading one unit needs at hand: options, where candidates go, memory to be used again, and an end to it all. */
export interface Work {
  readonly options: ReadOptions
  readonly candidates: Candidate[]
  /** Memory for the layers at each depth. */
  scratchAt(depth: number): Rewritten
  anchorsAt(depth: number): Anchors
  /** Another unit, of which so many bytes are there. */
  begin(bytes: number): void
  /** A container in base64 begins at this place of the unit: told once, whatever layers it is seen through. */
  tellEmbedded(place: number): void
  /** So many more bytes of the unit have come. */
  allow(bytes: number): void
  /**
   * False when no more is to be unfolded from a layer at this depth: text made for it would keep us for ever. The unit
   * itself is always unfolded, which takes time in proportion to its size; each depth has an allowance of its own, so
   * that what is deep does not cost what is not.
   */
  unfold(bytes: number, depth: number): boolean
}

export function createWork(options: ReadOptions): Work {
  const scratch: Rewritten[] = []
  const anchors: Anchors[] = []
  const spent: number[] = []
  let lastEmbedded = -1
  let allowance = unfoldedFree
  let hasGivenUp = false
  const candidates: Candidate[] = []
  return {
    options,
    candidates,
    scratchAt: (depth) => (scratch[depth] ??= createRewritten()),
    anchorsAt: (depth) => (anchors[depth] ??= createAnchors()),
    begin(bytes) {
      allowance = unfoldedFree + bytes * unfoldedPerByte
      spent.length = 0
      lastEmbedded = -1
      hasGivenUp = false
      candidates.length = 0
    },
    tellEmbedded(place) {
      if (place <= lastEmbedded) return
      lastEmbedded = place
      options.embedded?.()
    },
    allow(bytes) {
      allowance += bytes * unfoldedPerByte
    },
    unfold(bytes, depth) {
      if (depth === 0) return true
      const total = (spent[depth] ?? 0) + bytes
      spent[depth] = total
      if (total <= allowance) return true
      if (!hasGivenUp) options.givenUp?.()
      hasGivenUp = true
      return false
    },
  }
}

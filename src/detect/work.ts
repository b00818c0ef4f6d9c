import type { Candidate } from './candidate.ts'
import { type Anchors, createAnchors } from './kernel/index.ts'
import { createRewritten, type Rewritten } from './rewrite.ts'
import type { ReadOptions } from './token.ts'

/** A token in more wrappings than this is not found. */
export const deepest = 8

/** Bytes that may be unfolded for each byte of the unit, and so many for any unit. */
const unfoldedPerByte = 32
const unfoldedFree = 4 * 2 ** 20

/** What reading one unit needs at hand: options, where candidates go, memory to be used again, and an end to it all. */
export interface Work {
  readonly options: ReadOptions
  readonly candidates: Candidate[]
  /** Memory for the layers at each depth. */
  scratchAt(depth: number): Rewritten
  anchorsAt(depth: number): Anchors
  /** Another unit, of which so many bytes are there. */
  begin(bytes: number): void
  /** So many more bytes of the unit have come. */
  allow(bytes: number): void
  /** False when no more is to be unfolded: text made for it would keep us for ever. */
  unfold(bytes: number): boolean
}

export function createWork(options: ReadOptions): Work {
  const scratch: Rewritten[] = []
  const anchors: Anchors[] = []
  let left = unfoldedFree
  let hasGivenUp = false
  const candidates: Candidate[] = []
  return {
    options,
    candidates,
    scratchAt: (depth) => (scratch[depth] ??= createRewritten()),
    anchorsAt: (depth) => (anchors[depth] ??= createAnchors()),
    begin(bytes) {
      left = unfoldedFree + bytes * unfoldedPerByte
      hasGivenUp = false
      candidates.length = 0
    },
    allow(bytes) {
      left += bytes * unfoldedPerByte
    },
    unfold(bytes) {
      left -= bytes
      if (left >= 0) return true
      if (!hasGivenUp) options.givenUp?.()
      hasGivenUp = true
      return false
    },
  }
}

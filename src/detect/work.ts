import type { Candidate } from './candidate.ts'
import { type Anchors, createAnchors } from './kernel/index.ts'
import { createRewritten, type Rewritten } from './rewrite.ts'
import type { ReadOptions } from './token.ts'

/** A token in more wrappings than this is not found. */
export const deepest = 8

/** So many wrappings within each other are undone whatever it takes, up to an allowance of which the end is told. */
const promised = 3
/** Bytes that may be unfolded at each depth around one place: up to what is promised, and beyond. */
const atOnce = 2 ** 20
const beyondAtOnce = 2 ** 17
/** And for each byte that the search goes on by. */
const perByte = 6
const beyondPerByte = 2

/** What reading one unit needs at hand: options, where candidates go, memory to be used again, and an end to it all. */
export interface Work {
  readonly options: ReadOptions
  readonly candidates: Candidate[]
  /** Memory for the layers at each depth. */
  scratchAt(depth: number): Rewritten
  anchorsAt(depth: number): Anchors
  /** Another unit. */
  begin(): void
  /** A container in base64 begins at this place of the unit: told once, whatever layers it is seen through. */
  tellEmbedded(place: number): void
  /** The search of the unit itself has come to this place. */
  reach(place: number): void
  /**
   * False when no more is to be unfolded from a layer at this depth: text made for it would keep us for ever. The unit
   * itself is always unfolded, which takes time in proportion to its size; each depth has an allowance of its own, which
   * grows again as the search goes on, so that what is deep does not cost what is not, nor one place another.
   */
  mayUnfold(depth: number): boolean
  /** So much was: it is taken from the allowance, which may then be owed. */
  unfolded(bytes: number, depth: number): void
  /** Whether anything has been unfolded since the unit began. */
  hasUnfolded(): boolean
}

/** Memory for layers at each depth: nothing of it is kept from one search to the next, so that all may share it. */
export interface Pool {
  readonly scratch: Rewritten[]
  readonly anchors: Anchors[]
}

export function createPool(): Pool {
  return { scratch: [], anchors: [] }
}

export function createWork(options: ReadOptions, { scratch, anchors }: Pool): Work {
  /** For each depth what is left, and where in the unit that was so. */
  const left: number[] = []
  const places: number[] = []
  let place = 0
  let lastEmbedded = -1
  let hasGivenUp = false
  const candidates: Candidate[] = []
  return {
    options,
    candidates,
    scratchAt: (depth) => (scratch[depth] ??= createRewritten()),
    anchorsAt: (depth) => (anchors[depth] ??= createAnchors()),
    begin() {
      left.length = 0
      place = 0
      lastEmbedded = -1
      hasGivenUp = false
      candidates.length = 0
    },
    reach(next) {
      place = next
    },
    tellEmbedded(start) {
      if (start <= lastEmbedded) return
      lastEmbedded = start
      options.embedded?.()
    },
    mayUnfold(depth) {
      if (depth === 0) return true
      const most = depth < promised ? atOnce : beyondAtOnce
      const grown = Math.max(0, place - (places[depth] ?? 0)) * (depth < promised ? perByte : beyondPerByte)
      left[depth] = Math.min(most, (left[depth] ?? most) + grown)
      places[depth] = place
      if (left[depth] > 0) return true
      if (depth < promised && !hasGivenUp) {
        options.givenUp?.()
        hasGivenUp = true
      }
      return false
    },
    hasUnfolded: () => left.length > 0,
    unfolded(bytes, depth) {
      left[depth] = (left[depth] ?? 0) - bytes
    },
  }
}

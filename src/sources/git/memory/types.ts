import type { IdSet } from './id-set.ts'

/**
 * What is remembered of the last complete scan of a repository, so that it need not be read again: nothing of it tells
 * what is in there but the first bytes of hashes, and the names of objects with a hit. Every object that was there is in
 * one of `clean` and `unclean`, and in one of `packs` and `loose`.
 */
export interface Memory {
  /** Objects in which nothing was found. */
  readonly clean: IdSet
  /** Objects in which something was found, or which are never done with: they are read every time. */
  readonly unclean: readonly string[]
  /** Packs by their checksums in hex, each with the size and age of its file. */
  readonly packs: ReadonlyMap<string, string>
  /** Objects that lay outside of packs. */
  readonly loose: IdSet
  /** Commits and tags from which everything was there. */
  readonly tips: readonly string[]
  /** Fingerprints of all that could be the bare body of a key. */
  readonly bare: IdSet
  /** Fingerprints of the inventory's keys, which were looked for. */
  readonly known: IdSet
}

/** A key of the inventory as far as it matters whether it was looked for. */
export interface KnownKey {
  /** `sha256:` and hex. */
  readonly fingerprint: string
  /** `pplx-` and 48 letters and digits: where there was none, `bare` tells. */
  readonly isUsual: boolean
}

import type { IdSet } from './id-set.ts'

/**
 * What is remembered of complete scans, so that it need not be read again: nothing of it tells what is in the repository
 * but the first bytes of hashes, and the names of objects with a hit.
 */
export interface Memory {
  /** Objects in which nothing was found. */
  readonly clean: IdSet
  /** Objects in which something was found, or which are never done with: they are read every time. Ids by git folder. */
  readonly unclean: Readonly<Record<string, readonly string[]>>
  /** Packs of which every object is in one of the two, by their checksums in hex. */
  readonly packs: ReadonlySet<string>
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

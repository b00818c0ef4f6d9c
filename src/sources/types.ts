import type { Encoding } from '../detect/types.ts'

/** What a unit is called. `raw` keeps the bytes of a name that is no UTF-8. */
export interface UnitName {
  readonly text: string
  readonly raw: Uint8Array | null
}

/** Where a unit comes from, in the terms of the report's `location`. */
export type Origin =
  | {
      readonly kind: 'file'
      readonly path: UnitName /** as the operating system opens it */
      readonly file: Uint8Array
    }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'object'; readonly id: string; readonly type: 'blob' | 'commit' | 'tag' | 'tree' }
  | {
      readonly kind: 'staged'
      readonly id: string
      readonly path: UnitName /** blobs the parents have at this path */
      readonly parents: readonly string[]
    }
  | { readonly kind: 'ref'; readonly ref: string }
  | {
      readonly kind: 'name' /** a tree entry's name or a path, scanned as text */
      readonly path: UnitName
      readonly id: string | null
      /** Of a file: as the operating system opens it. */
      readonly file?: Uint8Array | null
    }
  | { readonly kind: 'other' /** reflog, configuration…: shown as is */; readonly what: string }

/**
 * A named run of bytes to scan. Small units carry their bytes, large ones stream. Bytes belong to the source: they
 * are valid until the next batch (of a stream: the next chunk) is asked for, then their memory is used again.
 */
export interface Unit {
  readonly name: UnitName
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>
  readonly origin: Origin
  /** Containers that were opened to get here, outermost first (`gzip`). */
  readonly encodings: readonly Encoding[]
  /** It was made by changing another unit, that came before. */
  readonly change?: Change | null
  /** To be told what became of it. */
  readonly verdict?: Verdict | null
}

/** How bytes were made from those of another unit. Where nothing at all was found in that one, only `parts` are new. */
export interface Change {
  readonly base: Verdict
  /** Ascending: from, to, from, to. All that is new and all seams lie in these, with 256 bytes around them. */
  readonly parts: Int32Array
}

/** Whether a unit was scanned and nothing was found in it, not even an example. Set by whoever scans it. */
export interface Verdict {
  clean: boolean
}

/** Something that was wanted and not read: it makes the scan incomplete. */
export interface Skipped {
  readonly skipped: string
  readonly reason: string
  readonly hint?: string
}

/** Left out by rule, counted by kind: `links`, `devices`, `git`, `operator`, `unsupportedContainers`. */
export type Excluded = Record<string, number>

/**
 * Yields what is to be scanned, in batches, and says what it could not read. Knows nothing of tokens. A streamed
 * unit is the last of its batch; what its reader leaves is read and dropped before the next batch.
 */
export interface Source {
  readonly kind: 'dir' | 'staged' | 'git' | 'log'
  readonly target: string
  units(signal: AbortSignal): AsyncIterable<readonly (Unit | Skipped)[]>
  readonly excluded: Excluded
  /**
   * What stood in the same place before (the parents' blobs of a staged path): a token found there is not new.
   * Asked only for units with a hit.
   */
  before?(origin: Origin, signal: AbortSignal): AsyncIterable<Unit | Skipped>
  /** Called once after the scan with the origins that had hits: fills in commits, paths and refs. */
  locate?(hits: readonly Origin[], signal: AbortSignal): Promise<Provenance>
}

export interface Provenance {
  /** By object id. */
  readonly objects: ReadonlyMap<string, ObjectProvenance>
  readonly skipped: readonly Skipped[]
}

export interface ObjectProvenance {
  readonly paths: readonly UnitName[]
  readonly introducedBy: string | null
  readonly removedBy: string | null
  readonly commit: CommitFacts | null
  /** Of a tag object: the ref that names it. */
  readonly ref?: string | null
}

export interface CommitFacts {
  readonly id: string
  readonly author: string
  /** ISO 8601, UTC. */
  readonly date: string
  readonly refs: readonly string[]
  readonly unreachable: boolean
}

export function isSkipped(item: Unit | Skipped): item is Skipped {
  return 'skipped' in item
}

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
  | {
      readonly kind: 'object'
      readonly id: string
      readonly type: 'blob' | 'commit' | 'tag' | 'tree'
      /** The submodule whose object it is. */
      readonly repository?: string
      /** The bytes are not the blob's own: it is a pointer to this object of Git LFS. */
      readonly lfs?: string
    }
  | {
      readonly kind: 'staged'
      readonly id: string
      readonly path: UnitName /** blobs the parents have at this path */
      readonly parents: readonly string[]
    }
  | { readonly kind: 'ref'; readonly ref: string; readonly repository?: string }
  | {
      readonly kind: 'name' /** a tree entry's name or a path, scanned as text */
      readonly path: UnitName
      readonly id: string | null
      /** Of a file: as the operating system opens it. */
      readonly file?: Uint8Array | null
    }
  | {
      readonly kind: 'other' /** reflog, configuration…: shown as is */
      readonly what: string
      /** It is the path of a file: scanned as text as well. */
      readonly named?: true
    }

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
  /** Whoever asks git for it waits for ever. */
  readonly isTrap?: true
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
  /** The same for objects of a part of the history: a token that stood in every place of its object is listed apart. */
  readonly base?: Base
  /** Called once after the scan with the origins that had hits: fills in commits, paths and refs. */
  locate?(hits: readonly Origin[], signal: AbortSignal): Promise<Provenance>
}

/** What stood where before the part of a history that is scanned. Asked only for objects with a hit, many at once. */
export interface Base {
  /** By object id; an object that is in no tree has no place. */
  placesOf(
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly places: ReadonlyMap<string, readonly Place[]>; readonly skipped: readonly Skipped[] }>
  read(ids: readonly string[], signal: AbortSignal): AsyncIterable<readonly (Unit | Skipped)[]>
}

/** A path that got an object, and the objects that stood there before, or where the path was renamed from. */
export interface Place {
  readonly path: UnitName
  readonly before: readonly string[]
}

export interface Provenance {
  /** By `objectKey`. */
  readonly objects: ReadonlyMap<string, ObjectProvenance>
  readonly skipped: readonly Skipped[]
}

/** An object that two repositories have came into each in its own way. */
export function objectKey({ id, repository }: { readonly id: string; readonly repository?: string }): string {
  return repository === undefined ? id : `${id} ${repository}`
}

export interface ObjectProvenance {
  readonly paths: readonly UnitName[]
  /**
   * The first commit that has it while its parents have it nowhere, of those that refs reach, if any do. null: none has
   * it, or the one that did it is older than what is here (a shallow clone).
   */
  readonly introducedBy: string | null
  /**
   * The commit after which it stood nowhere in the history of HEAD; where it never stood there, in that of the other
   * refs, unless it still stands at the end of one.
   */
  readonly removedBy: string | null
  readonly commit: CommitFacts | null
  /** Of a tag object, or of a file that no commit holds: the ref that names it. */
  readonly ref?: string | null
  /** Of an object that neither a commit nor a ref holds. */
  readonly stray?: Stray
}

export interface Stray {
  /** The index holds it: it is about to be committed. */
  readonly staged: boolean
  /** As of a commit that no ref reaches. */
  readonly prunedAfter: string | null
}

export interface CommitFacts {
  readonly id: string
  readonly author: string
  /** ISO 8601, UTC. */
  readonly date: string
  readonly refs: readonly string[]
  readonly unreachable: boolean
  /**
   * Only of what no ref reaches: from when on `git gc` may delete it, ISO 8601, UTC, no earlier than it could; null:
   * it is kept, as things are set.
   */
  readonly prunedAfter?: string | null
  /** Only of what no ref reaches: the entry of a reflog that holds it longest (`HEAD@{1}`). */
  readonly reflog?: string | null
}

export function isSkipped(item: Unit | Skipped): item is Skipped {
  return 'skipped' in item
}

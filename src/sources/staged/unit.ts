import type { BatchMiss, BatchObject } from '../git/batch.ts'
import type { RawChange } from '../git/raw-diff.ts'
import { nameOf } from '../name.ts'
import type { Excluded, Skipped, Unit } from '../types.ts'

/** What a commit adds to what is there, and what no commit can be made of. */
export interface Recorded {
  readonly contents: readonly RawChange[]
  readonly unmerged: readonly Skipped[]
}

/** Submodules are counted; a change of mode alone (or none at all) records no new content. */
export function recordedIn(changes: readonly RawChange[], excluded: Excluded): Recorded {
  return {
    contents: changes.filter((change) => isContent(change, excluded)),
    unmerged: changes.filter(({ status }) => status === 'U').map(notMerged),
  }
}

function isContent(change: RawChange, excluded: Excluded): boolean {
  if (change.newMode === '160000') {
    excluded['submodules'] = (excluded['submodules'] ?? 0) + 1
    return false
  }
  return (
    change.status !== 'D' &&
    change.status !== 'U' &&
    change.newId !== change.oldId &&
    !/^0+$/.test(change.newId)
  )
}

function notMerged(change: RawChange): Skipped {
  return {
    skipped: nameOf(change.path).text,
    reason: 'unmerged: git cannot commit it yet',
    hint: 'resolve the conflict and stage the file',
  }
}

export function unitOf(
  change: RawChange,
  object: Pick<BatchObject, 'bytes'> | Pick<BatchMiss, 'missing'>,
): Unit | Skipped {
  const path = nameOf(change.path)
  if ('missing' in object) {
    return { skipped: path.text, reason: `object ${change.newId}: ${object.missing}`, hint: 'try: git fsck' }
  }
  const parents = change.status === 'A' ? [] : [change.oldId]
  return {
    name: path,
    bytes: object.bytes,
    origin: { kind: 'staged', id: change.newId, path, parents },
    encodings: [],
  }
}

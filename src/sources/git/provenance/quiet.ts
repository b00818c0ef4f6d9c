import type { BulkStore } from '../pack/bulk.ts'
import type { StoredObject } from '../pack/types.ts'
import type { Wanted } from './comparisons.ts'
import { treeChanges } from './tree-changes.ts'

/** Whether nothing wanted came or went from one tree (null: none) to the next; false: it did, or it is not certain. */
export type IsQuiet = (before: string | null, after: string) => boolean

/** Of one pair of roots: pairs of folders that differ, and how deep. Whoever has more is looked at with more care. */
const mostPairs = 1000
/** Of all commits together, those beyond a few in each: whoever has more wants us to look at the same ones for ever. */
const mostBeyond = 500_000
const few = 50
const deepest = 64
const longest = 2 ** 20
const nothing = Buffer.alloc(0)
const plainTree = 0x34
const paddedMode = 0x30

/** Most commits change one file, and nothing of it is wanted: for these, at the least cost. */
export function quietIn(store: BulkStore, idLength: number, wanted: Wanted): IsQuiet {
  let left = 0
  let beyond = 0
  return (before, after) => {
    if (beyond > mostBeyond) return false
    left = mostPairs
    const a = before === null ? nothing : bytesOf(store.tryRead(before, longest))
    const isSo = isQuietBelow(a, bytesOf(store.tryRead(after, longest)), -1)
    beyond += Math.max(0, mostPairs - left - few)
    return isSo
  }

  /** Entry by entry, as long as both trees have the same names. */
  function isQuiet(a: Buffer, b: Buffer, depth: number): boolean {
    left -= 1
    if (left < 0 || depth > deepest) return false
    for (let at = 0; ; ) {
      const equal = equalUpTo(a, b, at)
      if (equal === a.length && equal === b.length) return true
      let id = idIn(b, at)
      for (; id !== -1 && id + idLength <= equal; id = idIn(b, at)) at = id + idLength
      if (id === -1 || id > equal || id + idLength > a.length || id + idLength > b.length)
        return isQuietByNames(a.subarray(at), b.subarray(at), depth)
      if (wanted(a, id) !== undefined || wanted(b, id) !== undefined || b[at] === paddedMode) return false
      if (b[at] === plainTree && !isQuietBelow(treeAt(a, id), treeAt(b, id), depth)) return false
      at = id + idLength
    }
  }

  function isQuietByNames(a: Buffer, b: Buffer, depth: number): boolean {
    let isSo = true
    treeChanges(a, b, idLength, (before, after) => {
      if (!isSo) return
      const isAny = [before, after].some((entry) => entry !== null && wanted(entry.id, 0) !== undefined)
      const isTree = before?.isTree === true || after?.isTree === true
      isSo = !isAny && (!isTree || isQuietBelow(treeAt(before?.id, 0), treeAt(after?.id, 0), depth))
    })
    return isSo
  }

  function isQuietBelow(a: Buffer | null, b: Buffer | null, depth: number): boolean {
    return a !== null && b !== null && isQuiet(a, b, depth + 1)
  }

  function treeAt(bytes: Buffer | undefined, at: number): Buffer | null {
    return bytes === undefined ? nothing : bytesOf(store.tryReadAt(bytes, at, longest))
  }
}

function bytesOf(object: StoredObject | null): Buffer | null {
  return object?.type === 'tree' ? object.bytes : null
}

/** Where the id of the entry at `at` begins; -1: there is none. */
function idIn(tree: Buffer, at: number): number {
  let end = at
  while (end < tree.length && tree[end] !== 0) end += 1
  return end < tree.length ? end + 1 : -1
}

const step = 256

function equalUpTo(a: Buffer, b: Buffer, from: number): number {
  const most = Math.min(a.length, b.length)
  let at = from
  while (at + step <= most && a.compare(b, at, at + step, at, at + step) === 0) at += step
  while (at < most && a[at] === b[at]) at += 1
  return at
}

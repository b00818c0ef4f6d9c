import { type CacheTree, parseCacheTree } from './cache-tree.ts'
import { type IndexCursor, openEntries } from './index-cursor.ts'
import { OnlyGitKnows } from './only-git.ts'

export interface Index {
  readonly file: Buffer
  readonly entries: IndexCursor
  readonly cacheTree: CacheTree | null
}

/** Written by git to be read faster or to remember what it has seen; nothing staged depends on them. */
const skipped = /^[A-Z]/
/** Entries may be whole folders, whose mode says so. */
const SPARSE = 'sdir'

/** `file` without damage. Throws `OnlyGitKnows`. https://git-scm.com/docs/index-format */
export function readIndex(file: Buffer, idLength: number): Index {
  const version = file.readUInt32BE(4)
  if (file.toString('latin1', 0, 4) !== 'DIRC' || version < 2 || version > 4)
    throw new OnlyGitKnows(`an index of version ${version}`)
  const { cursor, end } = openEntries(file, version, file.readUInt32BE(8), idLength)
  const last = file.length - idLength
  let cacheTree: CacheTree | null = null
  let at = end
  while (at < last) {
    const name = file.toString('latin1', at, at + 4)
    const size = file.readUInt32BE(at + 4)
    if (at + 8 + size > last) throw new OnlyGitKnows('an extension without an end')
    if (name === 'TREE') cacheTree = parseCacheTree(file.subarray(at + 8, at + 8 + size), idLength)
    else if (!skipped.test(name) && name !== SPARSE) throw new OnlyGitKnows(`the extension ${name}`)
    at += 8 + size
  }
  if (at !== last) throw new OnlyGitKnows('the end of the index')
  return { file, entries: cursor, cacheTree }
}

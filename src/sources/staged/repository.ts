import * as fs from 'node:fs'
import { readHead } from './head.ts'
import { isWhole } from './index-file.ts'
import { readIndex } from './index-reader.ts'
import { findLayout, type Layout } from './discover.ts'
import { OnlyGitKnows } from './only-git.ts'
import { largestIndex, readRegular } from '../git/regular-file.ts'
import { type ObjectStore, openStore } from '../git/pack/store.ts'
import type { RawChange } from '../git/raw-diff.ts'
import type { Git } from '../git/run.ts'
import { stagedChanges } from './changes.ts'

/** What is staged and the objects to read it from: the store is to be closed. */
export interface Staged {
  readonly changes: readonly RawChange[]
  readonly store: ObjectStore
}

/** Bytes: of commits and trees. Larger ones are git's business. */
const largest = 64 * 2 ** 20

/** Every repository has it, written or not. */
const emptyTrees = new Set([
  '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
])

/** Without a process; null: something is not as it usually is, or is damaged, and git is to be asked. */
export function openStaged(git: Git): Staged | null {
  let store: ObjectStore | null = null
  try {
    const layout = findLayout(git)
    store = openStore(fs, layout.objectFolders, layout.idLength)
    return { changes: changesIn(layout, store), store }
  } catch {
    store?.close()
    return null
  }
}

function changesIn(layout: Layout, store: ObjectStore): RawChange[] {
  const { idLength, indexFile } = layout
  const head = readHead(layout)
  if (!fs.existsSync(indexFile)) return []
  const file = readRegular(indexFile, largestIndex)
  if (!isWhole(file)) throw new OnlyGitKnows('a damaged index')
  const rootTree = head === null ? null : treeOf(read(store, head, 'commit'), idLength)
  return stagedChanges(readIndex(file, idLength), rootTree, idLength, (id) =>
    emptyTrees.has(id) ? Buffer.alloc(0) : read(store, id, 'tree'),
  )
}

function read(store: ObjectStore, id: string, type: 'commit' | 'tree'): Buffer {
  const object = store.read(id, largest)
  if (object?.type !== type) throw new OnlyGitKnows(`the ${type} ${id}`)
  return object.bytes
}

function treeOf(commit: Buffer, idLength: number): string {
  const [, id] = /^tree ([0-9a-f]+)\n/.exec(commit.toString('latin1', 0, 80)) ?? []
  if (id?.length !== idLength * 2) throw new OnlyGitKnows('a commit without a tree')
  return id
}

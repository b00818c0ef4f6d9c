import type { History } from './history.ts'

/** What `git diff-tree --stdin` is asked, commit by commit, oldest first. */
export interface Comparisons {
  readonly count: number
  commitOf(item: number): number
  lineOf(item: number): string
  /** What the answer begins with; of a merge there may be none. */
  headerOf(item: number): string
  /** Merges of more commits than are compared. */
  readonly tooWide: readonly string[]
}

/** https://git-scm.com/docs/git-hash-object: what these two stand for needs no file. */
const emptyTrees: Readonly<Record<number, string>> = {
  40: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  64: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
}

/** git reads a line of at most 999 characters: more parents are left to it, as the commit names them. */
const longestLine = 990
/** git takes memory from its stack for each parent; the widest merge that is known has 66. */
const mostParents = 256

/**
 * A commit is compared with its only parent as tree with tree, so that a parent which is not here does no harm; a
 * merge with all of them at once, which shows what stands in none of them (an evil merge) and is fast.
 */
export function comparisonsOf(history: History): Comparisons {
  const { ids, starts, parents } = history
  const tooWide: string[] = []
  const items = new Uint32Array(ids.length)
  let count = 0
  for (let commit = 0; commit < ids.length; commit++) {
    const trees = parentTrees(commit)
    if (trees.includes(history.treeOf(commit))) continue
    if (trees.length > mostParents) tooWide.push(ids[commit] ?? '')
    else items[count++] = commit
  }
  return { count, commitOf: (item) => items[item] as number, lineOf, headerOf, tooWide }

  function parentsOf(commit: number): string[] {
    const some = parents.subarray(starts[commit], starts[commit + 1])
    return Array.from(some, (parent) => ids[parent] ?? '')
  }

  function parentTrees(commit: number): string[] {
    const trees: string[] = []
    for (let k = starts[commit] as number; k < (starts[commit + 1] as number); k++)
      trees.push(history.treeOf(parents[k] as number))
    if (trees.length > 0) return trees
    const tree = history.treeOf(commit)
    return [emptyTrees[tree.length] ?? '']
  }

  function lineOf(item: number): string {
    const commit = items[item] as number
    const [only, ...others] = parentTrees(commit)
    if (others.length === 0) return `${only} ${history.treeOf(commit)}`
    const line = [ids[commit], ...parentsOf(commit)].join(' ')
    return line.length <= longestLine ? line : (ids[commit] ?? '')
  }

  function headerOf(item: number): string {
    const commit = items[item] as number
    const isMerge = (starts[commit + 1] as number) - (starts[commit] as number) > 1
    return isMerge ? (ids[commit] ?? '') : lineOf(item)
  }
}

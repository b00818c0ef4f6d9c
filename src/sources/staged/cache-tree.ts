import { OnlyGitKnows } from './only-git.ts'

/** What git knows of a folder in the index: the tree it would become. */
export interface CacheTree {
  /** Entries of the index below it; -1: it has changed since its tree was written. */
  readonly count: number
  /** Of its tree; empty when it has changed. */
  readonly id: string
  /** By name, as latin1. */
  readonly folders: ReadonlyMap<string, CacheTree>
}

/** https://git-scm.com/docs/index-format (Cache tree): `<name> NUL <count> SP <folders> LF [<id>]`, then its folders. */
export function parseCacheTree(extension: Buffer, idLength: number): CacheTree {
  let at = 0
  const root = readNode().node
  if (at !== extension.length) throw new OnlyGitKnows('the end of the cache tree')
  return root

  function readNode(): { name: string; node: CacheTree } {
    const nul = extension.indexOf(0, at)
    const newline = extension.indexOf(10, nul)
    if (nul === -1 || newline === -1) throw new OnlyGitKnows('a cache tree without an end')
    const name = extension.toString('latin1', at, nul)
    const [, entries, subtrees] =
      /^(-?\d{1,9}) (\d{1,9})$/.exec(extension.toString('latin1', nul + 1, newline)) ?? []
    if (entries === undefined) throw new OnlyGitKnows('a number of the cache tree')
    const count = Number(entries)
    at = newline + 1
    const id = count < 0 ? '' : extension.toString('hex', at, at + idLength)
    if (count >= 0) at += idLength
    const folders = new Map<string, CacheTree>()
    for (let left = Number(subtrees); left > 0; left--) {
      const folder = readNode()
      folders.set(folder.name, folder.node)
    }
    return { name, node: { count, id, folders } }
  }
}

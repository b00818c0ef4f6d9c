import type { CacheTree } from './cache-tree.ts'
import type { Index } from './index-reader.ts'
import { OnlyGitKnows } from './only-git.ts'
import type { RawChange } from '../git/raw-diff.ts'
import { parseTree, type TreeEntry } from './tree-entries.ts'

const TYPE = 0o170000
const FILE = 0o100000
const FOLDER = 0o040000
const SLASH = 0x2f

/** An entry of a parent's tree. */
interface Old {
  readonly tree: Buffer
  readonly entry: TreeEntry
}

/**
 * What the index has that the tree has not, or has otherwise, in the order of the index: what `git diff-index
 * --cached --no-renames --ita-invisible-in-index` prints but for removals. Folders whose tree is known to be the same
 * are not looked into. `readTree` gives a tree's bytes.
 */
export function stagedChanges(
  { file, entries, cacheTree }: Index,
  rootTree: string | null,
  idLength: number,
  readTree: (id: string) => Buffer,
): RawChange[] {
  const changes: RawChange[] = []
  const noId = '0'.repeat(idLength * 2)
  compareFolder(Buffer.alloc(0), rootTree, cacheTree)
  if (!entries.ended()) throw new OnlyGitKnows('an index out of order')
  return changes

  function compareFolder(prefix: Buffer, treeId: string | null, known: CacheTree | null): void {
    if (known !== null && known.count >= 0 && known.id === treeId) {
      entries.skip(known.count)
      return
    }
    const oldAt = treeId === null ? nothing : lookup(readTree(treeId), idLength)
    while (!entries.ended()) {
      const path = entries.path()
      if (!startsWith(path, prefix)) return
      const slash = path.indexOf(SLASH, prefix.length)
      const old = oldAt(path, prefix.length, slash)
      if (slash === -1) compareFile(path, old)
      else if (entries.mode() === FOLDER) passSparse(path, slash, old)
      else {
        const name = path.toString('latin1', prefix.length, slash)
        const folder = Buffer.from(path.subarray(0, slash + 1))
        compareFolder(folder, old === null ? null : idOf(old), known?.folders.get(name) ?? null)
      }
    }
  }

  function compareFile(path: Buffer, old: Old | null): void {
    if (entries.stage() !== 0) {
      passUnmerged(Buffer.from(path), old)
      return
    }
    // To whoever commits, what is only meant to be added is not there.
    if (!entries.intentToAdd()) {
      const [mode, id] = [entries.mode(), file.toString('hex', entries.idAt(), entries.idAt() + idLength)]
      const status = statusOf(mode, id, old)
      if (status !== '') add(status, Buffer.from(path), old, mode, id)
    }
    entries.skip(1)
  }

  function statusOf(mode: number, id: string, old: Old | null): string {
    if (old === null) return 'A'
    const oldMode = canonical(old.entry.mode)
    if ((mode & TYPE) !== (oldMode & TYPE)) return 'T'
    return mode !== oldMode || id !== idOf(old) ? 'M' : ''
  }

  /** One entry for each side that there is; a commit can be made of none of them. */
  function passUnmerged(path: Buffer, old: Old | null): void {
    add('U', path, old, 0, noId)
    while (!entries.ended() && entries.path().equals(path)) entries.skip(1)
  }

  /** Of a sparse index: all that lies in the folder, none of which has its place in the working tree. */
  function passSparse(path: Buffer, slash: number, old: Old | null): void {
    const id = file.toString('hex', entries.idAt(), entries.idAt() + idLength)
    if (slash !== path.length - 1 || old === null || idOf(old) !== id)
      throw new OnlyGitKnows('what has changed in a sparse folder')
    entries.skip(1)
  }

  function add(status: string, path: Buffer, old: Old | null, mode: number, newId: string): void {
    changes.push({
      oldMode: octal(old === null ? 0 : canonical(old.entry.mode)),
      newMode: octal(mode),
      oldId: old === null ? noId : idOf(old),
      newId,
      status,
      path,
      oldPath: null,
    })
  }

  function idOf({ tree, entry }: Old): string {
    return tree.toString('hex', entry.id, entry.id + idLength)
  }
}

type OldAt = (path: Buffer, from: number, slash: number) => Old | null
const nothing: OldAt = () => null

/** To be asked in the order of trees, which is that of the index. */
function lookup(tree: Buffer, idLength: number): OldAt {
  const list = parseTree(tree, idLength)
  let next = 0
  return (path, from, slash) => {
    for (; next < list.length; next++) {
      const entry = list[next] as TreeEntry
      const order = compareNames(path, from, slash, tree, entry)
      if (order <= 0) return order === 0 ? { tree, entry } : null
    }
    return null
  }
}

/** Of the path what stands from `from` up to the slash or the end. A folder is ordered as if its name ended in a slash. */
function compareNames(path: Buffer, from: number, slash: number, tree: Buffer, entry: TreeEntry): number {
  const { name, nameEnd, mode } = entry
  const length = (slash === -1 ? path.length : slash) - from
  const oldLength = nameEnd - name
  const common = Math.min(length, oldLength)
  const order = path.compare(tree, name, name + common, from, from + common)
  if (order !== 0) return order
  const last = length > common ? (path[from + common] as number) : slash === -1 ? 0 : SLASH
  const oldLast = oldLength > common ? (tree[name + common] as number) : (mode & TYPE) === FOLDER ? SLASH : 0
  return last - oldLast || length - oldLength
}

function startsWith(path: Buffer, prefix: Buffer): boolean {
  return path.length > prefix.length && path.compare(prefix, 0, prefix.length, 0, prefix.length) === 0
}

/** Trees of long ago have more kinds of modes. */
function canonical(mode: number): number {
  if ((mode & TYPE) !== FILE) return mode
  return (mode & 0o100) === 0 ? 0o100644 : 0o100755
}

function octal(mode: number): string {
  return mode.toString(8).padStart(6, '0')
}

import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { reasonOf } from '../../files/walk.ts'
import { nameOf } from '../../name.ts'
import type { Skipped } from '../../types.ts'
import { below, type Repository, shownFolder } from '../repository.ts'

/** A git folder that git made for a submodule. */
export interface GitFolder {
  readonly folder: Buffer
  /** Below the git folder around it: `modules/lib`, `worktrees/w/modules/lib`. */
  readonly place: Buffer
  /** The submodule's name: by default its path. */
  readonly name: Buffer
  /** The linked worktree that it was made for. */
  readonly worktree: Buffer | null
}

/** Folders with more parts in their names are none that git can make. */
const deepest = 64

/**
 * The submodules' git folders below a repository's own; not what lies in them in turn. Links are not followed: only
 * what is below is read. https://git-scm.com/docs/gitsubmodules
 */
export function gitFolders(repository: Repository): {
  readonly folders: readonly GitFolder[]
  readonly skipped: readonly Skipped[]
} {
  const { commonDir } = repository
  const folders: GitFolder[] = []
  const skipped: Skipped[] = []
  search(null, Buffer.from('modules'))
  for (const worktree of subfolders(Buffer.from('worktrees')))
    search(worktree, below(Buffer.from('worktrees'), worktree, 'modules'))
  return { folders, skipped }

  function search(worktree: Buffer | null, start: Buffer): void {
    const stack = subfolders(start).reverse()
    for (let name = stack.pop(); name !== undefined; name = stack.pop()) {
      const place = below(start, name)
      const folder = below(commonDir, place)
      const flaw = flawOf(folder)
      if (flaw === null) folders.push({ folder, place, name, worktree })
      else if (flaw !== 'no git folder') skipped.push({ ...damaged(place, flaw) })
      else if (name.toString('latin1').split('/').length < deepest) {
        const parent = name
        stack.push(
          ...subfolders(place)
            .reverse()
            .map((child) => below(parent, child)),
        )
      }
    }
  }

  function subfolders(place: Buffer): Buffer[] {
    const folder = below(commonDir, place)
    try {
      if (!lstatSync(folder).isDirectory()) return []
      const entries = readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })
      const found = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
      return found.sort((a, b) => Buffer.compare(a, b))
    } catch (error) {
      if (!isAbsent(error)) skipped.push({ skipped: shown(place), reason: reasonOf(error) })
      return []
    }
  }

  function damaged(place: Buffer, reason: string): Skipped {
    return { skipped: shown(place), reason: `not read as a submodule's git folder: ${reason}` }
  }

  function shown(place: Buffer): string {
    return `${shownFolder(repository)}/${nameOf(place).text}`
  }
}

/**
 * What git wants of a git folder: HEAD, `objects` and `refs`. null: it is one. Not of a linked worktree, whose objects
 * are elsewhere. https://git-scm.com/docs/gitrepository-layout
 */
export function flawOf(folder: Buffer): string | null {
  const has = (name: string) => lstatSync(below(folder, name), { throwIfNoEntry: false }) !== undefined
  const isFolder = (name: string) =>
    statSync(below(folder, name), { throwIfNoEntry: false })?.isDirectory() === true
  try {
    if (!has('HEAD')) return has('objects') && has('refs') ? 'it has no HEAD' : 'no git folder'
    if (has('commondir')) return 'its objects are said to be in another folder'
    if (!isFolder('objects')) return 'it has no folder of objects'
    if (!isFolder('refs')) return 'it has no folder of refs'
    return isHead(below(folder, 'HEAD')) ? null : 'its HEAD is none'
  } catch (error) {
    return reasonOf(error)
  }
}

function isHead(file: Buffer): boolean {
  const stat = lstatSync(file)
  if (stat.isSymbolicLink()) return true
  return (
    stat.isFile() &&
    stat.size < 65_536 &&
    /^(?:ref:\s*refs\/|[0-9a-f]{40})/.test(readFileSync(file, 'latin1'))
  )
}

export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

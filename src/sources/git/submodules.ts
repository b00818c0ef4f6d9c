import { existsSync, readdirSync } from 'node:fs'
import { below, type Repository } from './repository.ts'

/** What every gitlink's entry in a tree begins with. https://git-scm.com/docs/git-fast-import (160000) */
const gitlink = Buffer.from('160000 ')
const deepest = 64

/** Last parts of the paths of gitlinks in trees that were read. */
export type Gitlinks = Set<string>

/** `tree` as git stores it: `mode SP name NUL id`, again and again; `idLength` in bytes. */
export function noteGitlinks(tree: Uint8Array, idLength: number, links: Gitlinks): void {
  const bytes = Buffer.from(tree.buffer, tree.byteOffset, tree.byteLength)
  if (!bytes.includes(gitlink)) return
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at)
    if (end === -1) return
    if (bytes.subarray(at, at + gitlink.length).equals(gitlink))
      links.add(bytes.toString('latin1', at + gitlink.length, end))
    at = end + 1 + idLength
  }
}

/**
 * Submodules whose history is not in this repository's objects: their git folders in `modules` (nested ones too), and
 * gitlinks of any tree that no such folder is named after. By default a submodule is named after its path.
 */
export function countSubmodules({ commonDir }: Repository, links: Gitlinks): number {
  const folders = gitFoldersIn(below(commonDir, 'modules'), 0)
  const named = new Set(folders)
  return folders.length + [...links].filter((link) => !named.has(link)).length
}

/** The last part of the name of each. A name may hold slashes, so a folder without HEAD is part of a name. */
function gitFoldersIn(folder: Buffer, depth: number): string[] {
  if (depth > deepest) return []
  return entriesOf(folder).flatMap((name) => {
    const place = below(folder, name)
    if (!existsSync(below(place, 'HEAD'))) return gitFoldersIn(place, depth + 1)
    return [name.toString('latin1'), ...gitFoldersIn(below(place, 'modules'), depth + 1)]
  })
}

function entriesOf(folder: Buffer): Buffer[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  } catch {
    return []
  }
}

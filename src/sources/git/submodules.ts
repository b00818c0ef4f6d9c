import { existsSync, readdirSync } from 'node:fs'
import { below, type Repository } from './repository.ts'

/** What every gitlink's entry in a tree begins with. https://git-scm.com/docs/git-fast-import (160000) */
const gitlink = Buffer.from('160000 ')
const deepest = 64

/** Last parts of the paths of gitlinks in trees that were read. */
export type Gitlinks = Set<string>

/**
 * `tree` as git stores it: `mode SP name NUL id`, again and again; `idLength` in bytes. Of one that was made by changing
 * another only the `parts` (from, to, from, to) that are new need be looked at.
 */
export function noteGitlinks(
  tree: Buffer,
  idLength: number,
  links: Gitlinks,
  parts: ArrayLike<number> = [0, tree.length],
): void {
  for (let i = 0; i < parts.length; i += 2) {
    const [from, to] = [parts[i] as number, parts[i + 1] as number]
    const part = tree.subarray(from, to)
    for (let found = part.indexOf(gitlink); found !== -1; found = part.indexOf(gitlink, found + 1)) {
      const at = from + found
      const nul = tree.indexOf(0, at)
      // An entry begins where the id of the last one ends; within a name or an id the same bytes mean nothing.
      if (nul !== -1 && (at === 0 || tree[at - idLength - 1] === 0))
        links.add(tree.toString('latin1', at + gitlink.length, nul))
    }
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

import { lstatSync, realpathSync } from 'node:fs'
import { absolute, below } from '../repository.ts'
import { readRegular } from '../regular-file.ts'

const longestFile = 65_536

/**
 * The git folder of a submodule that is checked out at `path` of a working tree, links resolved: its `.git`, or what that
 * file names. null: there is none. https://git-scm.com/docs/gitrepository-layout
 */
export function gitFolderAt(tree: Buffer, path: Buffer): Buffer | null {
  if (!isInside(path)) return null
  const folder = below(tree, path)
  try {
    // Behind a link lies another place than the one that the index means.
    if (!realpathSync.native(folder, 'buffer').equals(below(realpathSync.native(tree, 'buffer'), path)))
      return null
    const git = below(folder, '.git')
    const stat = lstatSync(git)
    if (!stat.isFile()) return realpathSync.native(git, 'buffer')
    const named = gitDirIn(readRegular(git, longestFile))
    return named === null ? null : realpathSync.native(absolute(folder, named), 'buffer')
  } catch {
    return null
  }
}

/** A hostile index may have any path in it. */
function isInside(path: Buffer): boolean {
  const parts = path.toString('latin1').split('/')
  return !path.includes(0) && parts.every((part) => !['', '.', '..', '.git'].includes(part.toLowerCase()))
}

function gitDirIn(file: Buffer): Buffer | null {
  const named = /^gitdir: (.+?)[\r\n]*$/s.exec(file.toString('latin1'))?.[1]
  return named === undefined ? null : Buffer.from(named, 'latin1')
}

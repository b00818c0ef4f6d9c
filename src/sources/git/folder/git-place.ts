import { lstatSync, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, resolve } from 'node:path'
import { readRegular } from '../regular-file.ts'
import { absolute, below } from '../repository.ts'
import type { Git } from '../run.ts'

/** Where git would find a repository; whether it is one, and whether git accepts it, is for git to say. */
export interface GitPlace {
  /** Of a linked worktree: its own folder, while `commonDir` is the main one's. */
  readonly gitDir: Buffer
  readonly commonDir: Buffer
}

const longestPointer = 65_536

/**
 * Without asking git and without waiting for anything; null: there is none, or only git knows. What a repository's own
 * configuration says is not asked: it does not move the git folder.
 */
export function placeOf({ env, cwd, inherit }: Pick<Git, 'env' | 'cwd' | 'inherit'>): GitPlace | null {
  const [named, common] = inherit ? [env['GIT_DIR'], env['GIT_COMMON_DIR']] : []
  const gitDir =
    named === undefined ? search(cwd, env['GIT_CEILING_DIRECTORIES']) : pointedTo(resolve(cwd, named))
  if (gitDir === null) return null
  if (common !== undefined) return { gitDir, commonDir: Buffer.from(resolve(cwd, common)) }
  const pointer = textOf(below(gitDir, 'commondir'))
  return { gitDir, commonDir: pointer === null ? gitDir : absolute(gitDir, pointer) }
}

/** https://git-scm.com/docs/git#Documentation/git.txt-codeGITCEILINGDIRECTORIEScode: not above these. */
function search(cwd: string, ceilings = ''): Buffer | null {
  const stops = new Set(ceilings.split(delimiter).filter((path) => path !== ''))
  for (let folder = realpathSync.native(cwd); ; folder = dirname(folder)) {
    const found = pointedTo(resolve(folder, '.git')) ?? (isGitFolder(folder) ? Buffer.from(folder) : null)
    if (found !== null) return found
    if (dirname(folder) === folder || stops.has(dirname(folder))) return null
  }
}

/** A folder, or a file that names one. */
function pointedTo(place: string): Buffer | null {
  if (statSync(place, { throwIfNoEntry: false })?.isDirectory() === true)
    return isGitFolder(place) ? Buffer.from(place) : null
  const pointer = textOf(Buffer.from(place))
  if (pointer?.subarray(0, 8).toString('latin1') !== 'gitdir: ') return null
  return absolute(Buffer.from(dirname(place)), pointer.subarray(8))
}

/** As git tells one; it goes on above what is none. A HEAD that cannot be read as a file may be what we look for. */
function isGitFolder(folder: string): boolean {
  const has = (name: string) => lstatSync(resolve(folder, name), { throwIfNoEntry: false }) !== undefined
  if (!has('HEAD') || !(has('commondir') || (has('objects') && has('refs')))) return false
  const head = textOf(Buffer.from(resolve(folder, 'HEAD')))
  return head === null || /^(?:ref:\s*refs\/|[0-9a-f]{40})/.test(head.toString('latin1', 0, 64))
}

/** Without the end of its line; null: it is not there, or no file. */
function textOf(file: Buffer): Buffer | null {
  try {
    const bytes = readRegular(file, longestPointer)
    let end = bytes.length
    while (end > 0 && (bytes[end - 1] === 0x0a || bytes[end - 1] === 0x0d)) end -= 1
    return bytes.subarray(0, end)
  } catch {
    return null
  }
}

import { existsSync, lstatSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { objectFolders } from '../git/stored/object-folders.ts'
import { OnlyGitKnows } from './only-git.ts'
import type { Git } from '../git/run.ts'
import { storageSettings } from './settings.ts'
import { longestText, readRegular } from '../git/regular-file.ts'

/** Where the parts of a repository lie, found as git finds them and without asking it. */
export interface Layout {
  /** Absolute. Of a linked worktree: its own folder, while `commonDir` is the main one's. */
  readonly gitDir: string
  readonly commonDir: string
  readonly indexFile: string
  /** The repository's own, then those it borrows from. */
  readonly objectFolders: readonly Buffer[]
  /** Bytes of an object id. */
  readonly idLength: 20 | 32
}

/** Throws `OnlyGitKnows`, also where git would refuse: git says best why. */
export function findLayout({ env, cwd }: Pick<Git, 'env' | 'cwd'>): Layout {
  if (cwd.includes('\ufffd')) throw new OnlyGitKnows('a name that is no UTF-8')
  const { gitDir, top } = env['GIT_DIR'] === undefined ? discover(env, cwd) : named(env['GIT_DIR'], cwd)
  const commonDir = commonFolder(env, gitDir)
  if (!existsSync(join(commonDir, 'refs'))) throw new OnlyGitKnows('no folder of refs')
  const { idLength, movesWorkTree } = settingsOf(gitDir, commonDir)
  const knownTop = movesWorkTree || env['GIT_WORK_TREE'] !== undefined ? null : top
  return {
    gitDir,
    commonDir,
    indexFile: indexFile(env, gitDir, knownTop),
    objectFolders: foldersOf(env, cwd, commonDir),
    idLength,
  }
}

interface Found {
  readonly gitDir: string
  /** Where the working tree begins unless something else says so. */
  readonly top: string
}

function discover(env: Git['env'], cwd: string): Found {
  if ((env['GIT_CEILING_DIRECTORIES'] ?? '') !== '') throw new OnlyGitKnows('GIT_CEILING_DIRECTORIES')
  const { dev } = statSync(cwd)
  for (let folder = cwd; ; folder = dirname(folder)) {
    const place = join(folder, '.git')
    if (lstatSync(place, { throwIfNoEntry: false }) !== undefined) {
      const gitDir = pointedTo(place)
      for (const owned of [folder, place, gitDir]) checkOwner(owned)
      return { gitDir, top: folder }
    }
    // Perhaps we are in a git folder itself, or in a bare repository.
    if (existsSync(join(folder, 'HEAD')) && existsSync(join(folder, 'objects')))
      throw new OnlyGitKnows('a folder like a git folder')
    if (dirname(folder) === folder || statSync(dirname(folder)).dev !== dev)
      throw new OnlyGitKnows('no git folder')
  }
}

/** What a person or a hook names is not asked for its owner. */
function named(gitDir: string, cwd: string): Found {
  if (gitDir === '') throw new OnlyGitKnows('GIT_DIR is empty')
  return { gitDir: pointedTo(resolve(cwd, gitDir)), top: cwd }
}

/** https://git-scm.com/docs/gitrepository-layout: a folder, a link to one, or a file that names one. */
function pointedTo(place: string): string {
  if (statSync(place).isDirectory()) return place
  const [, folder] = /^gitdir: ([^\r\n]+)\r?\n*$/.exec(readRegular(place, longestText).toString('utf8')) ?? []
  if (folder === undefined || folder.includes('\ufffd')) throw new OnlyGitKnows('a .git file')
  return resolve(dirname(place), folder)
}

/** git refuses what belongs to somebody else unless it is told to trust it (safe.directory). */
function checkOwner(place: string): void {
  if (lstatSync(place).uid !== process.geteuid?.()) throw new OnlyGitKnows('another owner')
}

function commonFolder(env: Git['env'], gitDir: string): string {
  if (env['GIT_COMMON_DIR'] !== undefined) throw new OnlyGitKnows('GIT_COMMON_DIR')
  const file = join(gitDir, 'commondir')
  return existsSync(file)
    ? resolve(
        gitDir,
        readRegular(file, longestText)
          .toString('utf8')
          .replace(/[\r\n]+$/, ''),
      )
    : gitDir
}

function settingsOf(gitDir: string, commonDir: string) {
  const settings = storageSettings(readRegular(join(commonDir, 'config'), longestText).toString('latin1'))
  const own = join(gitDir, 'config.worktree')
  if (!settings.perWorkTree || !existsSync(own)) return settings
  const { movesWorkTree } = storageSettings(readRegular(own, longestText).toString('latin1'))
  return { ...settings, movesWorkTree: movesWorkTree || settings.movesWorkTree }
}

/** What is borrowed from a folder that is gone is missed where it is wanted. */
function foldersOf(env: Git['env'], cwd: string, commonDir: string): readonly Buffer[] {
  if (!isAbsolute(env['GIT_OBJECT_DIRECTORY'] ?? '/')) throw new OnlyGitKnows('where the objects are')
  return objectFolders({ git: { env, cwd, inherit: true }, commonDir: Buffer.from(commonDir) }).folders
}

/** git takes it relative to the top of the working tree, where it also runs the hooks that set it. */
function indexFile(env: Git['env'], gitDir: string, top: string | null): string {
  const name = env['GIT_INDEX_FILE']
  if (name === undefined) return join(gitDir, 'index')
  if (name !== '' && isAbsolute(name)) return name
  if (name === '' || top === null) throw new OnlyGitKnows('what GIT_INDEX_FILE is relative to')
  return resolve(top, name)
}

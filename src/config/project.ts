import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { FileSystem } from '../context.ts'
import { check } from './check.ts'
import { parseYaml } from './document.ts'
import { ConfigError } from './errors.ts'
import { exceptionList, type ProjectException } from './exceptions.ts'

/** `.pplx-warden.yaml` of the scanned tree: it may only speak of scanning, and is not trusted. */
export interface ProjectFile {
  readonly path: string
  readonly exceptions: readonly ProjectException[]
  /** For the person who runs the scan: what the file asks for and does not get. */
  readonly warnings: readonly string[]
}

export const projectFileName = '.pplx-warden.yaml'

/** Some six hundred exceptions. The tree is not trusted, and a parser of YAML takes thousand times its file. */
export const largestProjectFile = 128 * 1024

/** Names of the design whose features come later: told, and everything is scanned. */
const notBuilt = ['include', 'exclude', 'rules', 'limits'] as const

const later = z.unknown().optional()

const schema = z.strictObject({
  version: z.literal(1).default(1),
  exceptions: exceptionList.nullish().transform((list) => list ?? []),
  include: later,
  exclude: later,
  rules: later,
  limits: later,
})

/** The file at `folder`, or above it in the same repository; null when there is none. A damaged one is an error (2). */
export function readProjectFile(folder: string, fs: FileSystem): ProjectFile | null {
  for (const candidate of foldersUpToTheRepository(folder, fs)) {
    const path = join(candidate, projectFileName)
    const stat = lstat(path, fs)
    if (stat === undefined) continue
    if (!stat.isFile())
      throw new ConfigError('unreadable', `${path}: not a regular file`, 'a link is not followed here')
    if (stat.size > largestProjectFile) throw tooLarge(path)
    return parseProjectFile(path, read(path, fs))
  }
  return null
}

/** For bytes that come from a commit: `scan staged` and `scan git` obey the file of HEAD. */
export function parseProjectFile(path: string, bytes: Uint8Array): ProjectFile {
  if (bytes.length > largestProjectFile) throw tooLarge(path)
  const file = parseYaml(path, bytes)
  if (file.value === null) return { path, exceptions: [], warnings: [] }
  const { exceptions, ...rest } = check(schema, file)
  const asked = notBuilt.filter((name) => rest[name] !== undefined)
  return {
    path,
    exceptions,
    warnings:
      asked.length === 0
        ? []
        : [`${path}: ${asked.join(', ')}: not built yet in this version, everything is scanned and reported`],
  }
}

/** The top of the repository that `folder` lies in, as its `.git` says; `folder` itself outside any. */
export function projectFolder(folder: string, fs: FileSystem): string {
  return foldersUpToTheRepository(folder, fs).at(-1) ?? folder
}

export function tooLarge(path: string): ConfigError {
  const hint = 'many exceptions at once are a baseline: --baseline FILE'
  return new ConfigError('not-yaml', `${path}: larger than 128 KiB`, hint)
}

function read(path: string, fs: FileSystem): Uint8Array {
  try {
    return fs.readFileSync(path)
  } catch (error) {
    throw unreadable(path, error)
  }
}

function lstat(path: string, fs: FileSystem) {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown): ConfigError {
  return new ConfigError('unreadable', `${path}: cannot be read`, 'check the permissions', error)
}

/** From `folder` to the repository's top; only `folder` itself outside any repository. */
function foldersUpToTheRepository(folder: string, fs: FileSystem): readonly string[] {
  const folders: string[] = []
  for (let current = folder; ; current = dirname(current)) {
    folders.push(current)
    if (fs.existsSync(join(current, '.git'))) return folders
    if (dirname(current) === current) return [folder]
  }
}

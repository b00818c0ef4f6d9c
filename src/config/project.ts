import { dirname, join } from 'node:path'
import type { FileSystem } from '../context.ts'
import { parseYaml } from './document.ts'
import { ConfigError } from './errors.ts'

/** `.pplx-warden.yaml` of the scanned tree: it may only speak of scanning, and is not trusted. */
export interface ProjectFile {
  readonly path: string
  /** As written: nothing of it is applied in this version. */
  readonly exceptions: readonly unknown[]
  /** For the person who runs the scan: what the file asks for and does not get. */
  readonly warnings: readonly string[]
}

export const projectFileName = '.pplx-warden.yaml'
const largest = 1024 * 1024

/** The file at `folder`, or above it in the same repository; null when there is none. A damaged one is an error (2). */
export function readProjectFile(folder: string, fs: FileSystem): ProjectFile | null {
  for (const candidate of foldersUpToTheRepository(folder, fs)) {
    const path = join(candidate, projectFileName)
    const stat = lstat(path, fs)
    if (stat === undefined) continue
    if (!stat.isFile())
      throw new ConfigError('unreadable', `${path}: not a regular file`, 'a link is not followed here')
    if (stat.size > largest) throw new ConfigError('not-yaml', `${path}: larger than 1 MiB`)
    return parseProjectFile(path, fs.readFileSync(path))
  }
  return null
}

/** For bytes that come from a commit: `scan staged` and `scan ci` obey the file of HEAD or of the base. */
export function parseProjectFile(path: string, bytes: Uint8Array): ProjectFile {
  const file = parseYaml(path, bytes)
  const value = file.value ?? {}
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new ConfigError('invalid', `${file.place([])}: must be a mapping`)
  }
  const exceptions = 'exceptions' in value ? value.exceptions : []
  if (!Array.isArray(exceptions)) {
    throw new ConfigError('invalid', `${file.place(['exceptions'])}: exceptions: must be a list`)
  }
  const asked = Object.keys(value).filter((name) => name !== 'version')
  const what = asked.map((name) => (name.includes('pplx-') ? 'pplx-…' : name)).join(', ')
  return {
    path,
    exceptions,
    warnings:
      asked.length === 0
        ? []
        : [`${path}: ${what}: not built yet in this version, everything is scanned and reported`],
  }
}

function lstat(path: string, fs: FileSystem) {
  try {
    return fs.lstatSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw new ConfigError(
      'unreadable',
      `${path}: cannot be read`,
      'check the permissions of its folder',
      error,
    )
  }
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

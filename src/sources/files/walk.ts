import type { Dirent } from 'node:fs'
import type { FileSystem } from '../../context.ts'
import { nameOf } from '../name.ts'
import type { Excluded, Skipped } from '../types.ts'
import type { Start } from './operands.ts'

/** A regular file to read, as bytes: how it is opened and what it is called. */
export interface FoundFile {
  readonly file: Buffer
  readonly shown: Buffer
  readonly follow?: true
}

export interface WalkOptions {
  readonly fs: FileSystem
  readonly excluded: Excluded
  /** Left out by the operator, asked with the name as shown. */
  readonly leftOut: ((shown: string, folder: boolean) => boolean) | null
  /** What is read in another way and not counted here; takes the place of the rule that leaves a `.git` out. */
  readonly aside?: (file: Buffer) => boolean
}

const slash = Buffer.from('/')
const gitFolder = Buffer.from('.git')

/** Files below the starts, depth first, names in byte order, each once; links and devices are counted, not read. */
export function* walk(starts: readonly Start[], options: WalkOptions): Generator<FoundFile | Skipped> {
  const once = starts.length > 1 ? new Set<string>() : null
  for (const start of starts) {
    for (const found of walkFrom(start, options)) {
      if ('skipped' in found || once === null) yield found
      else if (!once.has(found.file.toString('latin1'))) {
        once.add(found.file.toString('latin1'))
        yield found
      }
    }
  }
}

function* walkFrom(start: Start, options: WalkOptions): Generator<FoundFile | Skipped> {
  const { fs, excluded } = options
  try {
    const stat = start.follow === true ? fs.statSync(start.file) : fs.lstatSync(start.file)
    if (stat.isDirectory()) yield* walkFolder(start, options)
    else if (stat.isFile()) yield* kept(start, options)
    else if (start.follow === true) yield notAFile(start)
    else count(excluded, stat.isSymbolicLink() ? 'links' : 'devices')
  } catch (error) {
    yield unread(start.shown, error)
  }
}

/** Left out silently where a folder lists it, but a person asked for this one (`<(zcat …)` of a shell, too). */
function notAFile({ shown }: Start): Skipped {
  return {
    skipped: nameOf(shown).text,
    reason: 'neither file nor folder',
    hint: 'give it on standard input: pplx-warden scan log -',
  }
}

function* walkFolder(folder: FoundFile, options: WalkOptions): Generator<FoundFile | Skipped> {
  const stack: FoundFile[] = [folder]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    let entries: Dirent<Buffer>[]
    try {
      entries = readFolder(options.fs, next.file)
    } catch (error) {
      yield unread(next.shown.length === 0 ? Buffer.from('.') : next.shown, error)
      continue
    }
    const below: FoundFile[] = []
    for (const entry of entries) {
      const child = childOf(next, entry.name)
      const kind = kindOf(options.fs, entry, child.file)
      if (isAside(child.file, entry.name, options)) continue
      if (kind === 'folder' && !leftOut(child, true, options)) below.push(child)
      else if (kind === 'file') yield* kept(child, options)
      else if (kind === 'link') count(options.excluded, 'links')
      else if (kind === 'device') count(options.excluded, 'devices')
    }
    stack.push(...below.reverse())
  }
}

function isAside(file: Buffer, name: Buffer, { aside, excluded }: WalkOptions): boolean {
  if (aside !== undefined) return aside(file)
  if (!name.equals(gitFolder)) return false
  count(excluded, 'git')
  return true
}

/** Names as bytes: as text, one that is no UTF-8 could not be opened again. */
function readFolder(fs: FileSystem, folder: Buffer): Dirent<Buffer>[] {
  const entries = fs.readdirSync(folder, { encoding: 'buffer', withFileTypes: true })
  return entries.sort((a, b) => Buffer.compare(a.name, b.name))
}

function childOf(folder: FoundFile, name: Buffer): FoundFile {
  const parts = folder.file.at(-1) === 0x2f ? [folder.file, name] : [folder.file, slash, name]
  return {
    file: Buffer.concat(parts),
    shown: folder.shown.length === 0 ? name : Buffer.concat([folder.shown, slash, name]),
  }
}

type Kind = 'file' | 'folder' | 'link' | 'device' | 'gone'

function kindOf(fs: FileSystem, entry: Dirent<Buffer>, file: Buffer): Kind {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  if (entry.isSymbolicLink()) return 'link'
  if (entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice())
    return 'device'
  // Some file systems do not say in the folder what an entry is.
  try {
    const stat = fs.lstatSync(file)
    if (stat.isFile()) return 'file'
    if (stat.isDirectory()) return 'folder'
    return stat.isSymbolicLink() ? 'link' : 'device'
  } catch {
    // Reading it will say why.
    return 'file'
  }
}

function* kept(file: FoundFile, options: WalkOptions): Generator<FoundFile> {
  if (!leftOut(file, false, options)) yield file
}

function leftOut(found: FoundFile, folder: boolean, { leftOut, excluded }: WalkOptions): boolean {
  if (leftOut === null || !leftOut(found.shown.toString('utf8'), folder)) return false
  count(excluded, 'operator')
  return true
}

export function count(excluded: Excluded, kind: string): void {
  excluded[kind] = (excluded[kind] ?? 0) + 1
}

export function unread(shown: Uint8Array, error: unknown): Skipped {
  return { skipped: nameOf(shown).text, reason: reasonOf(error) }
}

/** What a failed call of the file system means, in words. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && !('code' in error)) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return reasons[code] ?? code
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'EACCES: permission denied',
  EPERM: 'EPERM: operation not permitted',
  ENOENT: 'ENOENT: vanished before it was read',
  ELOOP: 'ELOOP: became a link, or links in a circle',
  EIO: 'EIO: the disk could not read it',
  EMFILE: 'EMFILE: too many open files',
}

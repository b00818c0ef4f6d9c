import { dirname } from 'node:path'
import type { FileSystem } from '../context.ts'
import { StoreError } from './errors.ts'

/**
 * Makes sure that there is a file to open and that it can be written: 0600 in a folder of 0700 where they are made
 * here, and 0600 also where an older one was laxer. A folder that was there keeps its mode: it may be shared.
 */
export function readyToWrite(path: string, fs: FileSystem): void {
  try {
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const file = fs.openSync(path, 'a+', 0o600)
    try {
      const stat = fs.fstatSync(file)
      if (!stat.isFile()) throw new StoreError('not-a-database', `${path}: not a regular file`, nameAnother)
      if ((stat.mode & 0o077) !== 0) fs.fchmodSync(file, 0o600)
      fs.fsyncSync(file)
    } finally {
      fs.closeSync(file)
    }
  } catch (error) {
    throw inWords(error, path)
  }
}

/** Is there a file? Anything but "no" and "yes" is an error: an inventory that cannot be seen is not empty. */
export function exists(path: string, fs: FileSystem): boolean {
  try {
    if (fs.statSync(path).isFile()) return true
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return false
    throw inWords(error, path)
  }
  throw new StoreError('not-a-database', `${path}: not a regular file`, nameAnother)
}

/** Nothing in the write-ahead log: the main file alone says everything. */
export function hasEmptyLog(path: string, fs: FileSystem): boolean {
  try {
    return fs.statSync(`${path}-wal`).size === 0
  } catch (error) {
    return codeOf(error) === 'ENOENT'
  }
}

const nameAnother = 'name another file with --db'

function inWords(error: unknown, path: string): unknown {
  switch (codeOf(error)) {
    case 'EROFS':
      return new StoreError('read-only', `${path}: the disk is read-only`, writable, error)
    case 'EACCES':
    case 'EPERM':
      return new StoreError('read-only', `${path}: no permission`, writable, error)
    case 'ENOSPC':
    case 'EDQUOT':
      return new StoreError('full', `${path}: the disk is full`, 'make room and run the command again', error)
    case 'EISDIR':
      return new StoreError('not-a-database', `${path}: this is a folder`, nameAnother, error)
    case null:
      return error
    default:
      return new StoreError('unreachable', `${path}: cannot be opened (${codeOf(error)})`, writable, error)
  }
}

const writable = 'name a place that can be written with --db or PPLX_WARDEN_HOME'

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return typeof error.code === 'string' && !(error instanceof StoreError) ? error.code : null
}

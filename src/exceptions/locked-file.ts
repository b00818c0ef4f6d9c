import { constants } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock, FileSystem } from '../context.ts'
import { WardenError } from '../errors.ts'
import { ExceptionError } from './errors.ts'

/** How long another one may take: it reads one file and writes it. */
const patience = 10_000
const between = 25

/**
 * Changes a small text file in one step. As git does, the new content goes into `PATH.lock`, made exclusively, which is
 * then renamed over the file: two at once come after each other, and a link is neither read nor written through.
 */
export async function changeFile(
  path: string,
  deps: { readonly fs: FileSystem; readonly clock: Clock; readonly signal: AbortSignal },
  change: (before: Uint8Array | null) => string,
): Promise<void> {
  const { fs } = deps
  const lock = `${path}.lock`
  const descriptor = await locked(lock, deps)
  let isOpen = true
  try {
    const before = readOwn(path, fs)
    const bytes = Buffer.from(change(before?.bytes ?? null), 'utf8')
    for (let done = 0; done < bytes.length; ) done += fs.writeSync(descriptor, bytes, done)
    if (before !== null) fs.fchmodSync(descriptor, before.mode & 0o7777)
    fs.fsyncSync(descriptor)
    fs.closeSync(descriptor)
    isOpen = false
    refuseChanged(path, before, readOwn(path, fs))
    fs.renameSync(lock, path)
  } catch (error) {
    if (isOpen) fs.closeSync(descriptor)
    fs.rmSync(lock, { force: true })
    throw unwritable(path, error)
  }
  syncFolder(dirname(path), fs)
}

async function locked(
  lock: string,
  { fs, clock, signal }: { readonly fs: FileSystem; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<number> {
  const giveUp = clock.monotonic() + patience
  for (;;) {
    try {
      return fs.openSync(lock, 'wx', 0o666)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw unwritable(lock, error)
      if (clock.monotonic() >= giveUp) {
        const hint = `if no other one is running, remove ${lock}`
        throw new ExceptionError('busy', `${lock} is there: another one is writing`, hint, error)
      }
      await clock.sleep(between, signal)
    }
  }
}

/** An editor knows no lock. */
function refuseChanged(path: string, before: Content | null, now: Content | null): void {
  const isSame = before === null || now === null ? before === now : now.bytes.equals(before.bytes)
  if (isSame) return
  throw new ExceptionError('busy', `${path}: was changed by somebody at this very moment`, 'run it again')
}

interface Content {
  readonly bytes: Buffer
  readonly mode: number
}

/** null: there is no such file. */
function readOwn(path: string, fs: FileSystem): Content | null {
  let descriptor: number
  try {
    descriptor = fs.openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    if (codeOf(error) === 'ELOOP') throw notAFile(path, error)
    throw error
  }
  try {
    const stat = fs.fstatSync(descriptor)
    if (!stat.isFile()) throw notAFile(path)
    return { bytes: fs.readFileSync(descriptor), mode: stat.mode }
  } finally {
    fs.closeSync(descriptor)
  }
}

function notAFile(path: string, cause?: unknown): ExceptionError {
  return new ExceptionError('link', `${path}: not a regular file`, 'a link is not followed here', cause)
}

function unwritable(path: string, error: unknown): unknown {
  const code = codeOf(error)
  if (code === null) return error
  return new ExceptionError(
    'unwritable',
    `${path}: cannot be written (${code})`,
    'nothing was changed',
    error,
  )
}

/** Of the operating system. */
function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && !(error instanceof WardenError)
    ? String(error.code)
    : null
}

/** So that it survives a failure of power; where a folder cannot be synced it is as safe as any file there. */
function syncFolder(folder: string, fs: FileSystem): void {
  try {
    const descriptor = fs.openSync(folder, 'r')
    try {
      fs.fsyncSync(descriptor)
    } finally {
      fs.closeSync(descriptor)
    }
  } catch (error) {
    if (codeOf(error) === null) throw error
  }
}

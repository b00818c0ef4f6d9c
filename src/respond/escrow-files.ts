import { dirname } from 'node:path'
import type { FileSystem } from '../context.ts'

/** Made 0700 where it is missing; every folder that was made is synced into the one above it. */
export function makeFolder(fs: FileSystem, folder: string): void {
  const first = fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = folder; ; made = dirname(made)) {
    syncFolder(fs, dirname(made))
    if (made === first || made === dirname(made)) return
  }
}

/** Written beside, synced, renamed: the old or the new content, never half of it. */
export function writeSynced(fs: FileSystem, file: string, bytes: Uint8Array): void {
  const beside = `${file}.new`
  fs.rmSync(beside, { force: true })
  writeExclusive(fs, beside, bytes)
  try {
    fs.renameSync(beside, file)
  } catch (error) {
    removeQuietly(fs, beside)
    throw error
  }
  syncFolder(fs, dirname(file))
}

/** A file that was not there before, 0600; what could not be written whole is removed again. */
export function writeNew(fs: FileSystem, file: string, bytes: Uint8Array): void {
  writeExclusive(fs, file, bytes)
  syncFolder(fs, dirname(file))
}

/** In place, so that a full disk cannot refuse it: the space was taken before. Cut first, so that it is whole once written. */
export function overwrite(fs: FileSystem, file: string, bytes: Uint8Array): void {
  const descriptor = fs.openSync(file, 'r+')
  try {
    fs.ftruncateSync(descriptor, bytes.length)
    writeAll(fs, descriptor, bytes)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** null when there is no such file; anything else that keeps it from being read is an error, not an absence. */
export function readIfThere(fs: FileSystem, file: string): Buffer | null {
  try {
    return fs.readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

export function syncFolder(fs: FileSystem, folder: string): void {
  const descriptor = fs.openSync(folder, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

export function removeQuietly(fs: FileSystem, file: string): void {
  try {
    fs.rmSync(file, { force: true })
  } catch {
    // What went wrong before is what is reported.
  }
}

function writeExclusive(fs: FileSystem, file: string, bytes: Uint8Array): void {
  const descriptor = fs.openSync(file, 'wx', 0o600)
  try {
    writeAll(fs, descriptor, bytes)
    fs.fsyncSync(descriptor)
  } catch (error) {
    fs.closeSync(descriptor)
    removeQuietly(fs, file)
    throw error
  }
  fs.closeSync(descriptor)
}

function writeAll(fs: FileSystem, descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; )
    done += fs.writeSync(descriptor, bytes, done, bytes.length - done, done)
}

import { constants } from 'node:fs'
import type { FileSystem } from '../../context.ts'
import { nameOf } from '../name.ts'
import type { Skipped, Unit } from '../types.ts'
import { type FoundFile, unread } from './walk.ts'

/** Larger files stream. */
const WHOLE = 1 << 20
const ROOM = 4 * WHOLE
const CHUNK = 1 << 20

/** A folder's entry that turned into a link or a pipe since it was listed is not followed and does not block. */
const flagsFor = ({ follow }: FoundFile): number =>
  constants.O_RDONLY | constants.O_NONBLOCK | (follow === true ? 0 : constants.O_NOFOLLOW)

/**
 * Reads files into batches: small ones lie side by side in one buffer that is used again, a large one is the last
 * of its batch and streams. Reading is synchronous: it is what the time is spent on, and promises cost more.
 */
export async function* readFiles(
  fs: FileSystem,
  files: Iterable<FoundFile | Skipped>,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const arena = Buffer.allocUnsafe(ROOM)
  let used = 0
  let batch: (Unit | Skipped)[] = []
  for (const found of files) {
    if (signal.aborted) return
    if ('skipped' in found) {
      batch.push(found)
      continue
    }
    // One byte more than a file may have: whether it ended is seen by reading on.
    if (ROOM - used <= WHOLE) {
      yield batch
      batch = []
      used = 0
    }
    const read = readSmall(fs, found, arena.subarray(used, used + WHOLE + 1))
    if (read === 'large') {
      batch.push(unitOf(found, stream(fs, found)))
      yield batch
      batch = []
      used = 0
    } else if (typeof read === 'number') {
      batch.push(unitOf(found, arena.subarray(used, used + read)))
      used += read
    } else batch.push(read)
  }
  if (batch.length > 0) yield batch
}

function readSmall(fs: FileSystem, found: FoundFile, into: Buffer): number | 'large' | Skipped {
  let handle: number | null = null
  try {
    handle = fs.openSync(found.file, flagsFor(found))
    const stat = fs.fstatSync(handle)
    if (!stat.isFile()) return { skipped: nameOf(found.shown).text, reason: 'it is no longer a regular file' }
    if (stat.size > WHOLE) return 'large'
    let length = 0
    while (length < into.length) {
      const read = fs.readSync(handle, into, length, into.length - length, null)
      length += read
      // A second read is spared where the first gave what the file had when it was opened.
      if (read === 0 || (stat.size > 0 && length >= stat.size)) return Math.min(length, into.length)
    }
    return 'large'
  } catch (error) {
    return unread(found.shown, error)
  } finally {
    if (handle !== null) fs.closeSync(handle)
  }
}

/** What a file holds now, up to the size it has when it is opened: a log that grows has an end. */
async function* stream(fs: FileSystem, found: FoundFile): AsyncGenerator<Uint8Array> {
  const handle = fs.openSync(found.file, flagsFor(found))
  try {
    const size = fs.fstatSync(handle).size || Number.POSITIVE_INFINITY
    const buffer = Buffer.allocUnsafe(CHUNK)
    for (let at = 0; at < size; ) {
      const read = fs.readSync(handle, buffer, 0, Math.min(CHUNK, size - at), null)
      if (read === 0) return
      at += read
      yield buffer.subarray(0, read)
    }
  } finally {
    fs.closeSync(handle)
  }
}

function unitOf(found: FoundFile, bytes: Unit['bytes']): Unit {
  const name = nameOf(found.shown)
  return { name, bytes, origin: { kind: 'file', path: name, file: found.file }, encodings: [] }
}

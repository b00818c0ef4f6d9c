import * as fs from 'node:fs'
import { inflateSync } from 'node:zlib'
import { reasonOf } from '../../files/walk.ts'
import { nameFrom, nameOf } from '../../name.ts'
import type { Skipped, Unit } from '../../types.ts'
import { inflatedFrom } from '../pack/inflated.ts'
import { type LooseHead, longestLooseHead, parseLooseHead } from '../pack/loose-head.ts'
import { Damaged } from '../pack/types.ts'
import type { Leftover } from './packs.ts'
import { below } from '../repository.ts'

/** What unfolds to more streams. */
const wholeUpTo = 2 ** 20
/** A batch is handed out from so much on. */
const batchSize = 2 ** 20

/**
 * The loose objects of an object folder that are wanted; what is damaged is left to git, which may have the object
 * elsewhere. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
 */
export async function* looseUnits(
  folder: Buffer,
  idLength: number,
  isWanted: (id: string) => boolean,
  leftover: Leftover[],
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  let batch: (Unit | Skipped)[] = []
  let size = 0
  for (const found of looseFiles(folder, idLength)) {
    if ('skipped' in found) {
      batch.push(found)
      continue
    }
    if (!isWanted(found.id)) continue
    const unit = unitOf(found, leftover)
    if (unit === null) continue
    batch.push(unit)
    if ('skipped' in unit) continue
    size += unit.bytes instanceof Uint8Array ? unit.bytes.length : batchSize
    if (size < batchSize) continue
    yield batch
    batch = []
    size = 0
  }
  if (batch.length > 0) yield batch
}

export interface LooseFile {
  readonly id: string
  readonly file: Buffer
}

/** In the order of their ids. */
export function* looseFiles(folder: Buffer, idLength: number): Generator<LooseFile | Skipped> {
  const isRest = new RegExp(`^[0-9a-f]{${2 * idLength - 2}}$`)
  for (let first = 0; first < 256; first++) {
    const start = first.toString(16).padStart(2, '0')
    const place = below(folder, start)
    let names: string[]
    try {
      names = fs.readdirSync(place, 'latin1')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        yield { skipped: nameOf(place).text, reason: reasonOf(error) }
      continue
    }
    for (const rest of names) {
      if (isRest.test(rest)) yield { id: start + rest, file: below(place, rest) }
    }
  }
}

/** git reads such an object, and not what stands behind it. */
class Trailing extends Damaged {}

/** null: it was left. */
function unitOf({ id, file }: LooseFile, leftover: Leftover[]): Unit | Skipped | null {
  try {
    const bytes = readSmall(file)
    const { type, size, length } = parseLooseHead(bytes ?? headOf(file))
    const name = nameFrom(id)
    const origin = { kind: 'object', id, type } as const
    if (bytes === null || size > wholeUpTo) return { name, bytes: stream(file), origin, encodings: [] }
    if (bytes.length - length !== size) throw new Damaged('it is not as long as it says')
    return { name, bytes: bytes.subarray(length), origin, encodings: [] }
  } catch (error) {
    if (error instanceof Trailing) {
      leftover.push({ id, why: 'heavy', reason: '' })
      return { skipped: `object ${id}`, reason: `damaged: ${error.message}`, hint: 'try: git fsck' }
    }
    leftover.push({ id, why: 'damaged', reason: error instanceof Damaged ? error.message : reasonOf(error) })
    return null
  }
}

/** Inflated; null: it is larger than what is read at once. */
function readSmall(file: Buffer): Buffer | null {
  const fd = openFile(file)
  try {
    if (fs.fstatSync(fd).size > wholeUpTo) return null
    const packed = fs.readFileSync(fd)
    // With `info` it says how much of it was needed: git refuses an object with more behind it.
    const inflated = inflateSync(packed, { maxOutputLength: wholeUpTo + longestLooseHead, info: true })
    const { buffer, engine } = inflated as unknown as { buffer: Buffer; engine: { bytesWritten: number } }
    if (engine.bytesWritten !== packed.length) throw new Trailing('something stands behind its end')
    return buffer
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null
    throw error
  } finally {
    fs.closeSync(fd)
  }
}

/** The first bytes, inflated. */
function headOf(file: Buffer): Buffer {
  const fd = openFile(file)
  try {
    const bytes = Buffer.alloc(256)
    const count = fs.readSync(fd, bytes, 0, bytes.length, 0)
    return inflateSync(bytes.subarray(0, count), { finishFlush: 2 })
  } finally {
    fs.closeSync(fd)
  }
}

async function* stream(file: Buffer): AsyncGenerator<Uint8Array> {
  const fd = openFile(file)
  try {
    let head: LooseHead | null = null
    let given = 0
    for await (const piece of inflatedFrom(fd, 0, Number.POSITIVE_INFINITY)) {
      const from = head === null ? parseLooseHead(piece).length : 0
      head ??= parseLooseHead(piece)
      given += piece.length - from
      yield piece.subarray(from)
    }
    if (given !== head?.size) throw new Damaged('it is not as long as it says')
  } finally {
    fs.closeSync(fd)
  }
}

/** A pipe in the place of an object must not block. */
function openFile(file: Buffer): number {
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
  if (fs.fstatSync(fd).isFile()) return fd
  fs.closeSync(fd)
  throw new Damaged('it is no regular file')
}

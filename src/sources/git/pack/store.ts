import { inflateSync } from 'node:zlib'
import { applyDelta, type DeltaHead, readDeltaHead } from './delta.ts'
import { type Entry, longestHead, readEntry } from './entry.ts'
import { createInflater, type Inflate, slack } from './inflate.ts'
import { type Lookup, openLookup } from './lookup.ts'
import { parseLooseHead } from './loose-head.ts'
import { openFile, type PackFiles } from './open.ts'
import { Damaged, OFS_DELTA, REF_DELTA, type StoredObject, typeOf } from './types.ts'
import type { FileSystem } from '../../../context.ts'

/** Objects by id, for a few of them: from loose files and packs. Holds files open until it is closed. */
export interface ObjectStore {
  /** null: it is not here. Throws `Damaged`, also for what is larger than `limit` bytes. */
  read(id: string, limit: number): StoredObject | null
  close(): void
}

export type StoreFiles = PackFiles & Pick<FileSystem, 'readdirSync' | 'existsSync'>

/** Deltas of deltas: git makes at most 4,095. */
const longestChain = 10_000

interface OpenPack {
  readonly lookup: Lookup
  readonly fd: number
  readonly size: number
}

/** `folders`: the object folders of the repository, those that it borrows from included. */
export function openStore(fs: StoreFiles, folders: readonly Buffer[], idLength: number): ObjectStore {
  let packs: OpenPack[] | null = null
  let inflate: Inflate | null = null
  return { read, close }

  function read(id: string, limit: number): StoredObject | null {
    for (const folder of folders) {
      const bytes = looseFile(folder, id, limit)
      if (bytes !== null) return parseLoose(bytes, limit)
    }
    packs ??= folders.flatMap(openPacks)
    const raw = Buffer.from(id, 'hex')
    for (const pack of packs) {
      const offset = pack.lookup.offsetOf(raw)
      if (offset !== -1) return readPacked(pack, offset, limit)
    }
    return null
  }

  function close(): void {
    for (const { lookup, fd } of packs ?? []) {
      lookup.close()
      fs.closeSync(fd)
    }
    packs = []
  }

  function looseFile(folder: Buffer, id: string, limit: number): Buffer | null {
    const file = join(folder, `${id.slice(0, 2)}/${id.slice(2)}`)
    // What is packed is asked for here first: an error would take as long as reading it.
    if (!fs.existsSync(file)) return null
    try {
      const fd = openFile(fs, file)
      try {
        // What zlib makes of what it cannot compress is hardly longer.
        checkSize(fs.fstatSync(fd).size, limit + (limit >> 9) + 64)
        return fs.readFileSync(fd)
      } finally {
        fs.closeSync(fd)
      }
    } catch (error) {
      if (isAbsent(error)) return null
      throw error
    }
  }

  function openPacks(folder: Buffer): OpenPack[] {
    let names: Buffer[]
    try {
      names = fs.readdirSync(join(folder, 'pack'), { encoding: 'buffer' })
    } catch (error) {
      if (isAbsent(error)) return []
      throw error
    }
    const indexes = names.filter((name) => name.toString('latin1').endsWith('.idx'))
    return indexes.flatMap((name) => openPackOf(join(folder, 'pack', name.subarray(0, -4))))
  }

  /** One that cannot be opened has no objects here: what is in it is not found. */
  function openPackOf(name: Buffer): OpenPack[] {
    let fd: number | null = null
    try {
      fd = openFile(fs, Buffer.concat([name, Buffer.from('.pack')]))
      const lookup = openLookup(fs, Buffer.concat([name, Buffer.from('.idx')]), idLength)
      return [{ lookup, fd, size: fs.fstatSync(fd).size }]
    } catch {
      if (fd !== null) fs.closeSync(fd)
      return []
    }
  }

  /** The deltas are read down to what is whole, then carried out upwards. */
  function readPacked(pack: OpenPack, from: number, limit: number): StoredObject {
    const deltas: Buffer[] = []
    for (let offset = from; ; ) {
      const { entry, bytes } = readEntryAt(pack, offset, limit)
      const type = typeOf(entry.type)
      if (type !== undefined) return { type, bytes: carryOut(deltas, bytes, limit) }
      deltas.push(bytes)
      if (deltas.length > longestChain) throw new Damaged('its delta has no end')
      offset = entry.type === OFS_DELTA ? offset - entry.distance : baseOffset(pack, entry)
      if (offset < 12) throw new Damaged('the base of its delta is not in the pack')
    }
  }

  function baseOffset({ lookup }: OpenPack, entry: Entry & { base: Buffer | null }): number {
    if (entry.base === null) throw new Damaged(`its type ${entry.type} is not known`)
    return lookup.offsetOf(entry.base)
  }

  function readEntryAt(pack: OpenPack, offset: number, limit: number) {
    const head = readFrom(pack, offset, longestHead)
    const entry = { type: 0, size: 0, distance: 0, baseId: -1, data: 0, base: null as Buffer | null }
    readEntry(head, 0, idLength, entry)
    if (entry.type === REF_DELTA) entry.base = head.subarray(entry.baseId, entry.baseId + idLength)
    checkSize(entry.size, limit)
    // What zlib makes of what it cannot compress is hardly longer.
    const packed = readFrom(pack, offset + entry.data, entry.size + (entry.size >> 9) + 64)
    const bytes = Buffer.allocUnsafe(entry.size + slack)
    inflate ??= createInflater()
    inflate(packed, 0, packed.length, bytes, 0, entry.size)
    return { entry, bytes: bytes.subarray(0, entry.size) }
  }

  function readFrom({ fd, size }: OpenPack, from: number, length: number): Buffer {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - from)))
    for (let filled = 0; filled < bytes.length; ) {
      const count = fs.readSync(fd, bytes, filled, bytes.length - filled, from + filled)
      if (count === 0) throw new Damaged('the pack ends too early')
      filled += count
    }
    return bytes
  }
}

function carryOut(deltas: Buffer[], whole: Buffer, limit: number): Buffer {
  const head: DeltaHead = { baseSize: 0, resultSize: 0, next: 0 }
  let bytes = whole
  for (let delta = deltas.pop(); delta !== undefined; delta = deltas.pop()) {
    readDeltaHead(delta, 0, head)
    if (head.baseSize !== bytes.length) throw new Damaged('its delta is of something else')
    checkSize(head.resultSize, limit)
    const memory = Buffer.concat([bytes], bytes.length + head.resultSize)
    const base = { at: 0, size: bytes.length }
    const result = { at: bytes.length, size: head.resultSize }
    applyDelta(delta, head.next, delta.length, memory, base, result, null)
    bytes = memory.subarray(result.at)
  }
  return bytes
}

function parseLoose(file: Buffer, limit: number): StoredObject {
  let bytes: Buffer
  try {
    bytes = inflateSync(file, { maxOutputLength: limit + 64 })
  } catch (error) {
    throw new Damaged(error instanceof Error ? error.message : String(error), { cause: error })
  }
  const { type, size, length } = parseLooseHead(bytes)
  if (bytes.length - length !== size) throw new Damaged('it is not as long as it says')
  return { type, bytes: bytes.subarray(length) }
}

function checkSize(size: number, limit: number): void {
  if (size > limit) throw new Damaged(`it is larger than ${limit} bytes`)
}

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ENOTDIR'
}

function join(folder: Buffer, ...names: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat([folder, ...names.flatMap((name) => [Buffer.from('/'), Buffer.from(name)])])
}

import { applyDelta, type DeltaHead, readDeltaHead } from './delta.ts'
import { type Entry, longestHead, readEntry } from './entry.ts'
import { createInflater, slack } from './inflate.ts'
import { openFile, readPackIndex } from './open.ts'
import type { PackIndex } from './pack-index.ts'
import { openPages, type Pages } from './pages.ts'
import { recent } from './recent.ts'
import { openStore, type StoreFiles } from './store.ts'
import { Damaged, OFS_DELTA, REF_DELTA, type StoredObject, typeOf } from './types.ts'

/** Bytes must not be written to. */
export interface BulkStore {
  /** null: it is not here, or it cannot be read. */
  tryRead(id: string, limit: number): StoredObject | null
  /** Of the id that begins in `bytes` at `at`. */
  tryReadAt(bytes: Buffer, at: number, limit: number): StoredObject | null
  close(): void
}

interface BulkPack {
  readonly fd: number
  readonly index: PackIndex
  readonly pages: Pages
  /** By offset. */
  readonly known: ReturnType<typeof recent<number, StoredObject>>
}

/** Of all packs together. What was read last: a delta finds its base there, and a tree the version before it. */
const roomForObjects = 12 * 2 ** 20
const roomForPages = 4 * 2 ** 20
/** Deltas of deltas: git makes at most 4,095. */
const longestChain = 10_000

/**
 * Objects by id, for very many of them: the indexes of `packs` (names without `.pack`) stay in memory, and so does what was
 * read last. What lies in no pack that can be read is looked for in loose files.
 */
export function openBulk(
  fs: StoreFiles,
  folders: readonly Buffer[],
  packs: readonly Buffer[],
  idLength: number,
): BulkStore {
  const open = packs.flatMap((name) => openPackOf(name))
  const others = openStore(fs, folders, idLength)
  const inflate = createInflater()
  const raw = Buffer.alloc(idLength)
  const entry: Entry = { type: 0, size: 0, distance: 0, baseId: -1, data: 0 }
  const head: DeltaHead = { baseSize: 0, resultSize: 0, next: 0 }
  let memory = Buffer.allocUnsafeSlow(2 ** 16)
  return { tryRead, tryReadAt, close }

  function tryRead(id: string, limit: number): StoredObject | null {
    raw.write(id, 'hex')
    return tryReadAt(raw, 0, limit)
  }

  function tryReadAt(bytes: Buffer, at: number, limit: number): StoredObject | null {
    try {
      for (const pack of open) {
        const found = pack.index.find(bytes, at)
        if (found !== -1) return readPacked(pack, pack.index.offsetAt(found), limit)
      }
      return others.read(bytes.toString('hex', at, at + idLength), limit)
    } catch (error) {
      if (error instanceof Damaged || (error instanceof Error && 'code' in error)) return null
      throw error
    }
  }

  function close(): void {
    for (const { fd } of open.splice(0)) fs.closeSync(fd)
    others.close()
  }

  /** One that cannot be opened has no objects here. */
  function openPackOf(name: Buffer): BulkPack[] {
    let fd: number | null = null
    try {
      const index = readPackIndex(fs, name, idLength)
      fd = openFile(fs, Buffer.concat([name, Buffer.from('.pack')]))
      const pages = openPages(fs, fd, fs.fstatSync(fd).size - idLength, roomForPages / packs.length)
      return [{ fd, index, pages, known: recent(roomForObjects / packs.length) }]
    } catch {
      if (fd !== null) fs.closeSync(fd)
      return []
    }
  }

  /** Down to what is whole or known, then the deltas upwards. */
  function readPacked(pack: BulkPack, from: number, limit: number): StoredObject {
    const deltas: { offset: number; bytes: Buffer }[] = []
    for (let offset = from; ; ) {
      const known = pack.known.get(offset)
      if (known !== undefined) return carryOut(pack, deltas, known, limit)
      const bytes = inflated(pack, offset, limit)
      const type = typeOf(entry.type)
      if (type !== undefined) return carryOut(pack, deltas, keep(pack, offset, { type, bytes }), limit)
      deltas.push({ offset, bytes })
      if (deltas.length > longestChain) throw new Damaged('its delta has no end')
      offset = baseOf(pack, offset)
      if (offset < 12) throw new Damaged('the base of its delta is not in the pack')
    }
  }

  function inflated({ pages }: BulkPack, offset: number, limit: number): Buffer {
    pages.seek(offset, longestHead)
    readEntry(pages.place.bytes, pages.place.at, idLength, entry)
    if (entry.size > limit) throw new Damaged(`it is larger than ${limit} bytes`)
    if (entry.type === REF_DELTA) pages.place.bytes.copy(raw, 0, entry.baseId, entry.baseId + idLength)
    const bytes = Buffer.allocUnsafe(entry.size + slack)
    // What zlib makes of what it cannot compress is hardly longer.
    pages.seek(offset + entry.data - pages.place.at, entry.size + (entry.size >> 9) + 64)
    const { bytes: packed, at, end } = pages.place
    inflate(packed, at, end, bytes, 0, entry.size)
    return bytes.subarray(0, entry.size)
  }

  function baseOf({ index }: BulkPack, offset: number): number {
    if (entry.type === OFS_DELTA) return offset - entry.distance
    if (entry.type !== REF_DELTA) throw new Damaged(`its type ${entry.type} is not known`)
    const found = index.find(raw, 0)
    return found === -1 ? -1 : index.offsetAt(found)
  }

  function carryOut(
    pack: BulkPack,
    deltas: { offset: number; bytes: Buffer }[],
    whole: StoredObject,
    limit: number,
  ): StoredObject {
    let object = whole
    for (let delta = deltas.pop(); delta !== undefined; delta = deltas.pop()) {
      const { type, bytes } = object
      object = keep(pack, delta.offset, { type, bytes: changed(bytes, delta.bytes, limit) })
    }
    if (object.bytes.length > limit) throw new Damaged(`it is larger than ${limit} bytes`)
    return object
  }

  function changed(base: Buffer, delta: Buffer, limit: number): Buffer {
    readDeltaHead(delta, 0, head)
    const { baseSize, resultSize: size, next } = head
    if (baseSize !== base.length) throw new Damaged('its delta is of something else')
    if (size > limit) throw new Damaged(`it is larger than ${limit} bytes`)
    if (memory.length < baseSize + size) memory = Buffer.allocUnsafeSlow(2 * (baseSize + size))
    memory.set(base, 0)
    applyDelta(delta, next, delta.length, memory, { at: 0, size: baseSize }, { at: baseSize, size }, null)
    return Buffer.from(memory.subarray(baseSize, baseSize + size))
  }

  function keep({ known }: BulkPack, offset: number, object: StoredObject): StoredObject {
    known.add(offset, object, object.bytes.length)
    return object
  }
}

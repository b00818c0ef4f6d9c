import { Damaged, Unknown } from './types.ts'

/** The index of a pack, all of it in memory: what is where. Entries are numbered in the order of their ids. */
export interface PackIndex {
  readonly count: number
  /** Bytes of an id. */
  readonly idLength: number
  idAt(entry: number): string
  /** Its bytes into `to`. */
  copyId(entry: number, to: Buffer): void
  /** Bytes from the pack's start. */
  offsetAt(entry: number): number
  /** Of the entry's bytes in the pack; null: version 1 has none. */
  crcAt(entry: number): number | null
  /** Its id is also that of the entry before: a pack may hold an object twice. */
  isRepeated(entry: number): boolean
  /** -1: it is not in the pack. */
  find(bytes: Uint8Array, at: number): number
  /** What the pack ends in. */
  readonly packChecksum: Buffer
}

const magic = 0xff744f63
const fanout = 256 * 4

/** https://git-scm.com/docs/gitformat-pack (pack-*.idx, versions 1 and 2); throws `Damaged`. */
export function parsePackIndex(file: Buffer, idLength: number): PackIndex {
  const isSecond = file.length >= 8 && file.readUInt32BE(0) === magic
  if (isSecond && file.readUInt32BE(4) !== 2)
    throw new Unknown(`its index is of version ${file.readUInt32BE(4)}, which is not known`)
  const table = isSecond ? 8 : 0
  if (file.length < table + fanout + 2 * idLength) throw new Damaged('its index is too short')
  const count = file.readUInt32BE(table + fanout - 4)
  checkFanout(file, table)
  const shape = isSecond ? secondVersion(file, count, idLength) : firstVersion(file, count, idLength)
  const { ids, stride, offsetAt, crcAt } = shape
  return {
    count,
    idLength,
    packChecksum: file.subarray(file.length - 2 * idLength, file.length - idLength),
    idAt: (entry) => file.toString('hex', ids + entry * stride, ids + entry * stride + idLength),
    copyId: (entry, to) => void file.copy(to, 0, ids + entry * stride, ids + entry * stride + idLength),
    offsetAt,
    crcAt,
    isRepeated,
    find,
  }

  function isRepeated(entry: number): boolean {
    const at = ids + entry * stride
    return entry > 0 && compareIds(file, at - stride, file, at, idLength) === 0
  }

  function find(bytes: Uint8Array, at: number): number {
    const first = bytes[at] as number
    let low = first === 0 ? 0 : file.readUInt32BE(table + 4 * (first - 1))
    let high = file.readUInt32BE(table + 4 * first)
    while (low < high) {
      const middle = (low + high) >> 1
      const order = compareIds(file, ids + middle * stride, bytes, at, idLength)
      if (order === 0) return middle
      if (order < 0) low = middle + 1
      else high = middle
    }
    return -1
  }
}

interface Shape {
  /** Offset of the first id, and how far it is to the next. */
  readonly ids: number
  readonly stride: number
  readonly offsetAt: (entry: number) => number
  readonly crcAt: (entry: number) => number | null
}

function firstVersion(file: Buffer, count: number, idLength: number): Shape {
  const stride = 4 + idLength
  if (file.length !== fanout + count * stride + 2 * idLength)
    throw new Damaged('its index is not as long as it says')
  return {
    ids: fanout + 4,
    stride,
    offsetAt: (entry) => file.readUInt32BE(fanout + entry * stride),
    crcAt: () => null,
  }
}

function secondVersion(file: Buffer, count: number, idLength: number): Shape {
  const ids = 8 + fanout
  const checksums = ids + count * idLength
  const offsets = checksums + count * 4
  const large = offsets + count * 4
  const end = file.length - 2 * idLength
  if (large > end || (end - large) % 8 !== 0) throw new Damaged('its index is not as long as it says')
  return { ids, stride: idLength, offsetAt, crcAt: (entry) => file.readUInt32BE(checksums + 4 * entry) }

  function offsetAt(entry: number): number {
    const offset = file.readUInt32BE(offsets + 4 * entry)
    if (offset < 2 ** 31) return offset
    const place = large + 8 * (offset - 2 ** 31)
    if (place + 8 > end) throw new Damaged('its index leads outside of itself')
    return Number(file.readBigUInt64BE(place))
  }
}

function checkFanout(file: Buffer, table: number): void {
  for (let at = table + 4; at < table + fanout; at += 4) {
    if (file.readUInt32BE(at) < file.readUInt32BE(at - 4)) throw new Damaged('its index is out of order')
  }
}

function compareIds(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number, length: number): number {
  for (let i = 0; i < length; i++) {
    const difference = (a[aAt + i] as number) - (b[bAt + i] as number)
    if (difference !== 0) return difference
  }
  return 0
}

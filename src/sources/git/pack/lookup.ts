import { openFile, type PackFiles } from './open.ts'
import { Damaged } from './types.ts'

/** Looks up single ids in a pack's index without reading all of it. */
export interface Lookup {
  /** Bytes from the pack's start; -1: it is not there. Throws `Damaged`. */
  offsetOf(id: Buffer): number
  close(): void
}

const magic = 0xff744f63
const fanout = 8 + 256 * 4

/** Of version 2 only; others throw `Damaged`. https://git-scm.com/docs/gitformat-pack */
export function openLookup(fs: PackFiles, file: Buffer, idLength: number): Lookup {
  const fd = openFile(fs, file)
  try {
    const head = read(0, fanout)
    if (head.readUInt32BE(0) !== magic || head.readUInt32BE(4) !== 2)
      throw new Damaged('its index is not known')
    const count = head.readUInt32BE(fanout - 4)
    return { offsetOf: (id) => offsetOf(head, count, id), close: () => fs.closeSync(fd) }
  } catch (error) {
    fs.closeSync(fd)
    throw error
  }

  function offsetOf(head: Buffer, count: number, id: Buffer): number {
    const first = id[0] as number
    const low = first === 0 ? 0 : head.readUInt32BE(8 + 4 * (first - 1))
    const high = head.readUInt32BE(8 + 4 * first)
    if (low > high || high > count) throw new Damaged('its index is out of order')
    const entry = findIn(read(fanout + low * idLength, (high - low) * idLength), id)
    if (entry === -1) return -1
    const offsets = fanout + count * (idLength + 4)
    const offset = read(offsets + 4 * (low + entry), 4).readUInt32BE(0)
    if (offset < 2 ** 31) return offset
    return Number(read(offsets + 4 * count + 8 * (offset - 2 ** 31), 8).readBigUInt64BE(0))
  }

  function findIn(ids: Buffer, id: Buffer): number {
    let low = 0
    let high = ids.length / idLength
    while (low < high) {
      const middle = (low + high) >> 1
      const order = ids.compare(id, 0, idLength, middle * idLength, (middle + 1) * idLength)
      if (order === 0) return middle
      if (order < 0) low = middle + 1
      else high = middle
    }
    return -1
  }

  function read(from: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length)
    let filled = 0
    while (filled < length) {
      const count = fs.readSync(fd, bytes, filled, length - filled, from + filled)
      if (count === 0) throw new Damaged('its index is too short')
      filled += count
    }
    return bytes
  }
}

import { constants } from 'node:fs'
import type { FileSystem } from '../../../context.ts'
import { readDeltaTrees } from './delta-trees.ts'
import type { Inflate } from './inflate.ts'
import { type PackIndex, parsePackIndex } from './pack-index.ts'
import { Damaged, Unknown } from './types.ts'
import type { Pack } from './unpack.ts'
import { openWindow, type PackWindow } from './window.ts'

export type PackFiles = Pick<FileSystem, 'openSync' | 'readSync' | 'fstatSync' | 'closeSync' | 'readFileSync'>

/** Larger indexes are not held in memory. */
const largestIndex = 128 * 2 ** 20

/** Of the pack, as its index says; `name` without `.pack`. In hex. */
export function readPackChecksum(fs: PackFiles, name: Buffer, idLength: number): string {
  const fd = openFile(fs, Buffer.concat([name, Buffer.from('.idx')]))
  try {
    const bytes = Buffer.alloc(idLength)
    const at = fs.fstatSync(fd).size - 2 * idLength
    if (at < 0 || fs.readSync(fd, bytes, 0, idLength, at) < idLength)
      throw new Damaged('its index is too short')
    return bytes.toString('hex')
  } finally {
    fs.closeSync(fd)
  }
}

/** `name` without `.pack`; throws `Damaged`, or what the file system says. */
export function readPackIndex(fs: PackFiles, name: Buffer, idLength: number): PackIndex {
  const file = Buffer.concat([name, Buffer.from('.idx')])
  const fd = openFile(fs, file)
  try {
    if (fs.fstatSync(fd).size > largestIndex) throw new Unknown('its index is too large')
    return parsePackIndex(fs.readFileSync(fd), idLength)
  } finally {
    fs.closeSync(fd)
  }
}

export interface OpenPack extends Pack {
  readonly fd: number
  /** It is not whole, but what is there can be read. */
  readonly flaw: string | null
}

/** Opens a pack whose index is known and looks at the head of each entry. The window is to be closed. */
export function openPack(fs: PackFiles, name: Buffer, index: PackIndex, inflate: Inflate): OpenPack {
  const fd = openFile(fs, Buffer.concat([name, Buffer.from('.pack')]))
  const window = openWindow(fs, fd)
  try {
    const end = fs.fstatSync(fd).size - index.idLength
    const flaw = flawOf(window, index, end)
    return { fd, flaw, index, window, inflate, trees: readDeltaTrees(index, window, end) }
  } catch (error) {
    window.close()
    throw error
  }
}

/** https://git-scm.com/docs/gitformat-pack: `PACK`, a version, how many objects; at the end the pack's checksum. */
function flawOf(window: PackWindow, { count, idLength, packChecksum }: PackIndex, end: number) {
  if (end < 12) throw new Damaged('it is too short')
  const { bytes } = window
  const head = window.at(0, 12)
  if (bytes.toString('latin1', head, head + 4) !== 'PACK') throw new Damaged('it is no pack')
  const version = bytes.readUInt32BE(head + 4)
  if (version !== 2 && version !== 3) throw new Damaged(`it is of version ${version}, which is not known`)
  if (bytes.readUInt32BE(head + 8) !== count) throw new Damaged('its index is of another pack')
  const tail = window.at(end, end + idLength)
  const isWhole = packChecksum.equals(bytes.subarray(tail, tail + idLength))
  return isWhole ? null : 'it has been cut off, or its index is of another pack'
}

/** A pipe in the place of a pack must not block. */
export function openFile(fs: PackFiles, file: Buffer): number {
  const fd = fs.openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  if (fs.fstatSync(fd).isFile()) return fd
  fs.closeSync(fd)
  throw new Damaged('it is no regular file')
}

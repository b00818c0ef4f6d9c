import { constants } from 'node:fs'
import { inflateSync } from 'node:zlib'
import type { FileSystem } from '../../../context.ts'

export function isReftable(shown: string): boolean {
  return /(?:^|\/)reftable\/[^/]+\.ref$/.test(shown)
}

const headOfBlock = 4
const logBlock = 0x67
/** Lengths of the head and the foot of a file, by its version. */
const lengths: Readonly<Record<number, readonly [number, number]>> = { 1: [24, 68], 2: [28, 72] }

/**
 * Reflogs of a table of refs: the only blocks that are packed. Each holds records with names, addresses and messages
 * in plain text. Throws what the file system or zlib says. https://git-scm.com/docs/reftable
 */
export function* reftableLogs(
  fs: Pick<FileSystem, 'openSync' | 'readSync' | 'fstatSync' | 'closeSync'>,
  file: Buffer,
): Generator<Buffer> {
  const fd = fs.openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const { size } = fs.fstatSync(fd)
    const read = (from: number, length: number): Buffer => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - from)))
      return bytes.subarray(0, fs.readSync(fd, bytes, 0, bytes.length, from))
    }
    const version = read(0, 5)[4] ?? 0
    const [head, foot] = lengths[version] ?? []
    if (head === undefined || foot === undefined || size < head + foot)
      throw new RangeError(`a table of refs of version ${version} is not known, or it is cut off`)
    const logs = Number(read(size - foot + head + 24, 8).readBigUInt64BE())
    // A file of nothing but logs: the first block begins with the head of the file.
    const only = logs === 0 && read(head, 1)[0] === logBlock
    if (logs === 0 && !only) return
    for (let at = only ? head : logs; at < size - foot; ) {
      const block = read(at, headOfBlock)
      if (block[0] !== logBlock) return
      const length = block.readUIntBE(1, 3)
      // What zlib makes of what it cannot pack is hardly longer.
      const packed = read(at + headOfBlock, length + (length >> 8) + 64)
      const { buffer, engine } = inflateSync(packed, { info: true, maxOutputLength: length }) as unknown as {
        buffer: Buffer
        engine: { bytesWritten: number }
      }
      yield buffer
      at += headOfBlock + engine.bytesWritten
    }
  } finally {
    fs.closeSync(fd)
  }
}

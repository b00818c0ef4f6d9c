import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/**
 * All of a file that must be a regular one and have at most `most` bytes. Where somebody put a pipe or a device it is
 * not waited for. Throws what the file system says, or what is wrong with the file.
 */
export function readRegular(file: Buffer | string, most: number): Buffer {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(fd)
    if (stat.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' })
    if (!stat.isFile()) throw new Error('it is no regular file')
    if (stat.size > most) throw new Error(`it is larger than ${most} bytes`)
    const bytes = Buffer.allocUnsafe(stat.size)
    let filled = 0
    for (let count = 1; count > 0 && filled < bytes.length; filled += count)
      count = readSync(fd, bytes, filled, bytes.length - filled, null)
    return bytes.subarray(0, filled)
  } finally {
    closeSync(fd)
  }
}

/** Bytes: of what is written in lines. */
export const longestText = 64 * 2 ** 20
/** Bytes: of ten million entries. */
export const largestIndex = 2 ** 30

import type { FileSystem } from '../../../context.ts'
import { Damaged } from './types.ts'

/** A file read here and there: the pages that were read last stay in memory. */
export interface Pages {
  /** `bytes` holds the file's bytes from `from` on at `at`, as many as were asked for or are left of the file. */
  readonly place: { bytes: Buffer; at: number; end: number }
  /** Fills `place`, which is valid until it is filled again. Throws `Damaged`. */
  seek(from: number, length: number): void
}

const page = 2 ** 16

/** `end`: bytes of the file. `room`: bytes that may stay in memory. */
export function openPages(fs: Pick<FileSystem, 'readSync'>, fd: number, end: number, room: number): Pages {
  const pages = new Map<number, Buffer>()
  const place: Pages['place'] = { bytes: Buffer.alloc(0), at: 0, end: 0 }
  return { place, seek }

  function seek(from: number, length: number): void {
    const number = Math.floor(from / page)
    const to = Math.min(end, from + length)
    if (from >= to) throw new Damaged('the pack ends too early')
    const isWithin = to <= (number + 1) * page
    place.bytes = isWithin ? pageAt(number) : readInto(Buffer.allocUnsafeSlow(to - from), from, to - from)
    place.at = isWithin ? from - number * page : 0
    place.end = place.at + (to - from)
  }

  function pageAt(number: number): Buffer {
    const known = pages.get(number)
    if (known !== undefined) return known
    const bytes = readInto(spare(), number * page, Math.min(page, end - number * page))
    pages.set(number, bytes)
    return bytes
  }

  /** The page that was read first is used again. */
  function spare(): Buffer {
    const [first] = pages
    if ((pages.size + 1) * page <= room || first === undefined) return Buffer.allocUnsafeSlow(page)
    pages.delete(first[0])
    return first[1]
  }

  function readInto(bytes: Buffer, from: number, length: number): Buffer {
    for (let filled = 0; filled < length; ) {
      const count = fs.readSync(fd, bytes, filled, length - filled, from + filled)
      if (count === 0) throw new Damaged('the pack ends too early')
      filled += count
    }
    return bytes
  }
}

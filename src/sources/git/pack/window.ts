import type { FileSystem } from '../../../context.ts'
import { Damaged } from './types.ts'

/** A part of a file in memory, which moves along. */
export interface PackWindow {
  readonly bytes: Buffer
  /** No more than this can be asked for at once. */
  readonly room: number
  /** Where in `bytes` the file's bytes `from` to `to` are, until it is asked again; throws `Damaged` when the file ends before. */
  at(from: number, to: number): number
  close(): void
}

const room = 2 ** 20
/** Read ahead of what was asked for. */
const ahead = 2 ** 15

/** `fd` is closed with it. */
export function openWindow(fs: Pick<FileSystem, 'readSync' | 'closeSync'>, fd: number): PackWindow {
  const bytes = Buffer.allocUnsafe(room)
  let base = 0
  let filled = 0
  return { bytes, room, at, close: () => fs.closeSync(fd) }

  function at(from: number, to: number): number {
    if (from >= base && to <= base + filled) return from - base
    const wanted = Math.max(to - from, Math.min(room, from >= base && from <= base + filled ? room : ahead))
    base = from
    filled = 0
    while (filled < wanted) {
      const count = fs.readSync(fd, bytes, filled, wanted - filled, base + filled)
      if (count === 0) break
      filled += count
    }
    if (to > base + filled) throw new Damaged('the pack ends too early')
    return 0
  }
}

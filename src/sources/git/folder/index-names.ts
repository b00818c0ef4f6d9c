/** A path at which the index has a commit instead of a file. */
export interface Gitlink {
  readonly path: Buffer
  readonly commit: string
}

/** Makes the next part of an index readable; throws `NoIndex` where it is none. */
export type IndexReader = (part: Buffer) => Buffer

export class NoIndex extends Error {}

/** Bytes before an entry's id: times, device, mode, owner, size. */
const beforeId = 40
const modeAt = 24
const gitlinkMode = 0o160000
const EXTENDED = 0x4000
const longestName = 65_536
/** Of what a name shares with the one before it, at most this much is given again. */
const repeated = 512
const slash = 0x2f
const newline = Buffer.from('\n')

interface Entry {
  readonly name: Buffer
  readonly next: number
}

/** `DIRC`; its file may have any name: `index`, `index.lock`, `sharedindex.<id>`… */
export function looksLikeIndex(bytes: Uint8Array): boolean {
  return bytes.length > 4 && Buffer.from(bytes.buffer, bytes.byteOffset, 4).toString('latin1') === 'DIRC'
}

/**
 * The names in an index as lines, then its extensions as they are. Not as it is: before a name stand its length and
 * flags, which may be letters, and version 4 leaves out what a name shares with the one before. What lies in a folder
 * does not give the folder's name again. https://git-scm.com/docs/index-format
 */
export function indexReader(idLength: number, found: (link: Gitlink) => void): IndexReader {
  let rest: Buffer = Buffer.alloc(0)
  let version = 0
  let left = -1
  let last: Buffer = Buffer.alloc(0)
  return (part) => {
    if (left === 0) return part
    const bytes = rest.length === 0 ? part : Buffer.concat([rest, part])
    const lines: Buffer[] = []
    let at = left === -1 ? readHead(bytes) : 0
    for (; left > 0; left -= 1) {
      const entry = readEntry(bytes, at)
      if (entry === null) break
      lines.push(entry.name.subarray(newFrom(last, entry.name)), newline)
      if (bytes.readUInt32BE(at + modeAt) === gitlinkMode)
        found({
          path: Buffer.from(entry.name),
          commit: bytes.toString('hex', at + beforeId, at + beforeId + idLength),
        })
      last = entry.name
      at = entry.next
    }
    last = Buffer.from(last)
    rest = left === 0 ? Buffer.alloc(0) : Buffer.from(bytes.subarray(at))
    return Buffer.concat(left === 0 ? [...lines, bytes.subarray(at)] : lines)
  }

  function readHead(bytes: Buffer): number {
    if (bytes.length < 12) throw new NoIndex('it is too short')
    version = bytes.readUInt32BE(4)
    if (version < 2 || version > 4) throw new NoIndex(`its version ${version} is not known`)
    left = bytes.readUInt32BE(8)
    return 12
  }

  /** null: it is not whole yet. */
  function readEntry(bytes: Buffer, at: number): Entry | null {
    const flags = at + beforeId + idLength
    if (flags + 4 > bytes.length) return null
    const start = flags + ((bytes.readUInt16BE(flags) & EXTENDED) === 0 ? 2 : 4)
    const entry =
      version === 4
        ? readPacked(bytes, start, last)
        : readPlain(bytes, at, start, bytes.readUInt16BE(flags) & 0xfff)
    if (entry === null && bytes.length - start > longestName) throw new NoIndex('a name in it has no end')
    return entry
  }
}

/** Its length has twelve bits; longer ones are said to be 4095. It ends in one to eight NULs, at a multiple of eight. */
function readPlain(bytes: Buffer, at: number, start: number, length: number): Entry | null {
  const end = length === 0xfff ? bytes.indexOf(0, start + length) : start + length
  if (end === -1 || end >= bytes.length) return null
  if (bytes[end] !== 0) throw new NoIndex('a name in it is longer than it says')
  const next = at + ((end - at) & ~7) + 8
  return next > bytes.length ? null : { name: bytes.subarray(start, end), next }
}

/** How many bytes to take off the end of the name before, and what comes instead. */
function readPacked(bytes: Buffer, start: number, last: Buffer): Entry | null {
  let at = start
  let off = 0
  for (let byte = 128; (byte & 128) !== 0; at += 1) {
    if (at >= bytes.length) return null
    byte = bytes[at] ?? 0
    // As distances in packs: each further byte counts from one on.
    off = (at === start ? 0 : (off + 1) * 128) + (byte & 127)
  }
  if (off > last.length) throw new NoIndex('a name in it is shorter than nothing')
  const end = bytes.indexOf(0, at)
  if (end === -1) return null
  const name = Buffer.concat([last.subarray(0, last.length - off), bytes.subarray(at, end)])
  if (name.length > longestName) throw new NoIndex('a name in it is too long')
  return { name, next: end + 1 }
}

/** Where the part of a path begins that differs from the one before. */
function newFrom(last: Buffer, name: Buffer): number {
  let same = 0
  let part = 0
  for (; same < name.length && name[same] === last[same]; same += 1) if (name[same] === slash) part = same + 1
  return Math.max(part, same - repeated)
}

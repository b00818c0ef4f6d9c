import type { Skipped, Unit } from '../../types.ts'

export interface LfsPointer {
  /** SHA-256 of the content, in hex. */
  readonly oid: string
  readonly size: number
}

/** A pointer is shorter. */
const longest = 1024
const first = Buffer.from('version http')
/** The names that Git LFS had before, too, whose pointers it still takes. */
const version =
  /^version https?:\/\/(?:git-lfs\.github\.com|hawser\.github\.com|git-media\.io)\/[^\r\n]*\r?\n/
const oid = /^oid sha256:([0-9a-f]{64})\r?$/m
const size = /^size (\d{1,15})\r?$/m

/** null: it is none. https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
export function lfsPointer(bytes: Uint8Array): LfsPointer | null {
  if (bytes.length >= longest || bytes[0] !== first[0] || bytes[8] !== first[8]) return null
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  if (!version.test(text)) return null
  const [found, length] = [oid.exec(text)?.[1], size.exec(text)?.[1]]
  return found === undefined || length === undefined ? null : { oid: found, size: Number(length) }
}

export function noteBlob(item: Unit | Skipped, notes: LfsNotes): void {
  if ('skipped' in item || item.origin.kind !== 'object' || item.origin.type !== 'blob') return
  if (item.bytes instanceof Uint8Array) notes.note(item.origin.id, item.bytes)
}

/** A pointer and the blob that it stands in. */
export interface NotedPointer extends LfsPointer {
  readonly id: string
}

export interface LfsNotes {
  /** Of every small blob; what is no pointer is dropped. */
  readonly note: (id: string, blob: Uint8Array) => void
  readonly count: () => number
  readonly pointers: () => Iterable<NotedPointer>
}

/** Bytes: the oid, the size, the length of the id, the id. */
const [sizeAt, lengthAt, idAt, record] = [32, 40, 48, 80]

/** A repository may have a million of them: 80 bytes each. */
export function lfsNotes(): LfsNotes {
  let table = Buffer.alloc(0)
  let count = 0
  return { note, count: () => count, pointers }

  function note(id: string, blob: Uint8Array): void {
    const pointer = lfsPointer(blob)
    // Nothing is stored of an empty file.
    if (pointer === null || pointer.size === 0) return
    const at = count * record
    if (at === table.length) table = Buffer.concat([table], Math.max(table.length * 2, 64 * record))
    table.write(pointer.oid, at, 'hex')
    table.writeDoubleBE(pointer.size, at + sizeAt)
    table.writeUInt8(table.write(id, at + idAt, 'hex'), at + lengthAt)
    count += 1
  }

  function* pointers(): Generator<NotedPointer> {
    for (let at = 0; at < count * record; at += record) {
      const end = at + idAt + table.readUInt8(at + lengthAt)
      yield {
        oid: table.toString('hex', at, at + sizeAt),
        size: table.readDoubleBE(at + sizeAt),
        id: table.toString('hex', at + idAt, end),
      }
    }
  }
}

import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import type { Repo } from '../../support.ts'

/**
 * Packs as git would not write them: every delta where the test wants it.
 * https://git-scm.com/docs/gitformat-pack
 */
export type Entry = Whole | Delta

interface Whole {
  readonly type: 'commit' | 'tree' | 'blob' | 'tag'
  readonly content: Uint8Array
}

interface Delta {
  /** The position in the list of the object this one is made from, or an id. */
  readonly base: number | string
  readonly delta: Uint8Array
  /** For the index; git works it out itself when it indexes the pack. */
  readonly id?: string
}

const types = { commit: 1, tree: 2, blob: 3, tag: 4 }

export interface Pack {
  readonly bytes: Buffer
  readonly offsets: readonly number[]
  readonly crcs: readonly number[]
}

export function packOf(entries: readonly Entry[], { level = 6, count = entries.length } = {}): Pack {
  const header = Buffer.alloc(12)
  header.write('PACK')
  header.writeUInt32BE(2, 4)
  header.writeUInt32BE(count, 8)
  const [parts, offsets, crcs]: [Buffer[], number[], number[]] = [[header], [], []]
  let at = 12
  for (const entry of entries) {
    offsets.push(at)
    const bytes = entryBytes(entry, at, offsets, level)
    crcs.push(crc32(bytes))
    parts.push(bytes)
    at += bytes.length
  }
  const body = Buffer.concat(parts)
  return { bytes: Buffer.concat([body, createHash('sha1').update(body).digest()]), offsets, crcs }
}

function entryBytes(entry: Entry, at: number, offsets: readonly number[], level: number): Buffer {
  if ('content' in entry)
    return Buffer.concat([
      head(types[entry.type], entry.content.length),
      deflateSync(entry.content, { level }),
    ])
  const { base, delta } = entry
  const isOffset = typeof base === 'number' && (offsets[base] ?? at) < at
  const reference = isOffset ? distance(at - (offsets[base] ?? 0)) : Buffer.from(String(base), 'hex')
  return Buffer.concat([head(isOffset ? 6 : 7, delta.length), reference, deflateSync(delta, { level })])
}

/** Type and size of an entry. */
export function head(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size % 16)]
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.push((bytes.pop() ?? 0) | 0x80, rest % 128)
  }
  return Buffer.from(bytes)
}

function distance(length: number): Buffer {
  const bytes = [length & 0x7f]
  for (let rest = length >> 7; rest > 0; rest >>= 7) bytes.unshift(0x80 | (--rest & 0x7f))
  return Buffer.from(bytes)
}

/** Instructions: bytes to insert, or [offset, length] of what to copy from the base. */
export function deltaOf(
  baseSize: number,
  size: number,
  ...instructions: readonly (string | Uint8Array | readonly [number, number])[]
): Buffer {
  const parts = [varint(baseSize), varint(size)]
  for (const instruction of instructions) {
    if (typeof instruction === 'string' || instruction instanceof Uint8Array) {
      const bytes = Buffer.from(instruction)
      for (let at = 0; at < bytes.length; at += 127) {
        const piece = bytes.subarray(at, at + 127)
        parts.push(Buffer.from([piece.length]), piece)
      }
    } else parts.push(...copies(instruction[0], instruction[1]))
  }
  return Buffer.concat(parts)
}

function* copies(offset: number, length: number): Generator<Buffer> {
  for (let done = 0; done < length; done += 0xffffff) {
    const [at, size] = [offset + done, Math.min(0xffffff, length - done)]
    const bytes = [at, at >>> 8, at >>> 16, at >>> 24, size, size >>> 8, size >>> 16].map(
      (byte) => byte & 255,
    )
    yield Buffer.from([0xff, ...bytes])
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80)
  return Buffer.from([...bytes, rest])
}

export function idOf(type: string, content: string | Uint8Array): string {
  const bytes = Buffer.from(content)
  return createHash('sha1').update(`${type} ${bytes.length}\0`).update(bytes).digest('hex')
}

/** Stores a correct pack; git indexes it. */
export function storePack(repo: Repo, entries: readonly Entry[], how?: { level?: number }): void {
  repo.gitWith({ input: packOf(entries, how).bytes }, 'index-pack', '--stdin')
}

/** Stores a pack under an index that says what it is told to, true or not. */
export function forgePack(repo: Repo, pack: Pack, listed: readonly { id: string; offset: number }[]): void {
  const folder = join(repo.dir, '.git/objects/pack')
  mkdirSync(folder, { recursive: true })
  const sum = pack.bytes.subarray(-20)
  const name = join(folder, `pack-${sum.toString('hex')}`)
  writeFileSync(`${name}.pack`, pack.bytes)
  writeFileSync(`${name}.idx`, indexBytes(pack, listed))
}

function indexBytes(
  { bytes, offsets, crcs }: Pack,
  listed: readonly { id: string; offset: number }[],
): Buffer {
  const sorted = [...listed].sort((a, b) => (a.id < b.id ? -1 : 1))
  const fan = Buffer.alloc(1024)
  for (let first = 0; first < 256; first++) {
    fan.writeUInt32BE(
      sorted.filter(({ id }) => Number.parseInt(id.slice(0, 2), 16) <= first).length,
      first * 4,
    )
  }
  const words = (values: readonly number[]): Buffer => {
    const table = Buffer.alloc(values.length * 4)
    values.forEach((value, at) => table.writeUInt32BE(value >>> 0, at * 4))
    return table
  }
  const body = Buffer.concat([
    Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]),
    fan,
    ...sorted.map(({ id }) => Buffer.from(id, 'hex')),
    words(sorted.map(({ offset }) => crcs[offsets.indexOf(offset)] ?? 0)),
    words(sorted.map(({ offset }) => offset)),
    bytes.subarray(-20),
  ])
  return Buffer.concat([body, createHash('sha1').update(body).digest()])
}

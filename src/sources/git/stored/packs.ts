import * as fs from 'node:fs'
import { reasonOf } from '../../files/walk.ts'
import { nameFrom, nameOf } from '../../name.ts'
import type { Skipped, Unit } from '../../types.ts'
import { createInflater } from '../pack/inflate.ts'
import { openPack, type OpenPack, readPackChecksum, readPackIndex } from '../pack/open.ts'
import type { PackIndex } from '../pack/pack-index.ts'
import { inflated } from '../pack/inflated.ts'
import { Damaged, Unknown } from '../pack/types.ts'
import { type Left, type Unpacked, unpack } from '../pack/unpack.ts'
import type { Wish } from '../pack/wishes.ts'
import { below } from '../repository.ts'

/** A pack whose index has been read. */
export interface IndexedPack {
  /** Without `.pack`. */
  readonly name: Buffer
  readonly shown: string
  /** Hex. */
  readonly checksum: string
  /** Size and age of its file. */
  readonly stamp: string
  readonly index: PackIndex
}

/** A pack that need not be read. */
export type KnownPack = Pick<IndexedPack, 'checksum' | 'stamp'>

export interface FoundPacks {
  /** The largest first. */
  readonly packs: readonly IndexedPack[]
  readonly known: readonly KnownPack[]
  readonly skipped: readonly Skipped[]
  /** Only git can read some. */
  readonly isUnknown: boolean
}

/** Objects that our reader leaves to git. */
export type Leftover = Pick<Left, 'id' | 'why' | 'reason'>

/** The packs of object folders; what is wrong with one is a Skipped. */
export function findPacks(
  folders: readonly Buffer[],
  idLength: number,
  isKnown: (pack: KnownPack) => boolean,
): FoundPacks {
  const packs: IndexedPack[] = []
  const known: KnownPack[] = []
  const skipped: Skipped[] = []
  let isUnknown = false
  for (const folder of folders) {
    for (const file of packNames(below(folder, 'pack'))) {
      const shown = `pack ${nameOf(file).text}`
      const name = below(folder, 'pack', file)
      try {
        const pack = { checksum: readPackChecksum(fs, name, idLength), stamp: stampOf(name) }
        if (isKnown(pack)) known.push(pack)
        else packs.push({ ...pack, name, shown, index: readPackIndex(fs, name, idLength) })
      } catch (error) {
        if (error instanceof Unknown) isUnknown = true
        else skipped.push(unreadable(shown, error))
      }
    }
  }
  packs.sort((a, b) => b.index.count - a.index.count)
  return { packs, known, skipped, isUnknown }
}

function stampOf(name: Buffer): string {
  const { size, mtimeMs, ctimeMs } = fs.statSync(Buffer.concat([name, Buffer.from('.pack')]))
  return `${size} ${mtimeMs} ${ctimeMs}`
}

/** Of those that have both an index and a pack: what lacks one is a gap of its own (gaps.ts). */
function packNames(folder: Buffer): Buffer[] {
  let names: Buffer[]
  try {
    names = fs.readdirSync(folder, { encoding: 'buffer' })
  } catch {
    return []
  }
  const all = new Set(names.map((name) => name.toString('latin1')))
  const isPack = (name: string) => name.endsWith('.pack') && all.has(name.replace(/\.pack$/, '.idx'))
  return names.filter((name) => isPack(name.toString('latin1'))).map((name) => name.subarray(0, -5))
}

/** Every object of a pack that `wishFor` wants, as units; what is not read here (deltas of more than `most` bytes, damage) goes to `leftover`, of a suspect one also what was not asked for. */
export async function* packUnits(
  pack: IndexedPack,
  wishFor: (entry: number) => Wish,
  most: number,
  leftover: Leftover[],
  isSuspect = false,
): AsyncGenerator<readonly (Unit | Skipped)[], boolean> {
  let open: OpenPack
  try {
    open = openPack(fs, pack.name, pack.index, createInflater())
  } catch (error) {
    yield [unreadable(pack.shown, error)]
    return false
  }
  try {
    if (open.flaw !== null) yield [{ skipped: pack.shown, reason: open.flaw, hint: 'try: git fsck' }]
    const { lost, named } = open.trees
    if (isSuspect)
      for (const [at, reason] of lost)
        leftover.push({ id: pack.index.idAt(named[at] as number), why: 'damaged', reason })
    for (const batch of unpack(open, wishFor, most)) {
      const large: Left[] = []
      const units: (Unit | Skipped)[] = []
      for (const item of batch) {
        if (!('why' in item)) units.push(unitOf(item))
        else if (item.why === 'large') large.push(item)
        else if (item.why === 'circle') units.push(circleAt(item))
        else leftover.push(item)
      }
      yield units
      for (const item of large) yield [streamOf(open, item)]
    }
    return true
  } finally {
    open.window.close()
  }
}

const plain: Unit['encodings'] = []

function unitOf({ id, type, bytes, change, verdict }: Unpacked): Unit {
  return {
    name: nameFrom(id),
    bytes,
    origin: { kind: 'object', id, type },
    encodings: plain,
    change,
    verdict,
  }
}

function streamOf({ fd }: OpenPack, { id, type, data, to, size }: Left): Unit {
  const bytes = inflated(fd, data, to, size)
  return { name: nameFrom(id), bytes, origin: { kind: 'object', id, type }, encodings: plain }
}

function circleAt({ id, reason }: Left): Skipped {
  return { skipped: `object ${id}`, reason, hint: 'git waits for ever when it is asked for it', isTrap: true }
}

function unreadable(shown: string, error: unknown): Skipped {
  const reason = error instanceof Damaged ? error.message : reasonOf(error)
  return { skipped: shown, reason, hint: 'try: git fsck' }
}

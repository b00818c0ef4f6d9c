import * as fs from 'node:fs'
import { reasonOf } from '../files/walk.ts'
import { nameFrom, nameOf } from '../name.ts'
import type { Skipped, Unit } from '../types.ts'
import { createInflater } from './pack/inflate.ts'
import { openPack, type OpenPack, readPackIndex } from './pack/open.ts'
import type { PackIndex } from './pack/pack-index.ts'
import { inflated } from './pack/inflated.ts'
import { Damaged, Unknown } from './pack/types.ts'
import { type Left, type Unpacked, unpack } from './pack/unpack.ts'
import type { Wish } from './pack/wishes.ts'
import { below } from './repository.ts'

/** A pack whose index has been read. */
export interface IndexedPack {
  /** Without `.pack`. */
  readonly name: Buffer
  readonly shown: string
  readonly index: PackIndex
}

/** Objects that our reader leaves to git. */
export type Leftover = Pick<Left, 'id' | 'why' | 'reason'>

/** The packs of object folders, the largest first; what is wrong with one is a Skipped. `isUnknown`: only git can read some. */
export function findPacks(
  folders: readonly Buffer[],
  idLength: number,
): { packs: IndexedPack[]; skipped: Skipped[]; isUnknown: boolean } {
  let isUnknown = false
  const packs: IndexedPack[] = []
  const skipped: Skipped[] = []
  for (const folder of folders) {
    for (const name of packNames(below(folder, 'pack'))) {
      const shown = `pack ${nameOf(name).text}`
      const whole = below(folder, 'pack', name)
      try {
        packs.push({ name: whole, shown, index: readPackIndex(fs, whole, idLength) })
      } catch (error) {
        if (error instanceof Unknown) isUnknown = true
        else skipped.push(unreadable(shown, error))
      }
    }
  }
  packs.sort((a, b) => b.index.count - a.index.count)
  return { packs, skipped, isUnknown }
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

/** Every object of a pack that `wishFor` wants, as units; what is not read here (deltas of more than `most` bytes, damage) goes to `leftover`. */
export async function* packUnits(
  pack: IndexedPack,
  wishFor: (entry: number) => Wish,
  most: number,
  leftover: Leftover[],
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  let open: OpenPack
  try {
    open = openPack(fs, pack.name, pack.index, createInflater())
  } catch (error) {
    yield [unreadable(pack.shown, error)]
    return
  }
  try {
    if (open.flaw !== null) yield [{ skipped: pack.shown, reason: open.flaw, hint: 'try: git fsck' }]
    for (const batch of unpack(open, wishFor, most)) {
      const large: Left[] = []
      const units: Unit[] = []
      for (const item of batch) {
        if (!('why' in item)) units.push(unitOf(item))
        else if (item.why === 'large') large.push(item)
        else leftover.push(item)
      }
      yield units
      for (const item of large) yield [streamOf(open, item)]
    }
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

function unreadable(shown: string, error: unknown): Skipped {
  const reason = error instanceof Damaged ? error.message : reasonOf(error)
  return { skipped: shown, reason, hint: 'try: git fsck' }
}

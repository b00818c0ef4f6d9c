import * as fs from 'node:fs'
import { nameFrom } from '../../name.ts'
import type { Skipped, Unit } from '../../types.ts'
import { looseUnits } from './loose.ts'
import type { Recorder } from '../memory/recorder.ts'
import type { Memory } from '../memory/types.ts'
import type { PackIndex } from '../pack/pack-index.ts'
import { openStore } from '../pack/store.ts'
import { Damaged } from '../pack/types.ts'
import type { Wish } from '../pack/wishes.ts'
import { type IndexedPack, type Leftover, packUnits } from './packs.ts'
import type { Repository } from '../repository.ts'
import type { Survey } from './survey.ts'
import { allThroughGit, leftThroughGit } from './through-git.ts'

export interface ObjectOptions {
  /** Bytes: a delta that makes more is skipped. */
  readonly delta: number
  readonly recorder: Recorder | null
}

/** So many of a pack are looked up one by one, where that is a small part of it. */
const few = 2000
const smallPart = 20
/** Larger ones are left to git. */
const largestAlone = 8 * 2 ** 20

type Batches = AsyncGenerator<readonly (Unit | Skipped)[]>

/** Every object once, wherever it is stored: packs, loose files, those that are borrowed; what is not ours to read, through git. */
export async function* objectUnits(
  repository: Repository,
  survey: Survey,
  { delta, recorder }: ObjectOptions,
  signal: AbortSignal,
): Batches {
  const { folders, found, idLength, isIntact, memory } = survey
  yield [...survey.skipped, ...found.skipped]
  if (found.isUnknown) {
    recorder?.refuse()
    yield* allThroughGit(repository, delta, signal)
    return
  }
  const leftover: Leftover[] = []
  // Those in packs that are not looked into.
  const again = isIntact ? (memory?.unclean ?? []) : []
  const read: Read = { alone: new Set(again), packs: [], memory, recorder: isIntact ? null : recorder }
  if (isIntact) recorder?.keepClean()
  if (again.length > 0) yield* single(again, folders, idLength, leftover)
  for (const pack of found.packs) {
    // What the index of a damaged pack names may be in another one as well.
    if (yield* ofPack(pack, read, folders, delta, leftover)) read.packs.push(pack.index)
  }
  for (const folder of folders) {
    const isWanted = (id: string) => {
      recorder?.loose(id)
      return isNew(id, read)
    }
    yield* looseUnits(folder, idLength, isWanted, leftover)
  }
  yield* leftThroughGit(repository, leftover, delta, signal)
  for (const { checksum, stamp } of [...found.known, ...found.packs]) recorder?.pack(checksum, stamp)
}

/** What has been read, or need not be. */
interface Read {
  readonly alone: Set<string>
  readonly packs: PackIndex[]
  readonly memory: Memory | null
  /** To be told what is remembered and still there; null: all of it is. */
  readonly recorder: Recorder | null
}

async function* ofPack(
  pack: IndexedPack,
  read: Read,
  folders: readonly Buffer[],
  delta: number,
  leftover: Leftover[],
): AsyncGenerator<readonly (Unit | Skipped)[], boolean> {
  const { index } = pack
  const { memory } = read
  const wish = wishes(index, read)
  // It is the one that was read, but its file has been written to since.
  const isSuspect = memory?.packs.has(pack.checksum) === true
  const ids = memory === null || isSuspect ? null : fewOf(index, wish)
  if (ids === null) return yield* packUnits(pack, wish, delta, leftover, isSuspect)
  yield* single(ids, folders, index.idLength, leftover)
  return true
}

function wishes(index: PackIndex, { alone, packs, memory, recorder }: Read): (entry: number) => Wish {
  const before = [...packs]
  if (before.length === 0 && memory === null && alone.size === 0)
    return (entry) => (index.isRepeated(entry) ? 'none' : 'read')
  const id = Buffer.alloc(index.idLength)
  return (entry) => {
    if (index.isRepeated(entry)) return 'none'
    index.copyId(entry, id)
    if (memory?.clean.has(id, 0) === true) {
      recorder?.clean(id)
      return 'clean'
    }
    const isElsewhere = before.some((other) => other.find(id, 0) !== -1)
    return isElsewhere || (alone.size > 0 && alone.has(id.toString('hex'))) ? 'none' : 'read'
  }
}

/** null: more than a few. */
function fewOf(index: PackIndex, wish: (entry: number) => Wish): string[] | null {
  const most = Math.min(few, index.count / smallPart)
  const ids: string[] = []
  for (let entry = 0; entry < index.count; entry++) {
    if (wish(entry) !== 'read') continue
    if (ids.length >= most) return null
    ids.push(index.idAt(entry))
  }
  return ids
}

async function* single(
  ids: readonly string[],
  folders: readonly Buffer[],
  idLength: number,
  leftover: Leftover[],
): Batches {
  const store = openStore(fs, folders, idLength)
  try {
    for (const id of ids) {
      try {
        const object = store.read(id, largestAlone)
        if (object === null) continue
        const origin = { kind: 'object', id, type: object.type } as const
        yield [{ name: nameFrom(id), bytes: object.bytes, origin, encodings: [] }]
      } catch (error) {
        if (!(error instanceof Damaged)) throw error
        leftover.push({ id, why: 'heavy', reason: '' })
      }
    }
  } finally {
    store.close()
  }
}

function isNew(id: string, { alone, packs, memory, recorder }: Read): boolean {
  const raw = Buffer.from(id, 'hex')
  if (memory?.clean.has(raw, 0) === true) {
    recorder?.clean(raw)
    return false
  }
  if (alone.has(id) || packs.some((index) => index.find(raw, 0) !== -1)) return false
  alone.add(id)
  return true
}

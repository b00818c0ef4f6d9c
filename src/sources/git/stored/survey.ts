import { createIdSet, type IdSet, kept } from '../memory/id-set.ts'
import type { Memory } from '../memory/types.ts'
import type { Skipped } from '../../types.ts'
import { idLengthOf, type Repository } from '../repository.ts'
import { looseFiles } from './loose.ts'
import { objectFolders } from './object-folders.ts'
import { findPacks, type FoundPacks } from './packs.ts'

/** Where a repository's objects are, and how far what is remembered of them still holds. */
export interface Survey {
  readonly idLength: number
  readonly folders: readonly Buffer[]
  readonly found: FoundPacks
  readonly skipped: readonly Skipped[]
  /** Every pack and every loose object that was there still is: what is in a known pack was read. */
  readonly isIntact: boolean
  /** Every object that was there still is, wherever. */
  readonly isWhole: boolean
  /** Objects in which nothing was found before; null: nothing is remembered. */
  readonly memory: Memory | null
}

export async function surveyOf(
  repository: Repository,
  memory: Memory | null,
  signal: AbortSignal,
): Promise<Survey> {
  const idLength = await idLengthOf(repository, signal)
  const { folders, skipped } = objectFolders(repository)
  const places = { idLength, folders, skipped, memory }
  if (memory === null) {
    const found = findPacks(folders, idLength, () => false)
    return { ...places, found, isIntact: false, isWhole: false }
  }
  const some = findPacks(folders, idLength, ({ checksum, stamp }) => memory.packs.get(checksum) === stamp)
  const known = new Set(some.known.map(({ checksum }) => checksum))
  const isIntact =
    known.size === memory.packs.size &&
    countHeld(places, some, (id) => memory.loose.has(id, 0)) === memory.loose.size
  if (isIntact) return { ...places, found: some, isIntact, isWhole: true }
  const found = findPacks(folders, idLength, () => false)
  const unclean = idsOf(memory.unclean)
  const isRemembered = (id: Buffer) => memory.clean.has(id, 0) || unclean.has(id, 0)
  const isWhole = countHeld(places, found, isRemembered) === memory.clean.size + unclean.size
  return { ...places, found, isIntact, isWhole }
}

/** How many of the objects in loose files and in these packs are of a kind. */
function countHeld(
  { folders, idLength }: Pick<Survey, 'folders' | 'idLength'>,
  { packs }: FoundPacks,
  isOne: (id: Buffer) => boolean,
): number {
  const held = createIdSet()
  for (const { index } of packs) {
    const id = Buffer.alloc(idLength)
    for (let entry = 0; entry < index.count; entry++) {
      index.copyId(entry, id)
      if (isOne(id)) held.add(id, 0)
    }
  }
  for (const folder of folders) {
    for (const found of looseFiles(folder, idLength)) {
      if ('skipped' in found) continue
      const id = Buffer.from(found.id.slice(0, 2 * kept), 'hex')
      if (isOne(id)) held.add(id, 0)
    }
  }
  return held.size
}

function idsOf(ids: readonly string[]): IdSet {
  const set = createIdSet()
  for (const id of ids) set.add(Buffer.from(id.slice(0, 2 * kept), 'hex'), 0)
  return set
}

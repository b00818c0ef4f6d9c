import type { Skipped, Unit } from '../types.ts'
import { looseUnits } from './loose.ts'
import { objectFolders } from './object-folders.ts'
import type { PackIndex } from './pack/pack-index.ts'
import type { Wish } from './pack/wishes.ts'
import { findPacks, type Leftover, packUnits } from './packs.ts'
import { idLengthOf, type Repository } from './repository.ts'
import { allThroughGit, leftThroughGit } from './through-git.ts'

/** Every object once, wherever it is stored: packs, loose files, those that are borrowed; what is not ours to read, through git. */
export async function* objectUnits(
  repository: Repository,
  delta: number,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const idLength = await idLengthOf(repository, signal)
  const { folders, skipped } = objectFolders(repository)
  const found = findPacks(folders, idLength)
  yield [...skipped, ...found.skipped]
  if (found.isUnknown) {
    yield* allThroughGit(repository, delta, signal)
    return
  }
  const leftover: Leftover[] = []
  const read: PackIndex[] = []
  for (const pack of found.packs) {
    yield* packUnits(pack, wishes(pack.index, read), delta, leftover)
    read.push(pack.index)
  }
  const loose = new Set<string>()
  for (const folder of folders) {
    yield* looseUnits(folder, idLength, (id) => isNew(id, read, loose), leftover)
  }
  yield* leftThroughGit(repository, leftover, delta, signal)
}

/** What no pack had that was read before. */
function wishes(index: PackIndex, read: readonly PackIndex[]): (entry: number) => Wish {
  const before = [...read]
  if (before.length === 0) return () => 'read'
  const id = Buffer.alloc(index.idLength)
  return (entry) => {
    index.copyId(entry, id)
    return before.some((other) => other.find(id, 0) !== -1) ? 'none' : 'read'
  }
}

function isNew(id: string, packs: readonly PackIndex[], loose: Set<string>): boolean {
  const raw = Buffer.from(id, 'hex')
  if (loose.has(id) || packs.some((index) => index.find(raw, 0) !== -1)) return false
  loose.add(id)
  return true
}

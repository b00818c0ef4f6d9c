import * as fs from 'node:fs'
import { objectFolders } from '../stored/object-folders.ts'
import { type BulkStore, openBulk } from '../pack/bulk.ts'
import type { Repository } from '../repository.ts'
import type { Git } from '../run.ts'
import { packsIn, withEnding } from './ages.ts'

/** Where commits and trees are read: with our own reader, if it can read this store; from git what that cannot. */
export interface Objects {
  readonly git: Git
  readonly store: BulkStore | null
}

/** Each pack takes two open files. */
const mostPacks = 100
/** Bytes of their indexes, which are held in memory. */
const mostIndexed = 64 * 2 ** 20

/** null: git reads all. A pipe in the place of a pack would be waited for. */
export function storeOf(repository: Repository, idLength: number): BulkStore | null {
  const { folders } = objectFolders(repository)
  const packs = folders.flatMap(packsIn)
  if (packs.length > mostPacks) return null
  const indexes = packs.map((name) => sizeOf(withEnding(name, '.idx')))
  const isUsual = [...indexes, ...packs.map((name) => sizeOf(withEnding(name, '.pack')))].every(
    Number.isFinite,
  )
  const indexed = indexes.reduce((sum, size) => sum + size, 0)
  return isUsual && indexed <= mostIndexed ? openBulk(fs, folders, packs, idLength) : null
}

/** NaN: it is no file. */
function sizeOf(file: Buffer): number {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  return stat?.isFile() === true ? stat.size : Number.NaN
}

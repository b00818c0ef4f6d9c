import * as fs from 'node:fs'
import { objectFolders } from '../stored/object-folders.ts'
import { type ObjectStore, openStore } from '../pack/store.ts'
import type { Repository } from '../repository.ts'
import type { Git } from '../run.ts'
import { packsIn, withEnding } from './ages.ts'

/** Where trees are read: from git, and a few from our own reader, if it can read this store. */
export interface Trees {
  readonly git: Git
  readonly store: ObjectStore | null
}

/** Each pack takes two open files. */
const mostPacks = 100

/** null: git reads all trees. A pipe in the place of a pack would be waited for. */
export function storeOf(repository: Repository, idLength: number): ObjectStore | null {
  const { folders } = objectFolders(repository)
  const files = folders
    .flatMap(packsIn)
    .flatMap((name) => ['.pack', '.idx'].map((end) => withEnding(name, end)))
  const isUsual = files.length <= 2 * mostPacks && files.every((file) => isFile(file))
  return isUsual ? openStore(fs, folders, idLength) : null
}

function isFile(file: Buffer): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() === true
}

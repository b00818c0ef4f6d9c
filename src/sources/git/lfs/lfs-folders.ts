import { realpathSync } from 'node:fs'
import { reasonOf } from '../../files/walk.ts'
import { nameOf } from '../../name.ts'
import type { Skipped } from '../../types.ts'
import { isAbsent } from '../submodules/git-folders.ts'
import { absolute, below, type Repository } from '../repository.ts'
import { runGit } from '../run.ts'

export interface LfsFolders {
  /** `objects` folders of Git LFS that are there; the repository's own first. */
  readonly folders: readonly Buffer[]
  /** Not null: the repository's own is not read, so that what is not found is no news. */
  readonly elsewhere: Skipped | null
}

/**
 * Where Git LFS keeps content: `lfs/objects` or below `lfs.storage`, and beside every folder of objects that is borrowed
 * from. Only what lies in the git folder is read: configuration may name any folder, and a link may lead there.
 */
export async function lfsFolders(
  repository: Repository,
  objectFolders: readonly Buffer[],
  signal: AbortSignal,
): Promise<LfsFolders> {
  const { git, commonDir } = repository
  const answer = await runGit(git, ['config', '--type=path', '--get', 'lfs.storage'], signal)
  const named = answer.code === 0 ? answer.stdout.subarray(0, -1) : Buffer.from('lfs')
  const storage = below(absolute(commonDir, named), 'objects')
  const borrowed = objectFolders.slice(1).flatMap((folder) => there(below(folder, '..', 'lfs', 'objects')))
  let elsewhere: Skipped | null = null
  let own: Buffer[] = []
  try {
    own = there(storage)
  } catch (error) {
    elsewhere = { skipped: nameOf(storage).text, reason: reasonOf(error) }
  }
  const outside = own.find((folder) => !isBelow(commonDir, folder))
  if (outside !== undefined || (own.length === 0 && !isBelow(commonDir, storage))) {
    const place = nameOf(outside ?? storage).text
    elsewhere = {
      skipped: 'LFS objects',
      reason: `they are kept in ${place}, outside of the git folder`,
      hint: 'scan that too: pplx-warden scan dir',
    }
    own = []
  }
  return { folders: [...own, ...borrowed], elsewhere }
}

function isBelow(folder: Buffer, file: Buffer): boolean {
  return file.subarray(0, folder.length + 1).equals(below(folder, ''))
}

function there(folder: Buffer): Buffer[] {
  try {
    return [realpathSync.native(folder, 'buffer')]
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

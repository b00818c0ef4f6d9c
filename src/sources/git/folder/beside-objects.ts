import type { Excluded, Skipped, Unit } from '../../types.ts'
import { gitFolders } from '../submodules/git-folders.ts'
import type { Gitlink } from './index-names.ts'
import { metadataUnits } from './metadata.ts'
import { nestedRepositories } from '../submodules/nested.ts'
import type { Repository } from '../repository.ts'
import { countElsewhere, type Gitlinks, gitlinksOfHead, pinnedGap } from '../submodules/submodules.ts'

export interface ObjectsSeen {
  readonly commits: readonly string[]
  readonly gitlinks: Gitlinks
  /** Filled: repositories of submodules. */
  readonly nested: Repository[]
}

/** What a git folder holds but objects, and which repositories lie in it or are missed. Once all trees were read. */
export async function* besideObjects(
  repository: Repository,
  seen: ObjectsSeen,
  excluded: Excluded,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const { folders, skipped } = gitFolders(repository)
  yield skipped
  const links: Gitlink[] = []
  const notes = {
    excluded,
    nested: folders.map(({ folder }) => folder),
    gitlink: (link: Gitlink) => void links.push(link),
  }
  yield* metadataUnits(repository, notes, signal)
  if (seen.gitlinks.size > 0) links.push(...(await gitlinksOfHead(repository, signal)))
  const found = await nestedRepositories(repository, folders, links, signal)
  seen.nested.push(...found.repositories)
  yield [...found.skipped, ...(await pinnedGap(repository, seen.commits, signal))]
  const elsewhere = countElsewhere(seen.gitlinks, links, found.repositories)
  if (elsewhere > 0) excluded['submodules'] = (excluded['submodules'] ?? 0) + elsewhere
}

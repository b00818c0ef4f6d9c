import type { Context } from '../../context.ts'
import type { Excluded, Provenance, Skipped, Source, Unit } from '../types.ts'
import { alternateGaps, missingObjects, packGaps, shallowGap } from './gaps.ts'
import { gitFolders } from './git-folders.ts'
import type { Gitlink } from './index-names.ts'
import { nestedRepositories } from './nested.ts'
import { joined, locateIn } from './nested-provenance.ts'
import { heavyDelta } from './heavy.ts'
import { lfsUnits } from './lfs.ts'
import { type LfsNotes, lfsNotes } from './lfs-pointer.ts'
import { objectFolders } from './object-folders.ts'
import { metadataUnits } from './metadata.ts'
import { objectUnits } from './object-units.ts'
import { locate } from './provenance.ts'
import { findRepository, type Repository } from './repository.ts'
import {
  countElsewhere,
  type Gitlinks,
  gitlinksOfHead,
  noteGitlinks,
  ofSubmodule,
  pinnedGap,
} from './submodules.ts'

/**
 * The whole history by objects: whatever the object store holds, reachable or not, each object once; then what lies
 * beside it (names of refs, reflogs, configuration); and what is not there although something points at it.
 */
export async function gitSource(
  context: Pick<Context, 'spawn' | 'env' | 'cwd'>,
  operand: string | undefined,
  signal: AbortSignal,
  given: Partial<GitLimits> = {},
): Promise<Source> {
  const repository = await findRepository(context, operand, signal)
  const limits = { delta: heavyDelta, exhaustive: false, ...given }
  const excluded: Excluded = {}
  const repositories: Visited[] = []
  return {
    kind: 'git',
    target: repository.target,
    excluded,
    units: (scanSignal) => units(repository, limits, repositories, excluded, scanSignal),
    async locate(origins, scanSignal) {
      const parts: Provenance[] = []
      for (const { repository: one, seen } of repositories)
        parts.push(await locateIn(one, origins, (own) => locate(one.git, own, seen.commits, scanSignal)))
      return joined(parts)
    },
  }
}

interface GitLimits {
  /** Bytes: a delta that makes more is skipped. */
  readonly delta: number
  /** Search all of every object, also what it has in common with the one it was made from. */
  readonly exhaustive: boolean
}

interface Visited {
  readonly repository: Repository
  readonly seen: Seen
}

/** What is noted of objects as they pass. */
interface Seen {
  readonly commits: string[]
  readonly gitlinks: Gitlinks
  readonly lfs: LfsNotes
  /** Repositories of submodules. */
  readonly nested: Repository[]
}

/** The repository and those of its submodules, one after another. */
async function* units(
  root: Repository,
  limits: GitLimits,
  visited: Visited[],
  excluded: Excluded,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const waiting = [root]
  for (let repository = waiting.pop(); repository !== undefined; repository = waiting.pop()) {
    const one = repository
    const seen: Seen = { commits: [], gitlinks: new Set(), lfs: lfsNotes(), nested: [] }
    visited.push({ repository, seen })
    for await (const batch of unitsOf(repository, limits, seen, excluded, signal))
      yield one.nested === undefined ? batch : batch.map((item) => ofSubmodule(one, item))
    waiting.push(...seen.nested.reverse())
  }
}

async function* unitsOf(
  repository: Repository,
  limits: GitLimits,
  seen: Seen,
  excluded: Excluded,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  // Walks what the refs reach while the objects are read: both take about as long, on a core each.
  const missing = missingObjects(repository, signal)
  missing.catch(() => {})
  yield [...shallowGap(repository), ...packGaps(repository), ...alternateGaps(repository)]
  for await (const batch of objectUnits(repository, limits.delta, signal)) {
    for (const item of batch) note(item, seen)
    yield limits.exhaustive ? batch.map(withoutChange) : batch
  }
  yield* besideObjects(repository, seen, excluded, signal)
  yield await missing
}

async function* besideObjects(
  repository: Repository,
  seen: Seen,
  excluded: Excluded,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  yield* lfsUnits(repository, objectFolders(repository).folders, seen.lfs, excluded, signal)
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
  yield [...found.skipped, ...pinnedGap(repository, seen.commits)]
  const elsewhere = countElsewhere(seen.gitlinks, links, found.repositories)
  if (elsewhere > 0) excluded['submodules'] = (excluded['submodules'] ?? 0) + elsewhere
}

function note(item: Unit | Skipped, { commits, gitlinks, lfs }: Seen): void {
  if ('skipped' in item || item.origin.kind !== 'object') return
  const { bytes, origin } = item
  if (origin.type === 'commit') commits.push(origin.id)
  if (origin.type === 'blob' && bytes instanceof Uint8Array) lfs.note(origin.id, bytes)
  if (origin.type !== 'tree' || !(bytes instanceof Uint8Array)) return
  const tree = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  noteGitlinks(tree, origin.id.length / 2, gitlinks, item.change?.parts)
}

function withoutChange(item: Unit | Skipped): Unit | Skipped {
  return 'skipped' in item ? item : { ...item, change: null }
}

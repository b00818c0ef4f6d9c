import type { Context } from '../../context.ts'
import type { Excluded, Skipped, Source, Unit } from '../types.ts'
import { alternateGaps, missingObjects, packGaps, shallowGap } from './gaps.ts'
import { heavyDelta } from './heavy.ts'
import { metadataUnits } from './metadata.ts'
import { objectUnits } from './object-units.ts'
import { locate } from './provenance.ts'
import { findRepository, type Repository } from './repository.ts'
import { countSubmodules, type Gitlinks, noteGitlinks } from './submodules.ts'

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
  const seen: Seen = { commits: [], gitlinks: new Set() }
  return {
    kind: 'git',
    target: repository.target,
    excluded,
    units: (scanSignal) => units(repository, limits, seen, excluded, scanSignal),
    locate: (origins, scanSignal) => locate(repository.git, origins, seen.commits, scanSignal),
  }
}

interface GitLimits {
  /** Bytes: a delta that makes more is skipped. */
  readonly delta: number
  /** Search all of every object, also what it has in common with the one it was made from. */
  readonly exhaustive: boolean
}

/** What is noted of objects as they pass. */
interface Seen {
  readonly commits: string[]
  readonly gitlinks: Gitlinks
}

async function* units(
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
  const submodules = countSubmodules(repository, seen.gitlinks)
  if (submodules > 0) excluded['submodules'] = submodules
  yield* metadataUnits(repository, excluded, signal)
  yield await missing
}

function note(item: Unit | Skipped, { commits, gitlinks }: Seen): void {
  if ('skipped' in item || item.origin.kind !== 'object') return
  const { bytes, origin } = item
  if (origin.type === 'commit') commits.push(origin.id)
  if (origin.type !== 'tree' || !(bytes instanceof Uint8Array)) return
  const tree = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  noteGitlinks(tree, origin.id.length / 2, gitlinks, item.change?.parts)
}

function withoutChange(item: Unit | Skipped): Unit | Skipped {
  return 'skipped' in item ? item : { ...item, change: null }
}

import type { Context } from '../../context.ts'
import type { ParentMaps } from '../git/parents.ts'
import type { Git } from '../git/run.ts'
import type { Excluded, Origin, Skipped, Source, Unit } from '../types.ts'
import type { KnownFolder } from './known-folder.ts'
import { stagedUnits } from './units.ts'

/**
 * What `git commit` would record, by object. The index is the one git would use here (GIT_INDEX_FILE of `git commit
 * --only` too). Before a token is found, git itself is asked only about what is out of the ordinary.
 */
export function stagedSource(context: Pick<Context, 'spawn' | 'env' | 'cwd'>): Source {
  const git: Git = { spawn: context.spawn, env: context.env, cwd: context.cwd, inherit: true }
  const excluded: Excluded = {}
  let parents: Promise<Parents> | null = null
  return {
    kind: 'staged',
    target: '.',
    excluded,
    units: (signal) => stagedUnits(git, excluded, signal),
    before(origin, signal) {
      parents ??= parentsOf(git, signal)
      return before(git, parents, origin, signal)
    },
  }
}

interface Parents {
  readonly maps: ParentMaps
  readonly folder: KnownFolder
}

/** Loaded after a hit only. */
async function parentsOf(git: Git, signal: AbortSignal): Promise<Parents> {
  const { parentMaps } = await import('../git/parents.ts')
  const { knownFolder } = await import('./known-folder.ts')
  const maps = await parentMaps(git, signal)
  return { maps, folder: knownFolder(git, maps.parents) }
}

/**
 * The blobs that HEAD (and in a merge each MERGE_HEAD) has at this path or at the path it was renamed from; of a name
 * the folders that they have.
 */
async function* before(
  git: Git,
  parents: Promise<Parents>,
  origin: Origin,
  signal: AbortSignal,
): AsyncGenerator<Unit | Skipped> {
  if (origin.kind === 'name') {
    const folder = await (await parents).folder(origin.path, signal)
    if (folder !== null) yield { name: origin.path, bytes: folder, origin, encodings: [] }
  }
  if (origin.kind !== 'staged') return
  const { maps } = await parents
  yield* maps.skipped
  const { readObjects } = await import('../git/objects.ts')
  for await (const batch of readObjects(git, maps.blobAt(origin.path, origin.id), signal)) {
    for (const { object } of batch) {
      if ('missing' in object)
        yield { skipped: origin.path.text, reason: `object ${object.id}: ${object.missing}` }
      else yield { name: origin.path, bytes: object.bytes, origin, encodings: [] }
    }
  }
}

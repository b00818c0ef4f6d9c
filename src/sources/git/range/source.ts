import type { Context } from '../../../context.ts'
import type { Excluded, ObjectProvenance, Origin, Provenance, Source } from '../../types.ts'
import { locate } from '../provenance.ts'
import { findRepository } from '../find-repository.ts'
import type { Repository } from '../repository.ts'
import { runGit } from '../run.ts'
import { type RangeBase, rangeBase } from './base.ts'
import { type Ends, resolveEnds } from './resolve.ts'
import type { Selection } from './selection.ts'
import { shallowCommits } from './shallow.ts'
import { rangeUnits } from './units.ts'

/**
 * What a range of commits adds to a repository. Nothing beside the objects is read: refs, reflogs and configuration
 * belong to no range. A range that this clone does not hold is incomplete, and the reason names the command that
 * repairs it.
 */
export async function rangeSource(
  context: Pick<Context, 'spawn' | 'env' | 'cwd'>,
  operand: string | undefined,
  selection: Selection,
  signal: AbortSignal,
): Promise<Source> {
  const repository = await findRepository(context, operand, signal)
  const ends = await resolveEnds(repository, selection, signal)
  const excluded: Excluded = {}
  const known = { kind: 'git', target: repository.target, excluded } as const
  if (!('excluded' in ends)) {
    return {
      ...known,
      async *units() {
        yield ends
      },
    }
  }
  const base = rangeBase(repository, ends, growsFromSomething(repository, ends))
  return {
    ...known,
    units: (scanSignal) => rangeUnits(repository, ends, excluded, scanSignal),
    base,
    locate: (origins, scanSignal) => locateIn(repository, ends, base, origins, scanSignal),
  }
}

/** All of a history has nothing before it. */
function growsFromSomething(repository: Repository, { excluded, since }: Ends): boolean {
  return excluded.length > 0 || since !== null || shallowCommits(repository).size > 0
}

/** Within the range: an object that older commits had as well was brought in by the one that brought it back. */
async function locateIn(
  repository: Repository,
  { tips }: Ends,
  base: RangeBase,
  origins: readonly Origin[],
  signal: AbortSignal,
): Promise<Provenance> {
  const bringing = new Map(
    origins.flatMap((origin) => {
      const commit = origin.kind === 'object' ? base.broughtIn(origin.id) : null
      return commit === null || origin.kind !== 'object' ? [] : [[origin.id, commit] as const]
    }),
  )
  const commits = [...bringing.values()].map((id) => ({ kind: 'object', id, type: 'commit' }) as const)
  const every = await commitsFrom(repository, tips ?? [], signal)
  const { objects, skipped } = await locate(repository, [...origins, ...commits], every, signal)
  const located = new Map<string, ObjectProvenance>(objects)
  for (const [id, commit] of bringing) {
    const traced = objects.get(id)
    if (traced !== undefined)
      located.set(id, { ...traced, introducedBy: commit, commit: objects.get(commit)?.commit ?? null })
  }
  return { objects: located, skipped }
}

/** Whatever refs and the ends of the range reach; what is missing was said when the units were read. */
async function commitsFrom(
  { git }: Repository,
  tips: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const list = await runGit(git, ['rev-list', '--all', '--ignore-missing', ...tips, '--'], signal)
  return list.stdout
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
}

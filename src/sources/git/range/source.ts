import type { Context } from '../../../context.ts'
import type { Excluded, ObjectProvenance, Origin, Provenance, Source } from '../../types.ts'
import { locate } from '../provenance.ts'
import { findRepository, type Repository } from '../repository.ts'
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
  { tips, excluded }: Ends,
  base: RangeBase,
  origins: readonly Origin[],
  signal: AbortSignal,
): Promise<Provenance> {
  const { git } = repository
  const ends = [...(tips ?? (await everyTip(repository, signal))), ...excluded.map((id) => `^${id}`)]
  const provenance = await locate(git, origins, ends, signal)
  const objects = new Map<string, ObjectProvenance>(provenance.objects)
  const others = new Map<string, string>()
  for (const [id, { introducedBy }] of objects) {
    const commit = base.broughtIn(id)
    if (commit !== null && commit !== introducedBy) others.set(id, commit)
  }
  const commits = [...new Set(others.values())].map((id) => ({ kind: 'object', id, type: 'commit' }) as const)
  const facts = await locate(git, commits, ends, signal)
  for (const [id, commit] of others) {
    const traced = objects.get(id)
    if (traced !== undefined)
      objects.set(id, { ...traced, introducedBy: commit, commit: facts.objects.get(commit)?.commit ?? null })
  }
  return { objects, skipped: [...provenance.skipped, ...facts.skipped] }
}

async function everyTip({ git }: Repository, signal: AbortSignal): Promise<string[]> {
  const list = await runGit(git, ['rev-list', '--no-walk', '--all'], signal)
  return list.stdout
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
}

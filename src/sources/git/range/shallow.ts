import type { Skipped } from '../../types.ts'
import { below, type Repository } from '../repository.ts'
import { complaint, runGit } from '../run.ts'
import type { Ends } from './resolve.ts'
import { longestText, readRegular } from '../regular-file.ts'

export const deepen = '`git fetch --unshallow` gets it'

/** Commits whose parents the clone lacks; git takes them for first ones. https://git-scm.com/docs/shallow */
export function shallowCommits({ commonDir }: Repository): ReadonlySet<string> {
  try {
    return new Set(
      readRegular(below(commonDir, 'shallow'), longestText)
        .toString('latin1')
        .match(/^[0-9a-f]{40,64}$/gm),
    )
  } catch {
    return new Set()
  }
}

/**
 * Where the walk from the excluded side meets the end of the clone, and the one from the tips goes down to a first
 * commit, what the range adds is not known: the two may have met where this clone does not see it.
 */
export async function unknownBase(
  repository: Repository,
  { tips, excluded }: Ends,
  signal: AbortSignal,
): Promise<Skipped[]> {
  const shallow = shallowCommits(repository)
  if (shallow.size === 0 || excluded.length === 0) return []
  const { git, target } = repository
  const without = excluded.map((id) => `^${id}`)
  const [firsts, others] = await Promise.all([
    runGit(git, ['rev-list', '--max-parents=0', ...(tips ?? ['--all']), ...without], signal),
    runGit(git, ['rev-list', '--max-parents=0', ...excluded], signal),
  ])
  const failed = [firsts, others].find(({ code }) => code !== 0)
  if (failed !== undefined)
    return [{ skipped: target, reason: `the range cannot be walked: ${complaint(failed)}` }]
  const isCut = idsIn(others.stdout).some((id) => shallow.has(id))
  const isOpen = idsIn(firsts.stdout).some((id) => !shallow.has(id))
  return isCut && isOpen
    ? [{ skipped: target, reason: `shallow clone: where the range begins is not here: ${deepen}` }]
    : []
}

/** What the oldest commits of a shallow clone add is not known. */
export function cutGap(target: string, count: number): Skipped[] {
  if (count === 0) return []
  const commits = count === 1 ? 'a commit' : `${count} commits`
  return [
    {
      skipped: target,
      reason: `shallow clone: the range goes on before ${commits} whose parents are not here: ${deepen}`,
    },
  ]
}

function idsIn(output: Buffer): string[] {
  return output
    .toString('latin1')
    .split('\n')
    .filter((line) => line !== '')
}

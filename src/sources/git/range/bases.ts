import { type Git, runGit } from '../run.ts'
import type { Step } from './steps.ts'

/** Commits outside of the range and what else the walk back comes to; shared by all commits that add nothing to it. */
interface Ground {
  readonly commits: readonly string[]
  readonly below: readonly Ground[]
}

/**
 * The newest commits outside of the range that a commit of it builds on: none of them is reached by another. git is
 * asked only where there are several. Without an answer there is none: then nothing is taken for known.
 */
export function basesIn(
  git: Git,
  steps: readonly Step[],
  signal: AbortSignal,
): (commit: string) => Promise<readonly string[]> {
  const grounds = groundsOf(steps)
  const asked = new Map<Ground, Promise<readonly string[]>>()
  return async (commit) => {
    const ground = grounds.get(commit)
    if (ground === undefined) return []
    const answer = asked.get(ground) ?? newest(commitsOf(ground))
    asked.set(ground, answer)
    return await answer
  }

  async function newest(bases: readonly string[]): Promise<readonly string[]> {
    if (bases.length < 2) return bases
    const answer = await runGit(git, ['merge-base', '--independent', ...bases], signal)
    return answer.code === 0 ? answer.stdout.toString('latin1').trim().split('\n') : []
  }
}

function groundsOf(steps: readonly Step[]): ReadonlyMap<string, Ground> {
  const grounds = new Map<string, Ground>()
  const outside = new Map<string, Ground>()
  for (const { commit, parent } of steps) {
    const ground = grounds.get(parent) ?? outside.get(parent) ?? { commits: [parent], below: [] }
    if (!grounds.has(parent)) outside.set(parent, ground)
    const other = grounds.get(commit)
    if (other === undefined || other === ground) grounds.set(commit, ground)
    else grounds.set(commit, { commits: [], below: [other, ground] })
  }
  return grounds
}

function commitsOf(ground: Ground): readonly string[] {
  const seen = new Set([ground])
  // A set grows while it is walked.
  for (const { below } of seen) for (const one of below) seen.add(one)
  return [...new Set([...seen].flatMap(({ commits }) => commits))]
}

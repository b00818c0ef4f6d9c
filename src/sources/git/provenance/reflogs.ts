import { below, type Repository } from '../repository.ts'
import type { History } from './history.ts'
import type { Tip } from './tips.ts'
import { namesBelow, worktreeNames } from './worktrees.ts'
import { longestText, readRegular } from '../regular-file.ts'

/** An entry of a reflog. `id` is of a commit it holds: the new one, or the old one, which the entry before it has as well. */
export interface ReflogEntry {
  /** `refs/heads/main`, `HEAD`, `worktrees/NAME/HEAD`. */
  readonly ref: string
  /** As in `HEAD@{2}`. */
  readonly position: number
  readonly id: string
  /** Seconds since 1970. */
  readonly time: number
}

type Place = Pick<Repository, 'commonDir'>

/** Of all reflogs, of every worktree. A repository with reftables has no such files. */
export function* readReflogs({ commonDir }: Place): Generator<ReflogEntry> {
  for (const name of namesBelow(below(commonDir, 'logs'), ''))
    yield* entriesOf(below(commonDir, `logs${name}`), name.slice(1))
  for (const folder of worktreeNames(commonDir, 'logs')) {
    for (const name of namesBelow(below(commonDir, folder), ''))
      yield* entriesOf(below(commonDir, `${folder}${name}`), `${folder.slice(0, -4)}${name.slice(1)}`)
  }
}

/** What `git stash list` shows behind the newest, which is `refs/stash` itself. Nothing but a setting lets them expire. */
export function stashTips({ commonDir }: Place, history: History): Tip[] {
  const tips = new Map<number, Tip>()
  for (const { position, id } of entriesOf(below(commonDir, 'logs/refs/stash'), 'refs/stash')) {
    const commit = history.numberOf(id)
    if (position > 0 && commit !== -1) tips.set(position, { name: `stash@{${position}}`, commit })
  }
  return [...tips.values()].reverse()
}

/**
 * `OLD SP NEW SP NAME <MAIL> SP SECONDS SP ZONE [TAB MESSAGE]`, oldest first.
 * https://git-scm.com/docs/gitrepository-layout (logs)
 */
function* entriesOf(file: Buffer, ref: string): Generator<ReflogEntry> {
  const entries = linesOf(file).flatMap((line) => {
    const [, before, after = '', time = ''] = /^([0-9a-f]+) ([0-9a-f]+) .*> (\d+) [+-]\d+/.exec(line) ?? []
    return before === undefined ? [] : [{ before, after, time: Number(time) }]
  })
  for (const [at, { before, after, time }] of entries.entries()) {
    const position = entries.length - 1 - at
    yield { ref, position, id: after, time }
    yield { ref, position: position + 1, id: before, time }
  }
}

function linesOf(file: Buffer): string[] {
  try {
    return readRegular(file, longestText).toString('latin1').split('\n')
  } catch {
    return []
  }
}

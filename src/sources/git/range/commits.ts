import type { Readable } from 'node:stream'
import { type Git, type GitChild, startGit } from '../run.ts'
import type { Ends } from './resolve.ts'

export interface RangeCommit {
  readonly id: string
  readonly tree: string
  readonly parents: readonly string[]
}

/** Commits of the range: of each its id, what it holds and its parents. */
export function startWalk(
  git: Git,
  { tips, excluded }: Ends,
  order: readonly string[],
  signal: AbortSignal,
): GitChild {
  const all = tips === null ? ['--all'] : []
  const walk = startGit(git, ['rev-list', ...order, '--format=%H %ct %T %P', ...all, '--stdin'], signal)
  walk.stdin.end([...(tips ?? []), ...excluded.map((id) => `^${id}`)].map((id) => `${id}\n`).join(''))
  return walk
}

/**
 * Commits are left out by their own date and the walk goes on: a clock may have been wrong (one that shows no time is
 * kept). So are those whose parents the clone lacks: what they add is not known.
 */
export async function* readCommits(
  stdout: Readable,
  { since }: Pick<Ends, 'since'>,
  shallow: ReadonlySet<string>,
  tellShallow: (id: string) => void = () => {},
): AsyncGenerator<RangeCommit> {
  let rest = ''
  for await (const chunk of stdout) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('commit ')) continue
      const [id = '', seconds = '', tree = '', ...parents] = line.split(' ')
      if (since !== null && seconds !== '' && Number(seconds) * 1000 < since) continue
      if (shallow.has(id)) tellShallow(id)
      else yield { id, tree, parents: parents.filter((parent) => parent !== '') }
    }
  }
}

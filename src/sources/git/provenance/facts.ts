import type { CommitFacts } from '../../types.ts'
import { type CommitAuthor, parseAuthor } from '../commit.ts'
import type { Repository } from '../repository.ts'
import { readHeads } from './heads.ts'
import type { History } from './history.ts'
import { pruningOf } from './pruning.ts'
import type { Reach } from './reach.ts'

/** More refs than this say nothing more to a person. */
const refsShown = 100

/** What is told of commits, by number. */
export async function factsOf(
  repository: Repository,
  history: History,
  reach: Reach,
  commits: readonly number[],
  signal: AbortSignal,
): Promise<Map<number, CommitFacts>> {
  const names = reach.namesReaching(commits, refsShown)
  const pruning = await pruningOf(repository, history, reach, commits, signal)
  const headers = await readHeaders(repository, history, commits, signal)
  return new Map(
    commits.map((commit) => [
      commit,
      {
        id: history.ids[commit] ?? '',
        author: headers.get(commit)?.author ?? '',
        date: headers.get(commit)?.date ?? '',
        refs: names.get(commit) ?? [],
        unreachable: reach.level(commit) === 2,
        ...pruning.get(commit),
      },
    ]),
  )
}

async function readHeaders(
  { git }: Repository,
  history: History,
  commits: readonly number[],
  signal: AbortSignal,
): Promise<Map<number, CommitAuthor>> {
  const headers = new Map<number, CommitAuthor>()
  const ids = commits.map((commit) => history.ids[commit] ?? '')
  for await (const { index, bytes } of readHeads(git, ids, 'commit', signal))
    headers.set(commits[index] ?? -1, parseAuthor(bytes))
  return headers
}

import type { Repository } from '../repository.ts'
import { complaint, type Git, type GitExit, startGit } from '../run.ts'
import { type Change, readChanges } from './changes.ts'
import { readCommits, startWalk } from './commits.ts'
import type { Ends } from './resolve.ts'

/**
 * Where the range goes on before commits whose parents the clone lacks (`cut`), what it adds is not known commit by
 * commit. Most of it still stands at its ends: whatever their trees have and those of the excluded side do not have
 * anywhere. A root tree has an empty path.
 */
export async function* changesAcross(
  { git }: Pick<Repository, 'git'>,
  ends: Ends,
  cut: ReadonlySet<string>,
  failed: (complaint: string) => void,
  signal: AbortSignal,
): AsyncGenerator<Change> {
  const [excluded] = ends.excluded
  if (cut.size === 0 || excluded === undefined) return
  const tips = await tipsAbove(git, ends, cut, signal)
  const fresh = await onlyInTips(git, [...tips.keys()], ends.excluded, signal)
  if (fresh.exit.code !== 0) failed(complaint(fresh.exit))
  for (const [commit, tree] of tips) {
    if (fresh.ids.has(tree)) yield { commit, mode: '040000', id: tree, path: Buffer.alloc(0) }
    const shape = ['-r', '-t', '--raw', '-z', '--no-abbrev', '--no-renames', '--no-ext-diff', '--no-textconv']
    const compare = startGit(git, ['diff-tree', ...shape, excluded, commit], signal)
    compare.stdin.end()
    for await (const change of readChanges(compare.stdout))
      if (change !== null && (change.mode === '160000' || fresh.ids.has(change.id)))
        yield { ...change, commit }
    const exit = await compare.exit
    signal.throwIfAborted()
    if (exit.code !== 0) failed(complaint(exit))
  }
}

/** Commits of the range that build on cut ones and on which none builds; by id, their trees. */
async function tipsAbove(
  git: Git,
  ends: Ends,
  cut: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const above = new Set(cut)
  const tips = new Map<string, string>()
  const walk = startWalk(git, ends, ['--topo-order', '--reverse'], signal)
  for await (const { id, tree, parents } of readCommits(walk.stdout, { since: null }, new Set())) {
    if (!cut.has(id) && !parents.some((parent) => above.has(parent))) continue
    above.add(id)
    tips.set(id, tree)
    for (const parent of parents) tips.delete(parent)
  }
  // Where it does not get to its end, the walk that found the cut commits said so.
  await walk.exit
  signal.throwIfAborted()
  return tips
}

/** Blobs and trees by id, those that are missing too. */
async function onlyInTips(
  git: Git,
  tips: readonly string[],
  excluded: readonly string[],
  signal: AbortSignal,
): Promise<{ ids: ReadonlySet<string>; exit: GitExit }> {
  const list = startGit(git, ['rev-list', '--objects', '--missing=print', '--stdin'], signal)
  const trees = [...tips, ...excluded.map((id) => `^${id}`)].map((id) => `${id}^{tree}\n`)
  list.stdin.end(trees.join(''))
  const ids = new Set<string>()
  let rest = ''
  for await (const chunk of list.stdout) {
    const lines = (rest + (chunk as Buffer).toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const id = /^\??([0-9a-f]{40,64})/.exec(line)?.[1]
      if (id !== undefined) ids.add(id)
    }
  }
  const exit = await list.exit
  signal.throwIfAborted()
  return { ids, exit }
}

import type { Stray } from '../../types.ts'
import { below, type Repository } from '../repository.ts'
import { runGit } from '../run.ts'
import { pruningOfStrays } from './pruning.ts'
import { worktreeNames } from './worktrees.ts'

/** Of objects that no commit and no ref holds: whether an index does, under which names, and until when they are kept. */
export async function straysOf(
  repository: Repository,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Stray & { readonly paths: readonly Buffer[] }>> {
  const staged = await stagedPaths(repository, new Set(ids), signal)
  const loose = ids.filter((id) => !staged.has(id))
  const pruning = await pruningOfStrays(repository, loose, signal)
  return new Map(
    ids.map((id) => [
      id,
      { paths: staged.get(id) ?? [], staged: staged.has(id), prunedAfter: pruning.get(id) ?? null },
    ]),
  )
}

/** By id, from the index of every worktree. */
async function stagedPaths(
  { git, commonDir, gitDir }: Repository,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Map<string, Buffer[]>> {
  const found = new Map<string, Buffer[]>()
  if (wanted.size === 0) return found
  const worktrees = worktreeNames(commonDir, '').map((name) => below(commonDir, name.replace(/\/$/, '')))
  const places = new Set([commonDir, gitDir, ...worktrees].map((folder) => folder.toString('utf8')))
  for (const place of places) {
    const list = await runGit(git, [`--git-dir=${place}`, 'ls-files', '--stage', '-z', '--full-name'], signal)
    for (const entry of list.stdout.toString('latin1').split('\0')) {
      const id = entry.split(' ', 2)[1] ?? ''
      if (!wanted.has(id)) continue
      const path = Buffer.from(entry.slice(entry.indexOf('\t') + 1), 'latin1')
      const paths = found.get(id) ?? []
      found.set(id, paths)
      if (!paths.some((other) => other.equals(path))) paths.push(path)
    }
  }
  return found
}

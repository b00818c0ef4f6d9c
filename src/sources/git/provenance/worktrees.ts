import { readdirSync } from 'node:fs'
import { below, type Repository } from '../repository.ts'

const most = 100_000
const deepest = 8

/**
 * Names of refs that git knows and does not list, as they belong to other worktrees.
 * https://git-scm.com/docs/git-worktree#_refs
 */
export function worktreeRefs({ gitDir, commonDir }: Pick<Repository, 'gitDir' | 'commonDir'>): string[] {
  const kinds = ['bisect', 'worktree', 'rewritten']
  const others = worktreeNames(commonDir, 'refs').filter(
    (name) => !below(commonDir, name).equals(below(gitDir, 'refs')),
  )
  const found = others.flatMap((refs) =>
    kinds.flatMap((kind) => namesBelow(below(commonDir, refs, kind), `${refs}/${kind}`)),
  )
  const main = gitDir.equals(commonDir)
    ? []
    : kinds.flatMap((kind) => namesBelow(below(commonDir, 'refs', kind), `main-worktree/refs/${kind}`))
  return [...main, ...found].slice(0, most)
}

export function worktreeNames(commonDir: Buffer, file: string): string[] {
  return entriesOf(below(commonDir, 'worktrees')).map(({ name }) => `worktrees/${name}/${file}`)
}

/** All files below a folder, as `name` and their paths. */
export function namesBelow(folder: Buffer, name: string, depth = 0): string[] {
  if (depth > deepest) return []
  return entriesOf(folder).flatMap((entry) =>
    entry.isDirectory()
      ? namesBelow(below(folder, entry.name), `${name}/${entry.name}`, depth + 1)
      : [`${name}/${entry.name}`],
  )
}

/** Of a name that is no UTF-8 or has two lines nothing can be asked. */
function entriesOf(folder: Buffer) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !/[\n\ufffd]/.test(name))
      .slice(0, most)
  } catch {
    return []
  }
}

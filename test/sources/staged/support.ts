import { spawnSync } from 'node:child_process'
import { parseRawDiff, type RawChange } from '../../../src/sources/git/raw-diff.ts'
import { openStaged } from '../../../src/sources/staged/repository.ts'
import { contextAt, type Repo } from '../support.ts'

/** What we read without git; null: left to git. */
export function ownChanges(dir: string, env: Record<string, string> = {}): string[] | null {
  const { spawn, cwd } = contextAt(dir)
  const staged = openStaged({ spawn, cwd, env: { ...process.env, ...env }, inherit: true })
  staged?.store.close()
  return staged === null ? null : lines(staged.changes)
}

/** What git says, but for removals. */
export function gitChanges({ dir }: Pick<Repo, 'dir'>, env: Record<string, string> = {}): string[] {
  const git = (...args: string[]) =>
    spawnSync('git', args, {
      cwd: dir,
      env: { ...process.env, ...env, GIT_NO_LAZY_FETCH: '1' },
      input: '',
      maxBuffer: 1 << 28,
    })
  const { status } = git('rev-parse', '--verify', '--quiet', 'HEAD')
  const against = status === 0 ? 'HEAD' : git('hash-object', '-t', 'tree', '--stdin').stdout.toString().trim()
  const shape = ['--raw', '-z', '--no-abbrev', '--no-renames', '--ita-invisible-in-index']
  const answer = git('diff-index', '--cached', ...shape, against)
  if (answer.status !== 0) throw new Error(answer.stderr.toString())
  return lines(parseRawDiff(answer.stdout).filter((change) => change.status !== 'D'))
}

function lines(changes: readonly RawChange[]): string[] {
  return changes
    .map(({ path, oldMode, newMode, oldId, newId, status }) => {
      const name = JSON.stringify(path.toString('latin1'))
      // Of what is unmerged only the path matters; what git says of the rest depends on what lies beside it.
      return status === 'U' ? `${name} U` : [name, status, oldMode, newMode, oldId, newId].join(' ')
    })
    .sort()
}

import { basename, dirname, resolve } from 'node:path'
import type { Context } from '../context.ts'
import type { KeyEntry } from '../inventory/types.ts'
import { askGit } from '../sources/git/ask.ts'
import type { Git } from '../sources/git/run.ts'

/** What git says of one file: asked only after a hit, once a file. */
export type GitState = 'outside' | 'tracked' | 'ignored' | 'untracked' | 'unknown'

export type Outside = Pick<Context, 'fs' | 'spawn' | 'env'>

export function gitStates(
  { fs, spawn, env }: Outside,
  signal: AbortSignal,
): (file: string) => Promise<GitState> {
  const asked = new Map<string, Promise<GitState>>()
  // A file that git waits for makes it wait each time.
  let late = false
  return (file) => {
    const before = asked.get(file)
    if (before !== undefined) return before
    const answer = ask(file)
    asked.set(file, answer)
    return answer
  }

  async function ask(file: string): Promise<GitState> {
    if (late) return 'unknown'
    const git: Git = { spawn, env, cwd: dirname(file), inherit: false }
    const name = basename(file)
    const tracked = await askGit(
      git,
      ['--literal-pathspecs', 'ls-files', '--error-unmatch', '-z', '--', name],
      signal,
    )
    if (tracked.code === 0) return 'tracked'
    if (tracked.code !== 1) {
      late ||= tracked.late
      const none = /not a git repository|git was not found/.test(tracked.stderr) && !belowGitFolder(file)
      return none ? 'outside' : 'unknown'
    }
    const ignored = await askGit(git, ['check-ignore', '-q', '--', `./${name}`], signal)
    late ||= ignored.late
    if (ignored.late) return 'unknown'
    return ignored.code === 0 ? 'ignored' : 'untracked'
  }

  /** Without git to ask, a folder with a `.git` in it says enough to be careful. */
  function belowGitFolder(file: string): boolean {
    for (let folder = dirname(file); ; folder = dirname(folder)) {
      if (fs.existsSync(resolve(folder, '.git'))) return true
      if (dirname(folder) === folder) return false
    }
  }
}

/** A key that is in use, found where its own consumer or locator has it. */
export function isOwnPlace(fs: Context['fs'], key: KeyEntry, file: string): boolean {
  if (key.status !== 'active' && key.status !== 'rotating') return false
  const found = real(fs, file)
  return placesOf(key).some((place) => real(fs, place) === found)
}

function placesOf(key: KeyEntry): string[] {
  const places = (key.consumers ?? []).flatMap((consumer) =>
    consumer.kind === 'exec' ? [] : [consumer.path],
  )
  const locator = /^file:(.+)$/s.exec(key.locator ?? '') ?? /^dotenv:(.+):[^:]*$/s.exec(key.locator ?? '')
  return locator?.[1] === undefined ? places : [...places, locator[1]]
}

function real(fs: Context['fs'], path: string): string {
  try {
    return fs.realpathSync(path)
  } catch {
    return resolve(path)
  }
}

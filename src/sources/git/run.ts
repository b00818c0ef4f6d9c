import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Context } from '../../context.ts'
import { SourceError } from '../errors.ts'
import { quoted } from './shell.ts'

/** Where git is run and with what: everything of ours that spawns git goes through here. */
export interface Git {
  readonly spawn: Context['spawn']
  readonly env: Context['env']
  readonly cwd: string
  /** Obey GIT_DIR, GIT_INDEX_FILE… of the environment (a hook's): only when nobody named a repository. */
  readonly inherit: boolean
}

export interface GitChild {
  readonly stdin: Writable
  readonly stdout: Readable
  /** Never rejects. */
  readonly exit: Promise<GitExit>
  kill(): void
}

export interface GitExit {
  /** null: ended by a signal, or never started. */
  readonly code: number | null
  readonly stderr: string
}

/**
 * Nothing of the scanned repository runs, nothing is fetched, and memory stays bounded (DESIGN, guarantees 5 and 6).
 * https://git-scm.com/docs/git-config
 */
export const neutralConfiguration: readonly string[] = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.untrackedCache=false',
  'core.alternateRefsCommand=true',
  // A commit that only the graph file remembers would not be noticed missing.
  'core.commitGraph=false',
  'core.sshCommand=false',
  'core.askPass=true',
  'credential.helper=',
  'protocol.allow=never',
  'log.showSignature=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'core.packedGitWindowSize=8m',
  'core.packedGitLimit=32m',
  'core.deltaBaseCacheLimit=48m',
  'core.bigFileThreshold=16m',
]

const passed = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'XDG_CONFIG_HOME',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'PATHEXT',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CEILING_DIRECTORIES',
  'GIT_DISCOVERY_ACROSS_FILESYSTEM',
]
/** Obeyed only where nobody named a repository. */
export const passedInside: readonly string[] = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_COMMON_DIR',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_QUARANTINE_PATH',
  'GIT_NAMESPACE',
]

export function gitEnvironment(env: Context['env'], inherit: boolean): Record<string, string> {
  const kept: Record<string, string> = {
    LC_ALL: 'C',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_PAGER: 'cat',
  }
  for (const name of inherit ? [...passed, ...passedInside] : passed) {
    const value = env[name]
    if (value !== undefined) kept[name] = value
  }
  return kept
}

/** Starts git with neutral configuration; output and input are streams, standard error is kept (its first 64 KB). */
export function startGit(git: Git, args: readonly string[], signal: AbortSignal): GitChild {
  const configuration = neutralConfiguration.flatMap((setting) => ['-c', setting])
  const child = git.spawn('git', ['--no-pager', ...configuration, ...args], {
    cwd: git.cwd,
    env: gitEnvironment(git.env, git.inherit),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const { stdin, stdout, stderr } = child
  if (stdin === null || stdout === null || stderr === null)
    throw new TypeError('git was started without pipes')
  // A child that ends early closes its end: what that means is read from its exit, not from the pipe.
  stdin.on('error', () => {})
  const kill = (): void => void child.kill('SIGKILL')
  const exit = exitOf(child, stderr).finally(() => signal.removeEventListener('abort', kill))
  if (signal.aborted) kill()
  else signal.addEventListener('abort', kill, { once: true })
  return { stdin, stdout, exit, kill }
}

function exitOf(child: ChildProcess, stderr: Readable): Promise<GitExit> {
  let said = ''
  stderr.on('data', (chunk: Buffer) => {
    if (said.length < 65536) said += chunk.toString('utf8')
  })
  return new Promise((resolve) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'ENOENT' ? 'fatal: git was not found' : `fatal: git did not start: ${error.message}`
      resolve({ code: null, stderr: why })
    })
    child.on('close', (code) => resolve({ code, stderr: said }))
  })
}

export interface GitOutput extends GitExit {
  readonly stdout: Buffer
}

/** Runs git to its end and keeps what it wrote: for short answers only. */
export async function runGit(
  git: Git,
  args: readonly string[],
  signal: AbortSignal,
  input?: string,
): Promise<GitOutput> {
  const child = startGit(git, args, signal)
  child.stdin.end(input ?? '')
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  const exit = await child.exit
  signal.throwIfAborted()
  return { ...exit, stdout: Buffer.concat(chunks) }
}

/** As git says that it wanted to fetch what a partial clone lacks, and that it was not let. */
const unfetched = /from promisor remote|lazy fetching disabled|transport '.*' not allowed/

/** The first thing git complained about, without its prefix. */
export function complaint(exit: GitExit): string {
  if (unfetched.test(exit.stderr))
    return 'this is a partial clone: what it takes is not here, and nothing is fetched'
  const lines = exit.stderr.split('\n').map((line) => line.trim())
  const line = lines.find((text) => /^(fatal|error):/.test(text)) ?? lines.find((text) => text !== '')
  const ended = exit.code === null ? 'git was ended by a signal' : `git ended with ${exit.code}`
  return line === undefined ? ended : line.replace(/^(fatal|error|warning): /, '')
}

/** Turns a failed first command into the error that a person can act on. */
export function repositoryError(exit: GitExit, place: string): SourceError {
  const said = exit.stderr
  if (said.includes('git was not found')) {
    return new SourceError('no-git', 'git was not found', 'install git, or add it to PATH')
  }
  // The second is how git 2.35 says it.
  const [, at, before] =
    /dubious ownership in repository at '(.*)'|unsafe repository \('(.*)' is owned by someone else\)/.exec(
      said,
    ) ?? []
  const refused = at ?? before
  if (refused !== undefined) {
    return new SourceError(
      'unsafe-repository',
      `git refuses ${refused}: it belongs to another user`,
      `if you trust it: git config --global --add safe.directory ${quoted(refused)} (or scan it as its owner)`,
    )
  }
  const [, bare] = /cannot use bare repository '(.*)' \(safe\.bareRepository/.exec(said) ?? []
  if (bare !== undefined) {
    return new SourceError(
      'unsafe-repository',
      `git refuses ${bare}: your safe.bareRepository allows bare repositories only where they are named`,
      `if you trust it: GIT_DIR=${quoted(bare)} pplx-warden scan git`,
    )
  }
  if (/not a git repository|not a gitdir|must be run in a work tree/i.test(said)) {
    return new SourceError(
      'not-a-repository',
      `${place} is not in a git repository`,
      'to scan files: pplx-warden scan dir',
    )
  }
  return new SourceError('broken-repository', `git cannot read ${place}: ${complaint(exit)}`, 'try: git fsck')
}

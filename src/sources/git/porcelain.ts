import { type SimpleGit, simpleGit } from 'simple-git'
import type { Context } from '../../context.ts'
import { gitEnvironment, neutralConfiguration, repositoryError } from './run.ts'

/** What a repository is, for those who respond to what was found in it. */
export interface RepositoryFacts {
  /** null in a bare repository. */
  readonly topLevel: string | null
  readonly gitDir: string
  readonly bare: boolean
  readonly remotes: readonly { readonly name: string; readonly url: string }[]
}

/**
 * simple-git with the same neutral values as every git of ours: for facts about repositories and for making one
 * (the drill). Never in the hook's way and never for streams: it buffers all output and has no standard input.
 */
export function porcelain(
  context: Pick<Context, 'env'>,
  dir: string,
  settings: readonly string[] = [],
): SimpleGit {
  const { GIT_PAGER: _, ...environment } = gitEnvironment(context.env, false)
  return simpleGit({
    baseDir: dir,
    config: [...neutralConfiguration, ...settings],
    // It waits 50 ms for each command unless it may trust the close event alone.
    completion: { onClose: true, onExit: false },
    allowEnvironment: Object.keys(environment),
    // Refused by default in either direction, harmful or neutral: these are the neutral ones.
    unsafe: {
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafeSshCommand: true,
      allowUnsafeAskPass: true,
      allowUnsafeCredentialHelper: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeConfigPaths: true,
    },
  }).env(environment)
}

/** null: `dir` is in no repository. A SourceError where git refuses or cannot read it. */
export async function repositoryFacts(
  context: Pick<Context, 'env'>,
  dir: string,
): Promise<RepositoryFacts | null> {
  const git = porcelain(context, dir)
  let answer: string
  try {
    answer = await git.raw('rev-parse', '--is-bare-repository', '--absolute-git-dir')
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    if (/not a git repository/.test(said)) return null
    throw repositoryError(
      { code: 128, stderr: said.replaceAll('spawn git ENOENT', 'git was not found') },
      dir,
    )
  }
  // A path may hold a newline, so only the first one parts the two.
  const [, bare = '', gitDir = ''] = /^([^\n]*)\n(.*?)\n?$/s.exec(answer) ?? []
  const remotes = await git.getRemotes(true)
  return {
    topLevel: bare === 'true' ? null : (await git.raw('rev-parse', '--show-toplevel')).replace(/\n$/, ''),
    gitDir,
    bare: bare === 'true',
    remotes: remotes.map(({ name, refs }) => ({ name, url: refs.push || refs.fetch })),
  }
}

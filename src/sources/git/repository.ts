import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Context } from '../../context.ts'
import { SourceError } from '../errors.ts'
import { type Git, repositoryError, runGit } from './run.ts'

/** A repository as found from a folder in it (or its git folder itself). */
export interface Repository {
  readonly git: Git
  /** Absolute. Of a linked worktree: its own folder, while `commonDir` is the main one's. */
  readonly gitDir: string
  readonly commonDir: string
  /** As the person named it. */
  readonly target: string
}

export async function findRepository(
  context: Pick<Context, 'spawn' | 'env' | 'cwd'>,
  operand: string | undefined,
  signal: AbortSignal,
): Promise<Repository> {
  const cwd = resolve(context.cwd, operand ?? '.')
  if (!existsSync(cwd)) throw new SourceError('missing-path', `${operand ?? cwd}: no such folder`)
  if (!statSync(cwd).isDirectory())
    throw new SourceError('not-a-repository', `${operand ?? cwd} is not a folder`)
  const git: Git = { spawn: context.spawn, env: context.env, cwd, inherit: operand === undefined }
  const answer = await runGit(
    git,
    ['rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir'],
    signal,
  )
  if (answer.code !== 0) throw repositoryError(answer, operand ?? cwd)
  const [gitDir = '', commonDir = ''] = answer.stdout.toString('utf8').split('\n')
  return { git, gitDir, commonDir, target: operand ?? '.' }
}

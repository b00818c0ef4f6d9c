import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Context } from '../../context.ts'
import { SourceError } from '../errors.ts'
import { type Git, repositoryError, runGit } from './run.ts'

/** A repository as found from a folder in it (or its git folder itself). */
export interface Repository {
  readonly git: Git
  /** Absolute, as bytes: a path may hold anything. Of a linked worktree: its own folder, while `commonDir` is the main one's. */
  readonly gitDir: Buffer
  readonly commonDir: Buffer
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
  const [gitDir, commonDir] = await Promise.all(
    ['--git-dir', '--git-common-dir'].map((which) => folderOf(git, which, operand ?? cwd, signal)),
  )
  if (gitDir === undefined || commonDir === undefined) throw new TypeError('git was asked for two folders')
  return { git, gitDir, commonDir, target: operand ?? '.' }
}

/** One folder an answer: git ends it with a newline and quotes none that is in it. */
async function folderOf(git: Git, which: string, place: string, signal: AbortSignal): Promise<Buffer> {
  const answer = await runGit(git, ['rev-parse', '--path-format=absolute', which], signal)
  if (answer.code !== 0) throw repositoryError(answer, place)
  return answer.stdout.subarray(0, -1)
}

/** A path below a folder of the repository. */
export function below(folder: Buffer, ...names: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat([folder, ...names.flatMap((name) => [Buffer.from('/'), Buffer.from(name)])])
}

/** Bytes of an object's id: 32 in a SHA-256 repository. git before 2.25 has no other than SHA-1 and does not know the question. */
export async function idLengthOf({ git }: Repository, signal: AbortSignal): Promise<number> {
  const answer = await runGit(git, ['rev-parse', '--show-object-format'], signal)
  return answer.code === 0 && answer.stdout.toString('latin1').trim() === 'sha256' ? 32 : 20
}

import { existsSync, realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Context } from '../../context.ts'
import { SourceError } from '../errors.ts'
import { askGit } from './ask.ts'
import { absolute, type Repository } from './repository.ts'
import { type Git, type GitOutput, passedInside, repositoryError } from './run.ts'
import { refuseStrangeFiles } from './folder/strange-files.ts'

/** The repository that `operand` is in, by default the one of the working folder. Throws a SourceError. */
export async function findRepository(
  context: Pick<Context, 'spawn' | 'env' | 'cwd'>,
  operand: string | undefined,
  signal: AbortSignal,
): Promise<Repository> {
  const cwd = resolve(context.cwd, operand ?? '.')
  const place = operand ?? cwd
  if (!existsSync(cwd)) throw new SourceError('missing-path', `${place}: no such folder`)
  if (!statSync(cwd).isDirectory()) throw new SourceError('not-a-repository', `${place} is not a folder`)
  const asked: Git = { spawn: context.spawn, env: context.env, cwd, inherit: operand === undefined }
  refuseStrangeFiles(asked)
  const { git, gitDir } = await accepted(asked, place, signal)
  const common = await askGit(git, ['rev-parse', '--git-common-dir'], signal)
  if (common.code !== 0) throw repositoryError(common, place)
  return { git, gitDir: folderIn(git, gitDir), commonDir: folderIn(git, common), target: operand ?? '.' }
}

/** git refuses a repository whose `core.worktree` is gone, though its history is there. */
async function accepted(
  asked: Git,
  place: string,
  signal: AbortSignal,
): Promise<{ git: Git; gitDir: GitOutput }> {
  const answer = await askGit(asked, ['rev-parse', '--git-dir'], signal)
  if (answer.code === 0) return { git: asked, gitDir: answer }
  if (answer.late) throw repositoryError(answer, place)
  const git = withoutWorkTree(asked)
  const again = await askGit(git, ['rev-parse', '--git-dir'], signal)
  if (again.code !== 0) throw repositoryError(answer, place)
  return { git, gitDir: again }
}

/** Where it is and whose it is git finds out as before: only what it says of its working tree does not count. */
function withoutWorkTree({ spawn, env, cwd, inherit }: Git): Git {
  const kept = inherit
    ? env
    : Object.fromEntries(Object.entries(env).filter(([name]) => !passedInside.includes(name)))
  return { spawn, env: { ...kept, GIT_WORK_TREE: cwd }, cwd, inherit: true }
}

/** One folder an answer: git ends it with a newline and quotes none that is in it. Before 2.31 it may be relative. */
function folderIn(git: Git, answer: GitOutput): Buffer {
  return realpathSync.native(absolute(Buffer.from(git.cwd), answer.stdout.subarray(0, -1)), {
    encoding: 'buffer',
  })
}

import { type Git, type GitOutput, repositoryError, runGit } from './run.ts'
import { refuseStrangeFiles } from './folder/strange-files.ts'

/** Milliseconds. What is asked takes a hundredth of it even on slow disks. */
const usual = 10_000

/**
 * A question that git answers from a few files. It waits for a pipe among them for ever, and not all of them can be
 * known before: configuration includes others, ignore files lie anywhere. Then git is ended: `late`.
 */
export async function askGit(
  git: Git,
  args: readonly string[],
  signal: AbortSignal,
  patience = usual,
): Promise<GitOutput & { readonly late: boolean }> {
  const limit = AbortSignal.timeout(patience)
  try {
    const answer = await runGit(git, args, AbortSignal.any([signal, limit]))
    return { ...answer, late: false }
  } catch (error) {
    if (signal.aborted || !limit.aborted) throw error
    return { code: null, stderr: `fatal: ${lateness(patience)}`, stdout: Buffer.alloc(0), late: true }
  }
}

export function lateness(patience: number): string {
  return `git did not answer for ${patience / 1000} s: is a file that it reads here a pipe, or on a disk that does not answer?`
}

/** Whoever asks git without having found the repository through it asks this first. Throws a SourceError. */
export async function checkThatGitAnswers(git: Git, signal: AbortSignal): Promise<void> {
  refuseStrangeFiles(git)
  const answer = await askGit(git, ['rev-parse', '--git-dir'], signal)
  if (answer.late) throw repositoryError(answer, git.cwd)
}

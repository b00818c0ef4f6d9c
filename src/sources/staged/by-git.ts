import { SourceError } from '../errors.ts'
import { checkThatGitAnswers } from '../git/ask.ts'
import { checkIndex } from './index-file.ts'
import { type Answer, readObjects, startBatch } from '../git/objects.ts'
import { parseRawDiff, type RawChange } from '../git/raw-diff.ts'
import { type Git, type GitChild, type GitOutput, repositoryError, runGit } from '../git/run.ts'
import type { Excluded, Skipped, Unit } from '../types.ts'
import { recordedIn, unitOf } from './unit.ts'

/** What is left of HEAD…index once only content counts; submodules and intent-to-add are no content. */
const diffIndex = [
  'diff-index',
  '--cached',
  '--raw',
  '-z',
  '--no-abbrev',
  '--no-renames',
  '--no-relative',
  '--no-ext-diff',
  '--no-textconv',
  '--ita-invisible-in-index',
]

/** Asks git: two processes, started together. */
export async function* unitsByGit(
  git: Git,
  excluded: Excluded,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  await checkThatGitAnswers(git, signal)
  const contents = startBatch(git, signal)
  let changes: RawChange[]
  try {
    const difference = staged(git, signal)
    difference.catch(() => {})
    const damage = damageOf(git)
    changes = await difference
    if (damage !== null) throw damage
  } catch (error) {
    contents.kill()
    throw error
  }
  const recorded = recordedIn(changes, excluded)
  if (recorded.unmerged.length > 0) yield recorded.unmerged
  if (recorded.contents.length === 0) {
    contents.stdin.end()
    return
  }
  yield* contentsByGit(git, recorded.contents, signal, contents)
}

/** `batch` is a process that was started in advance. */
export async function* contentsByGit(
  git: Git,
  changes: readonly RawChange[],
  signal: AbortSignal,
  batch?: GitChild,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  if (batch === undefined) await checkThatGitAnswers(git, signal)
  const ids = changes.map((change) => change.newId)
  for await (const answers of readObjects(git, ids, signal, batch)) {
    yield answers.map((answer) => unitFor(answer, changes))
  }
}

/** Read while git works; what git itself has to say comes first. */
function damageOf(git: Git): unknown {
  try {
    checkIndex(git)
    return null
  } catch (error) {
    return error
  }
}

async function staged(git: Git, signal: AbortSignal): Promise<RawChange[]> {
  let diff = await runGit(git, [...diffIndex, 'HEAD', '--'], signal)
  if (diff.code !== 0 && /bad revision 'HEAD'/.test(diff.stderr)) diff = await againstNothing(git, signal)
  if (diff.code !== 0) throw repositoryError(diff, git.cwd)
  const changes = parseRawDiff(diff.stdout)
  // A bare repository has no index, so everything looks removed from it (or nothing is there).
  if (changes.every((change) => change.status === 'D')) await refuseBare(git, signal)
  return changes
}

/** Before the first commit everything in the index is new. */
async function againstNothing(git: Git, signal: AbortSignal): Promise<GitOutput> {
  const unborn = await runGit(git, ['symbolic-ref', '--quiet', 'HEAD'], signal)
  if (unborn.code !== 0) return unborn
  const born = await runGit(git, ['rev-parse', '--verify', '--quiet', 'HEAD'], signal)
  if (born.code === 0) return { ...born, code: 128, stderr: 'fatal: HEAD names no commit' }
  const emptyTree = await runGit(git, ['hash-object', '-t', 'tree', '--stdin'], signal)
  if (emptyTree.code !== 0) return emptyTree
  return runGit(git, [...diffIndex, emptyTree.stdout.toString('latin1').trim(), '--'], signal)
}

async function refuseBare(git: Git, signal: AbortSignal): Promise<void> {
  const answer = await runGit(git, ['rev-parse', '--is-bare-repository'], signal)
  if (answer.code !== 0) throw repositoryError(answer, git.cwd)
  if (answer.stdout.toString('latin1').trim() !== 'true') return
  const hint = 'to scan its history: pplx-warden scan git'
  throw new SourceError('bare-repository', `${git.cwd} is a bare repository: nothing is staged there`, hint)
}

function unitFor({ index, object }: Answer, changes: readonly RawChange[]): Unit | Skipped {
  const change = changes[index]
  if (change === undefined) throw new RangeError('git answered more than was asked')
  return unitOf(change, object)
}

import type { Context } from '../context.ts'
import { SourceError } from './errors.ts'
import { checkIndex } from './git/index-file.ts'
import { type Answer, readObjects, startBatch } from './git/objects.ts'
import { type ParentMaps, parentMaps } from './git/parents.ts'
import { parseRawDiff, type RawChange } from './git/raw-diff.ts'
import { type Git, type GitOutput, repositoryError, runGit } from './git/run.ts'
import { nameOf } from './name.ts'
import type { Excluded, Origin, Skipped, Source, Unit } from './types.ts'

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

/**
 * What `git commit` would record, by object: two processes of git, started together, and nothing else until a token
 * is found. The index is the one git would use here (GIT_INDEX_FILE of `git commit --only` too).
 */
export function stagedSource(context: Pick<Context, 'spawn' | 'env' | 'cwd'>): Source {
  const git: Git = { spawn: context.spawn, env: context.env, cwd: context.cwd, inherit: true }
  const excluded: Excluded = {}
  let parents: Promise<ParentMaps> | null = null
  return {
    kind: 'staged',
    target: '.',
    excluded,
    units: (signal) => units(git, excluded, signal),
    before(origin, signal) {
      parents ??= parentMaps(git, signal)
      return before(git, parents, origin, signal)
    },
  }
}

async function* units(
  git: Git,
  excluded: Excluded,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
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
  const recorded = changes.filter((change) => isContent(change, excluded))
  const unmerged = changes.filter((change) => change.status === 'U')
  if (unmerged.length > 0) yield unmerged.map(notMerged)
  if (recorded.length === 0) {
    contents.stdin.end()
    return
  }
  const ids = recorded.map((change) => change.newId)
  for await (const batch of readObjects(git, ids, signal, contents)) {
    yield batch.map((answer) => unitOf(answer, recorded))
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

function isContent(change: RawChange, excluded: Excluded): boolean {
  if (change.newMode === '160000') {
    excluded['submodules'] = (excluded['submodules'] ?? 0) + 1
    return false
  }
  // A change of mode alone (or none at all) records no new content.
  return (
    change.status !== 'D' &&
    change.status !== 'U' &&
    change.newId !== change.oldId &&
    !/^0+$/.test(change.newId)
  )
}

function notMerged(change: RawChange): Skipped {
  return {
    skipped: nameOf(change.path).text,
    reason: 'unmerged: git cannot commit it yet',
    hint: 'resolve the conflict and stage the file',
  }
}

function unitOf({ index, object }: Answer, changes: readonly RawChange[]): Unit | Skipped {
  const change = changes[index]
  if (change === undefined) throw new RangeError('git answered more than was asked')
  const path = nameOf(change.path)
  if ('missing' in object) {
    return { skipped: path.text, reason: `object ${change.newId}: ${object.missing}`, hint: 'try: git fsck' }
  }
  const parents = change.status === 'A' ? [] : [change.oldId]
  return {
    name: path,
    bytes: object.bytes,
    origin: { kind: 'staged', id: change.newId, path, parents },
    encodings: [],
  }
}

/** The blobs that HEAD (and in a merge each MERGE_HEAD) has at this path or at the path it was renamed from. */
async function* before(
  git: Git,
  parents: Promise<ParentMaps>,
  origin: Origin,
  signal: AbortSignal,
): AsyncGenerator<Unit | Skipped> {
  if (origin.kind !== 'staged') return
  const maps = await parents
  yield* maps.skipped
  for await (const batch of readObjects(git, maps.blobAt(origin.path, origin.id), signal)) {
    for (const { object } of batch) {
      if ('missing' in object)
        yield { skipped: origin.path.text, reason: `object ${object.id}: ${object.missing}` }
      else yield { name: origin.path, bytes: object.bytes, origin, encodings: [] }
    }
  }
}

import type { Context } from '../../context.ts'
import { nameFrom } from '../name.ts'
import type { Excluded, Skipped, Source, Unit } from '../types.ts'
import { type BatchMiss, type BatchObject, readBatch, TruncatedBatch } from './batch.ts'
import { heavyDelta, heavyDeltas } from './heavy.ts'
import { alternateGaps, missingObjects, packGaps, shallowGap } from './gaps.ts'
import { metadataUnits } from './metadata.ts'
import { readObjects } from './objects.ts'
import { locate } from './provenance.ts'
import { findRepository, type Repository } from './repository.ts'
import { complaint, type GitExit, runGit, startGit } from './run.ts'
import { countSubmodules, type Gitlinks, noteGitlinks } from './submodules.ts'

/**
 * The whole history by objects: whatever the object store holds, reachable or not, each object once; then what lies
 * beside it (names of refs, reflogs, configuration); and what is not there although something points at it.
 */
export async function gitSource(
  context: Pick<Context, 'spawn' | 'env' | 'cwd'>,
  operand: string | undefined,
  signal: AbortSignal,
  limits: { readonly delta: number } = { delta: heavyDelta },
): Promise<Source> {
  const repository = await findRepository(context, operand, signal)
  const excluded: Excluded = {}
  const seen: Seen = { commits: [], gitlinks: new Set() }
  return {
    kind: 'git',
    target: repository.target,
    excluded,
    units: (scanSignal) => units(repository, limits.delta, seen, excluded, scanSignal),
    locate: (origins, scanSignal) => locate(repository.git, origins, seen.commits, scanSignal),
  }
}

/** What is noted of objects as they pass. */
interface Seen {
  readonly commits: string[]
  readonly gitlinks: Gitlinks
}

async function* units(
  repository: Repository,
  delta: number,
  seen: Seen,
  excluded: Excluded,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  // Walks what the refs reach while the objects are read: both take about as long, on a core each.
  const missing = missingObjects(repository, signal)
  missing.catch(() => {})
  yield [...shallowGap(repository), ...packGaps(repository), ...alternateGaps(repository)]
  const heavy = await heavyDeltas(repository.git, delta, signal)
  yield heavy.skipped
  if (heavy.ids.size === 0) yield* objects(repository, seen, signal)
  else yield* objectsBut(repository, heavy.ids, seen, signal)
  const submodules = countSubmodules(repository, seen.gitlinks)
  if (submodules > 0) excluded['submodules'] = submodules
  yield* metadataUnits(repository, { excluded, nested: [], gitlink: () => {} }, signal)
  yield await missing
}

/** Fast: git hands out every object it has, in the order in which they are stored. */
async function* objects(
  repository: Repository,
  seen: Seen,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const every = ['--batch-all-objects', '--unordered', '--buffer']
  const child = startGit(repository.git, ['cat-file', ...every, '--batch'], signal)
  child.stdin.end()
  let count = 0
  let last = ''
  try {
    for await (const batch of readBatch(child.stdout)) {
      count += batch.length
      last = batch.at(-1)?.id ?? last
      yield batch.map((object) => unitOf(object, seen))
    }
  } catch (error) {
    if (!(error instanceof TruncatedBatch)) throw error
    if (error.handedOut !== null) yield [damaged(error.handedOut, error.message)]
  } finally {
    // Nothing more is read from it: it has ended, or whoever listened went away.
    child.stdout.destroy()
  }
  const exit = await child.exit
  signal.throwIfAborted()
  if (exit.code === 0) yield complaints(exit)
  else yield* remaining(repository, { count, last, exit }, seen, signal)
}

/** By name, so that git never unfolds what must not be. */
async function* objectsBut(
  repository: Repository,
  left: ReadonlySet<string>,
  seen: Seen,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const list = await listObjects(repository, signal)
  yield complaints(list)
  const wanted = list.ids.filter((id) => !left.has(id))
  for await (const batch of readObjects(repository.git, wanted, signal)) {
    yield batch.map(({ object }) => unitOf(object, seen))
  }
}

/** In the order in which `cat-file --batch` gives them. */
async function listObjects({ git }: Repository, signal: AbortSignal): Promise<GitExit & { ids: string[] }> {
  const args = ['cat-file', '--batch-all-objects', '--unordered', '--buffer', '--batch-check=%(objectname)']
  const list = await runGit(git, args, signal)
  const lines = list.stdout.toString('latin1').split('\n')
  return { ...list, ids: lines.map((line) => line.split(' ')[0] ?? '').filter((id) => id !== '') }
}

/** git died at a damaged object: the rest is read by name, so that one bad object hides no other. */
async function* remaining(
  repository: Repository,
  reached: { count: number; last: string; exit: GitExit },
  seen: Seen,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const list = await listObjects(repository, signal)
  const { ids } = list
  const unchanged = reached.count === 0 || ids[reached.count - 1] === reached.last
  yield complaints(list.code === 0 ? reached.exit : list)
  if (!unchanged)
    yield [
      {
        skipped: repository.target,
        reason: 'the repository changed while it was scanned',
        hint: 'scan it again',
      },
    ]
  const rest = unchanged ? ids.slice(reached.count) : ids
  for await (const batch of readObjects(repository.git, rest, signal)) {
    yield batch.map(({ object }) => unitOf(object, seen))
  }
}

function unitOf(object: BatchObject | BatchMiss, seen: Seen): Unit | Skipped {
  if ('missing' in object) return damaged(object.id, object.missing)
  const { id, type, bytes } = object
  if (type === 'commit') seen.commits.push(id)
  if (type === 'tree' && bytes instanceof Uint8Array) noteGitlinks(bytes, id.length / 2, seen.gitlinks)
  return { name: nameFrom(id), bytes, origin: { kind: 'object', id, type }, encodings: [] }
}

function damaged(id: string, reason: string): Skipped {
  return {
    skipped: `object ${id}`,
    reason: reason === 'missing' ? 'damaged or missing' : reason,
    hint: 'try: git fsck',
  }
}

/** git goes on after some errors and says so only on standard error. */
function complaints(exit: GitExit): Skipped[] {
  const lines = exit.stderr.split('\n').filter((line) => /^(error|fatal):/.test(line))
  if (exit.code !== 0 && lines.length === 0) lines.push(complaint(exit))
  return [...new Set(lines)].slice(0, 100).map((line) => ({
    skipped: 'objects',
    reason: line.replace(/^(error|fatal): /, 'git: '),
    hint: 'try: git fsck',
  }))
}

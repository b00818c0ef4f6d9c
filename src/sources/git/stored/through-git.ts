import { nameFrom } from '../../name.ts'
import type { Skipped, Unit } from '../../types.ts'
import { type BatchMiss, type BatchObject, BrokenBatch, readBatch } from '../batch.ts'
import { heavyAmong, heavyDeltas } from './heavy.ts'
import { readObjects } from '../objects.ts'
import type { Leftover } from './packs.ts'
import type { Repository } from '../repository.ts'
import { complaint, type GitExit, runGit, startGit } from '../run.ts'

/** Every object of the repository as git hands it out: for packs that our reader does not know. */
export async function* allThroughGit(
  repository: Repository,
  delta: number,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const heavy = await heavyDeltas(repository.git, delta, signal)
  yield heavy.skipped
  if (heavy.ids.size === 0) yield* objects(repository, signal)
  else yield* objectsBut(repository, heavy.ids, signal)
}

/** What our reader left: git may have a good copy of what is damaged, and memory for what is large. */
export async function* leftThroughGit(
  { git }: Repository,
  left: readonly Leftover[],
  delta: number,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  if (left.length === 0) return
  const reasons = new Map(left.map(({ id, reason }) => [id, reason]))
  const heavy = await heavyAmong(git, [...reasons.keys()], delta, signal)
  yield heavy.skipped
  const wanted = [...reasons.keys()].filter((id) => !heavy.ids.has(id))
  for await (const batch of readObjects(git, wanted, signal)) {
    yield batch.map(({ object }) => {
      const reason = reasons.get(object.id) ?? ''
      return 'missing' in object && reason !== '' ? damaged(object.id, `damaged: ${reason}`) : unitOf(object)
    })
  }
}

/** Fast: git hands out every object it has, in the order in which they are stored. */
async function* objects(
  repository: Repository,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const every = ['--batch-all-objects', '--unordered', '--buffer']
  const child = startGit(repository.git, ['cat-file', ...every, '--batch'], signal)
  child.stdin.end()
  let count = 0
  let last = ''
  let broken: BrokenBatch | null = null
  try {
    for await (const batch of readBatch(child.stdout)) {
      count += batch.length
      last = batch.at(-1)?.id ?? last
      yield batch.map((object) => unitOf(object))
    }
  } catch (error) {
    if (!(error instanceof BrokenBatch)) throw error
    broken = error
    child.kill()
    if (error.handedOut !== null) yield [damaged(error.handedOut, error.message)]
  } finally {
    // Nothing more is read from it: it has ended, or whoever listened went away.
    child.stdout.destroy()
  }
  const exit = await child.exit
  signal.throwIfAborted()
  // An object was longer or shorter than it says: how much of what came is what it seems to be is not known.
  if (broken?.isShifted === true || (broken !== null && exit.code === 0))
    yield* objectsBut(repository, new Set(), signal)
  else if (exit.code === 0) yield complaints(exit)
  else yield* remaining(repository, { count, last, exit }, signal)
}

/** By name, so that git never unfolds what must not be. */
async function* objectsBut(
  repository: Repository,
  left: ReadonlySet<string>,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const list = await listObjects(repository, signal)
  yield complaints(list)
  const wanted = list.ids.filter((id) => !left.has(id))
  for await (const batch of readObjects(repository.git, wanted, signal)) {
    yield batch.map(({ object }) => unitOf(object))
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
    yield batch.map(({ object }) => unitOf(object))
  }
}

function unitOf(object: BatchObject | BatchMiss): Unit | Skipped {
  if ('missing' in object) return damaged(object.id, object.missing)
  const { id, type, bytes } = object
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

import type { Excluded, Skipped, Unit } from '../../types.ts'
import { lfsUnits } from '../lfs/lfs.ts'
import { lfsNotes, noteBlob } from '../lfs/lfs-pointer.ts'
import type { Repository } from '../repository.ts'
import { type Change, changesOf } from './changes.ts'
import { changesAcross } from './cut-tips.ts'
import { readUnits } from './read.ts'
import { repairHint } from './repair.ts'
import type { Ends } from './resolve.ts'
import { cutGap, shallowCommits, unknownBase } from './shallow.ts'
import { tagsIn } from './tags.ts'

/** Objects that are read by one process of git. */
const AT_ONCE = 8192

/**
 * The commits of a range, and every blob and tree that one of them has under a path where no parent of it has the
 * same. So an object that the excluded side has elsewhere, or had long ago, is among them: it came back.
 */
export async function* rangeUnits(
  repository: Repository,
  ends: Ends,
  excluded: Excluded,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const unknown = await unknownBase(repository, ends, signal)
  yield unknown
  if (unknown.length > 0) return
  const { git, target } = repository
  const seen = new Set<string>()
  const submodules = new Set<string>()
  const cut = new Set<string>()
  const gaps: Skipped[] = []
  const lfs = lfsNotes()
  let waiting: string[] = []
  const trees = new Map<string, string>()
  const changes = changesOf(
    git,
    ends,
    shallowCommits(repository),
    [],
    {
      commit(commit) {
        want(commit.id)
        trees.set(commit.id, commit.tree)
      },
      shallow: (id) => cut.add(id),
      failed,
    },
    signal,
  )
  for await (const change of changes) {
    wantRoot(change.commit)
    wantChange(change)
    if (waiting.length >= AT_ONCE) yield* readWaiting()
  }
  if (ends.excluded.length > 0) for (const id of cut) want(id)
  for await (const change of changesAcross(repository, ends, cut, failed, signal)) {
    wantChange(change)
    if (waiting.length >= AT_ONCE) yield* readWaiting()
  }
  const isChosen = (commit: string): boolean => seen.has(keyOf(commit)) || cut.has(commit)
  const tags = await tagsIn(repository, ends, isChosen, signal)
  tags.ids.forEach(want)
  gaps.push(...tags.skipped)
  yield* readWaiting()
  yield* lfsUnits(repository, { notes: lfs, excluded, unclaimed: false }, signal)
  if (submodules.size > 0) excluded['submodules'] = submodules.size
  yield [...gaps, ...cutGap(target, cut.size)]

  function failed(why: string): void {
    const reason = `the range is not known in full: ${why}`
    gaps.push({ skipped: target, reason, hint: repairHint(repository) })
  }

  function wantChange({ mode, id, path }: Change): void {
    if (mode === '160000') submodules.add(path.toString('latin1'))
    else if (!/^0+$/.test(id)) want(id)
  }

  /** diff-tree names trees below the root alone. One that is as in a parent holds no new name. */
  function wantRoot(commit: string): void {
    const tree = trees.get(commit)
    if (tree !== undefined) want(tree)
    trees.delete(commit)
  }

  function want(id: string): void {
    const key = keyOf(id)
    if (seen.has(key)) return
    seen.add(key)
    waiting.push(id)
  }

  async function* readWaiting(): ReturnType<typeof readUnits> {
    const ids = waiting
    waiting = []
    for await (const batch of readUnits(repository, ids, signal)) {
      for (const item of batch) noteBlob(item, lfs)
      yield batch
    }
  }
}

/** An id in half the memory. */
function keyOf(id: string): string {
  return Buffer.from(id, 'hex').toString('latin1')
}

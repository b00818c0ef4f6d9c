import type { Repository } from '../repository.ts'
import { objectFolders } from '../stored/object-folders.ts'
import { writtenAt } from './ages.ts'
import { type Expiry, readExpiry } from './expiry.ts'
import type { History } from './history.ts'
import type { Reach } from './reach.ts'
import { readReflogs } from './reflogs.ts'

/** When `git gc` may delete something that no ref reaches, at the earliest. */
export interface Pruning {
  /** ISO 8601, UTC; null: never, as things are set. */
  readonly prunedAfter: string | null
  /** The entry of a reflog that holds it longest: `HEAD@{1}`. */
  readonly reflog: string | null
}

/**
 * An object goes once no entry of a reflog holds it (gc.reflogExpireUnreachable, gc.reflogExpire) and it was written
 * long enough ago (gc.pruneExpire); what holds it and was written later holds it for that time too.
 * https://git-scm.com/docs/git-gc, https://git-scm.com/docs/git-prune
 */
export async function pruningOf(
  repository: Repository,
  history: History,
  reach: Reach,
  commits: readonly number[],
  signal: AbortSignal,
): Promise<Map<number, Pruning>> {
  const lost = commits.filter((commit) => reach.level(commit) === 2)
  if (lost.length === 0) return new Map()
  const expiry = await readExpiry(repository.git, signal)
  const held = heldUntil(repository, history, reach, expiry)
  const written = lastWritten(repository, history, lost)
  return new Map(
    lost.map((commit) => {
      const time = Math.max(held.until[commit] as number, (written[commit] as number) + expiry.prune)
      return [commit, { prunedAfter: dateOf(time), reflog: held.entryOf(commit) }]
    }),
  )
}

/** Of objects that neither a ref nor a commit holds. */
export async function pruningOfStrays(
  repository: Repository,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string | null>> {
  if (ids.length === 0) return new Map()
  const { prune } = await readExpiry(repository.git, signal)
  const written = writtenAt(objectsOf(repository), ids)
  return new Map(ids.map((id) => [id, dateOf((written.get(id) ?? Number.POSITIVE_INFINITY) + prune)]))
}

/** A commit is held by whatever holds a child of it. */
function heldUntil(repository: Repository, history: History, reach: Reach, expiry: Expiry) {
  const until = new Float64Array(history.ids.length)
  const by = new Int32Array(history.ids.length).fill(-1)
  const names: string[] = []
  for (const { ref, position, id, time } of readReflogs(repository)) {
    const commit = history.numberOf(id)
    if (commit === -1 || reach.level(commit) !== 2) continue
    const end = time + expiry.reflog(ref)
    if (end <= (until[commit] as number)) continue
    until[commit] = end
    by[commit] = names.push(`${shortened(ref)}@{${position}}`) - 1
  }
  handDown(history, (parent, child) => {
    if ((until[child] as number) <= (until[parent] as number)) return
    until[parent] = until[child] as number
    by[parent] = by[child] as number
  })
  return { until, entryOf: (commit: number) => names[by[commit] as number] ?? null }
}

function shortened(ref: string): string {
  return ref.replace(/^refs\/(?:(stash)$|heads\/)/, '$1')
}

/** When a commit, or one that has it among its ancestors, was written. */
function lastWritten(repository: Repository, history: History, commits: readonly number[]): Float64Array {
  const times = new Float64Array(history.ids.length)
  const descends = new Uint8Array(history.ids.length)
  for (const commit of commits) descends[commit] = 1
  const { ids, starts, parents } = history
  for (let commit = 0; commit < ids.length; commit++) {
    for (let k = starts[commit] as number; k < (starts[commit + 1] as number); k++)
      if (descends[parents[k] as number] === 1) descends[commit] = 1
  }
  const some = [...descends.keys()].filter((commit) => descends[commit] === 1)
  const written = writtenAt(
    objectsOf(repository),
    some.map((commit) => ids[commit] ?? ''),
  )
  for (const commit of some) times[commit] = written.get(ids[commit] ?? '') ?? 0
  handDown(history, (parent, child) => {
    if (descends[parent] === 1) times[parent] = Math.max(times[parent] as number, times[child] as number)
  })
  return times
}

/** Youngest child first, so that what is handed down goes all the way. */
function handDown({ ids, starts, parents }: History, give: (parent: number, child: number) => void): void {
  for (let child = ids.length - 1; child >= 0; child--) {
    for (let k = starts[child] as number; k < (starts[child + 1] as number); k++)
      give(parents[k] as number, child)
  }
}

function objectsOf(repository: Repository): Buffer {
  return objectFolders(repository).folders[0] ?? Buffer.from('objects')
}

const lastSecond = Date.UTC(9999, 11, 31) / 1000

function dateOf(seconds: number): string | null {
  return seconds > lastSecond ? null : new Date(Math.ceil(seconds) * 1000).toISOString()
}

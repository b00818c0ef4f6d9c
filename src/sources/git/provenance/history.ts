import type { BulkStore } from '../pack/bulk.ts'
import { parseLinks } from '../commit.ts'
import { readHeads } from './heads.ts'
import { oldestFirst } from './order.ts'
import type { Objects } from './objects.ts'

/**
 * The commits of a store, numbered from 0: a parent before its children, and the older first where that leaves a
 * choice. Read from the commits themselves: neither grafts nor a shallow clone's boundary change it.
 */
export interface History {
  readonly ids: readonly string[]
  /** -1: it is not here. */
  numberOf(id: string): number
  /** The parents of commit `c` that are here are `parents` from `starts[c]` to before `starts[c + 1]`. */
  readonly starts: Uint32Array
  readonly parents: Uint32Array
  /** 1: a parent is not here, so that what the commit holds may be older than it. */
  readonly cut: Uint8Array
  treeOf(commit: number): string
}

export async function readHistory(
  from: Objects,
  commits: readonly string[],
  signal: AbortSignal,
): Promise<History> {
  const all = await readAll(from, commits, signal)
  const order = oldestFirst(all)
  const rank = new Int32Array(commits.length).fill(-1)
  order.forEach((place, number) => {
    rank[place] = number
  })
  const starts = new Uint32Array(order.length + 1)
  const parents = new Uint32Array(all.parents.length)
  const cut = new Uint8Array(order.length)
  let used = 0
  order.forEach((place, number) => {
    for (let k = all.starts[place] as number; k < (all.ends[place] as number); k++) {
      const parent = rank[all.parents[k] as number] as number
      if (parent === -1) cut[number] = 1
      else parents[used++] = parent
    }
    if (all.cut[place] === 1) cut[number] = 1
    starts[number + 1] = used
  })
  return {
    ids: Array.from(order, (place) => commits[place] ?? ''),
    numberOf: (id) => rank[all.places.get(id) ?? -1] ?? -1,
    starts,
    parents,
    cut,
    treeOf: (number) => all.treeOf(order[number] as number),
  }
}

/** What is longer is left to git, which streams. */
const longest = 2 ** 20

/** By place in the list of commits. */
export interface Unordered {
  readonly places: ReadonlyMap<string, number>
  readonly ids: readonly string[]
  readonly isRead: Uint8Array
  /** Of the parents of each in `parents`, which are places themselves. */
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly parents: readonly number[]
  readonly cut: Uint8Array
  readonly dates: Float64Array
  treeOf(place: number): string
}

async function readAll(
  { git, store }: Objects,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Unordered> {
  const count = ids.length
  const places = new Map(ids.map((id, place) => [id, place]))
  const idLength = (ids[0]?.length ?? 40) / 2
  const trees = Buffer.alloc(count * idLength)
  const [isRead, cut] = [new Uint8Array(count), new Uint8Array(count)]
  const [starts, ends] = [new Uint32Array(count), new Uint32Array(count)]
  const dates = new Float64Array(count)
  const parents: number[] = []
  const left = store === null ? [...ids.keys()] : [...ids.keys()].filter((place) => !noteStored(store, place))
  const leftIds = left.map((place) => ids[place] ?? '')
  for await (const { index, bytes } of readHeads(git, leftIds, 'commit', signal))
    note(left[index] ?? 0, bytes)
  const treeOf = (place: number) => trees.toString('hex', place * idLength, (place + 1) * idLength)
  return { places, ids, isRead, starts, ends, parents, cut, dates, treeOf }

  /** False: git is to say what is wrong with it. */
  function noteStored(from: BulkStore, place: number): boolean {
    const object = from.tryRead(ids[place] ?? '', longest)
    if (object?.type !== 'commit') return false
    note(place, object.bytes)
    return true
  }

  function note(index: number, bytes: Buffer): void {
    const head = parseLinks(bytes)
    isRead[index] = 1
    dates[index] = head.committed
    trees.write(head.tree, index * idLength, idLength, 'hex')
    starts[index] = parents.length
    for (const id of head.parents) {
      const parent = places.get(id)
      if (parent === undefined) cut[index] = 1
      else parents.push(parent)
    }
    ends[index] = parents.length
  }
}

import type { History } from './history.ts'
import type { Git } from '../run.ts'
import { comparisonsOf } from './comparisons.ts'
import { compareAll } from './compare.ts'

/** One name that an object had. */
export interface Pair {
  readonly object: number
  /** Empty: it is a commit's root tree. */
  readonly path: Buffer
  /** In the order of the history: twice the commit's number, one more where it came. */
  readonly events: number[]
}

export interface Trace {
  /** In the order in which they came. */
  readonly pairs: readonly Pair[]
  /** What could not be followed, in words. */
  readonly troubles: readonly string[]
}

/** More changes of wanted objects than this are no history of files. */
const mostEvents = 5_000_000

/** Where the objects (ids; a number is a place in them) stood, from one walk over all commits, however many objects there are. */
export async function traceObjects(
  git: Git,
  history: History,
  objects: readonly string[],
  hasTrees: boolean,
  signal: AbortSignal,
): Promise<Trace> {
  const wanted = new Map(objects.map((id, object) => [id, object]))
  const pairs = new Map<string, Pair>()
  let events = 0
  const note = (commit: number, object: number, came: boolean, path: Buffer): boolean => {
    const key = `${object} ${path.toString('latin1')}`
    const pair = pairs.get(key) ?? { object, path, events: [] }
    pairs.set(key, pair)
    pair.events.push(2 * commit + (came ? 1 : 0))
    events += 1
    return events < mostEvents
  }
  const comparisons = comparisonsOf(history)
  const troubles = await compareAll(git, comparisons, wanted, hasTrees, note, signal)
  if (hasTrees) noteRoots(history, wanted, note)
  if (comparisons.tooWide.length > 0)
    troubles.push(
      `merges of very many commits were not compared: ${comparisons.tooWide.slice(0, 3).join(', ')}`,
    )
  return { pairs: [...pairs.values()], troubles }
}

/** The names of each object, in the order in which they came. */
export function namesOf({ pairs }: Trace): Map<number, Buffer[]> {
  const names = new Map<number, Buffer[]>()
  for (const { object, path } of pairs) {
    const paths = names.get(object) ?? []
    names.set(object, paths)
    if (path.length > 0) paths.push(path)
  }
  return names
}

/** A tree that is a commit's root is an entry of nothing: no comparison shows it. */
function noteRoots(
  history: History,
  wanted: ReadonlyMap<string, number>,
  note: (commit: number, object: number, came: boolean, path: Buffer) => void,
): void {
  const { ids, starts, parents } = history
  const path = Buffer.alloc(0)
  const root = Int32Array.from(ids, (_, commit) => wanted.get(history.treeOf(commit)) ?? -1)
  for (let commit = 0; commit < ids.length; commit++) {
    const now = root[commit] as number
    for (let k = starts[commit] as number; k < (starts[commit + 1] as number); k++) {
      const before = root[parents[k] as number] as number
      if (before !== -1 && before !== now) note(commit, before, false, path)
    }
    if (now !== -1) note(commit, now, true, path)
  }
}

import { setImmediate as turn } from 'node:timers/promises'
import { type Comparison, compareAll, comparisonOf, type Wanted } from './comparisons.ts'
import type { History } from './history.ts'
import { type Pair, pairing, type Pairing } from './pairs.ts'
import { type IsQuiet, quietIn } from './quiet.ts'
import type { Objects } from './objects.ts'

export interface Trace {
  /** In the order in which they came. */
  readonly pairs: readonly Pair[]
  /** What could not be followed, in words. */
  readonly troubles: readonly string[]
}

/** Commits that are looked at together: a level of folders costs a process, whatever their number. */
const atOnce = 2000

/** Of all objects in one commit; only a folder that holds one folder many times, again and again, has more. */
const mostPlaces = 200_000

/**
 * Where the objects (ids; a number is a place in them) stood. Each commit's tree is compared with its parents', down
 * to what none of the parents has: one walk over the history, however many objects there are.
 */
export async function traceObjects(
  from: Objects,
  history: History,
  objects: readonly string[],
  hasTrees: boolean,
  signal: AbortSignal,
): Promise<Trace> {
  if (objects.length === 0) return { pairs: [], troubles: [] }
  const { store } = from
  const pairs = pairing(objects.length)
  const troubles = new Set<string>()
  const wanted = wantedOf(objects)
  const isQuiet = store === null ? never : quietIn(store, (objects[0]?.length ?? 40) / 2, wanted)
  for (let first = 0; first < history.ids.length; first += atOnce) {
    const to = Math.min(history.ids.length, first + atOnce)
    await turn()
    signal.throwIfAborted()
    const roots = rootsOf(history, first, to, isQuiet)
    for (const trouble of await compareAll(from, [...new Set(roots.values())], wanted, signal))
      troubles.add(trouble)
    for (const [commit, root] of roots) noteAll(root, commit, [], pairs, { left: mostPlaces })
  }
  if (hasTrees) noteRoots(history, objects, pairs)
  if (pairs.isCut()) troubles.add('some stood in too many places to list')
  return { pairs: pairs.all(), troubles: [...troubles] }
}

/** By the first two bytes most ids are told to be unwanted. */
function wantedOf(objects: readonly string[]): Wanted {
  const numbers = new Map(objects.map((id, object) => [Buffer.from(id, 'hex').toString('latin1'), object]))
  const first = new Uint8Array(2 ** 16)
  for (const id of objects) first[Number.parseInt(id.slice(0, 4), 16)] = 1
  const idLength = (objects[0]?.length ?? 40) / 2
  return (bytes, at) =>
    first[((bytes[at] as number) << 8) | (bytes[at + 1] as number)] === 1
      ? numbers.get(bytes.toString('latin1', at, at + idLength))
      : undefined
}

/** By commit; equal ones once. A tree that a parent has too is not looked at, nor what is quiet. */
function rootsOf(history: History, from: number, to: number, isQuiet: IsQuiet): Map<number, Comparison> {
  const { starts, parents } = history
  const roots = new Map<number, Comparison>()
  const known = new Map<string, Comparison>()
  for (let commit = from; commit < to; commit++) {
    const tree = history.treeOf(commit)
    const some = parents.subarray(starts[commit], starts[commit + 1])
    const before: (string | null)[] =
      some.length === 0 ? [null] : Array.from(some, (parent) => history.treeOf(parent))
    if (before.includes(tree) || (before.length === 1 && isQuiet(before[0] ?? null, tree))) continue
    const key = [...before, tree].join()
    const root = known.get(key) ?? comparisonOf(before, tree)
    known.set(key, root)
    roots.set(commit, root)
  }
  return roots
}

/** `left`: how many folders and hits may be looked at still. */
function noteAll(
  comparison: Comparison,
  commit: number,
  folders: readonly Buffer[],
  pairs: Pairing,
  budget: { left: number },
): void {
  if (!isTelling(comparison)) return
  budget.left -= 1 + comparison.hits.length
  if (budget.left < 0) {
    pairs.cut()
    return
  }
  for (const { object, came, name } of comparison.hits)
    pairs.note(commit, object, came, Buffer.concat([...folders, name]))
  for (const { name, comparison: next } of comparison.below)
    noteAll(next, commit, [...folders, name, slash], pairs, budget)
}

const never: IsQuiet = () => false

const slash = Buffer.from('/')

function isTelling(comparison: Comparison): boolean {
  comparison.isTelling ??=
    comparison.hits.length > 0 || comparison.below.some((one) => isTelling(one.comparison))
  return comparison.isTelling
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
function noteRoots(history: History, objects: readonly string[], pairs: Pairing): void {
  const { ids, starts, parents } = history
  const wanted = new Map(objects.map((id, object) => [id, object]))
  const root = Int32Array.from(ids, (_, commit) => wanted.get(history.treeOf(commit)) ?? -1)
  const path = Buffer.alloc(0)
  for (let commit = 0; commit < ids.length; commit++) {
    const now = root[commit] as number
    for (let k = starts[commit] as number; k < (starts[commit + 1] as number); k++) {
      const before = root[parents[k] as number] as number
      if (before !== -1 && before !== now) pairs.note(commit, before, false, path)
    }
    if (now !== -1) pairs.note(commit, now, true, path)
  }
}

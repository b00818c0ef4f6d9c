import { type TreeEntry, treeChanges } from './tree-changes.ts'
import type { Objects } from './objects.ts'
import { readTreePairs, type TreePair } from './tree-pairs.ts'

/**
 * A folder compared with what its parents have in its place, without what lies below: each is looked at once, however
 * many commits and paths lead to it, so that folders which hold one folder many times cost nothing.
 */
export interface Comparison {
  /** null: there is nothing. */
  readonly parents: readonly (string | null)[]
  readonly tree: string | null
  readonly hits: Hit[]
  /** Folders that are in none of the parents as they are here. */
  readonly below: { readonly name: Buffer; readonly comparison: Comparison }[]
  /** Whether there are hits here or below; undefined: not known yet. */
  isTelling?: boolean
}

/** At this name a wanted object stands here and not in that parent, or the other way round. */
export interface Hit {
  readonly object: number
  readonly came: boolean
  readonly name: Buffer
}

/** By the bytes of its id, which begin at `at`: the number of a wanted object. */
export type Wanted = (bytes: Buffer, at: number) => number | undefined

/** No system has paths as long as that. */
const deepest = 1000

/** Compares `roots` and everything below them. Returns what could not be, in words. */
export async function compareAll(
  objects: Objects,
  roots: readonly Comparison[],
  wanted: Wanted,
  signal: AbortSignal,
): Promise<string[]> {
  const known = new Map(roots.map((root) => [keyOf(root), root]))
  let open: readonly Comparison[] = roots
  let unreadable = 0
  for (let depth = 0; open.length > 0; depth++) {
    if (depth === deepest) return [`folders lie in folders more than ${deepest} deep`]
    const pairs = open.flatMap((comparison) =>
      comparison.parents.map((before) => ({ comparison, before, after: comparison.tree })),
    )
    const shared = new Map<Comparison, Map<string, Shared>>()
    const bad = await readTreePairs(
      objects,
      pairs,
      (pair, before, after) => compare(pairs[pair], before, after),
      signal,
    )
    unreadable += bad.length
    open = open.flatMap((comparison) => goBelow(comparison, shared.get(comparison)))

    function compare(pair: (TreePair & { comparison: Comparison }) | undefined, a: Buffer, b: Buffer): void {
      if (pair === undefined) return
      const { comparison } = pair
      const idLength = ((pair.before ?? pair.after)?.length ?? 40) / 2
      treeChanges(a, b, idLength, (before, after) => {
        noteHits(comparison, before, after)
        if (before?.isTree === true || after?.isTree === true) noteShared(comparison, before, after)
      })
    }

    function noteShared(comparison: Comparison, before: TreeEntry | null, after: TreeEntry | null): void {
      const names = shared.get(comparison) ?? new Map<string, Shared>()
      shared.set(comparison, names)
      const name = (after ?? before)?.name ?? Buffer.alloc(0)
      const key = name.toString('latin1')
      const one = names.get(key) ?? { parents: [], tree: after?.id.toString('hex') ?? null }
      names.set(key, one)
      one.parents.push(before?.id.toString('hex') ?? null)
    }
  }
  return unreadable === 0 ? [] : [`${unreadable} folders are missing or damaged`]

  function noteHits({ hits }: Comparison, before: TreeEntry | null, after: TreeEntry | null): void {
    const now = after === null ? undefined : wanted(after.id, 0)
    const then = before === null ? undefined : wanted(before.id, 0)
    if (now !== undefined && after !== null)
      hits.push({ object: now, came: true, name: Buffer.from(after.name) })
    if (then !== undefined && before !== null)
      hits.push({ object: then, came: false, name: Buffer.from(before.name) })
  }

  /** What one of the parents has as well came from there. */
  function goBelow(comparison: Comparison, names: ReadonlyMap<string, Shared> = new Map()): Comparison[] {
    const added: Comparison[] = []
    for (const [name, { parents, tree }] of names) {
      if (parents.length < comparison.parents.length) continue
      const fresh = comparisonOf(parents, tree)
      const same = known.get(keyOf(fresh))
      if (same === undefined) {
        known.set(keyOf(fresh), fresh)
        added.push(fresh)
      }
      comparison.below.push({ name: Buffer.from(name, 'latin1'), comparison: same ?? fresh })
    }
    return added
  }
}

interface Shared {
  readonly parents: (string | null)[]
  readonly tree: string | null
}

export function comparisonOf(parents: readonly (string | null)[], tree: string | null): Comparison {
  return { parents: [...new Set(parents)], tree, hits: [], below: [] }
}

function keyOf({ parents, tree }: Comparison): string {
  return `${parents.join(' ')} ${tree}`
}

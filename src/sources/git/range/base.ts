import { nameOf } from '../../name.ts'
import type { Base, Place, Skipped } from '../../types.ts'
import type { Repository } from '../repository.ts'
import { type Ancestry, ancestryOf } from './ancestry.ts'
import { changesOf, type Walked } from './changes.ts'
import { changesAcross } from './cut-tips.ts'
import { readUnits } from './read.ts'
import type { Ends } from './resolve.ts'
import { shallowCommits } from './shallow.ts'
import { objectsAt, type Spot } from './trees.ts'

/** An object and a path under which a commit of the range has it and none of its parents does. */
interface Standing {
  readonly id: string
  readonly commit: string
  readonly path: Buffer
}

export interface RangeBase extends Base {
  /** The oldest commit of the range that brought the object in; null: it was not asked about. */
  broughtIn(id: string): string | null
}

/** What stood in the same places before the range, if anything did. Everything of it is asked only after a hit. */
export function rangeBase(repository: Repository, ends: Ends, isAny: boolean): RangeBase {
  const broughtIn = new Map<string, string>()
  let ancestry: Promise<Ancestry> | null = null
  return {
    placesOf,
    read: (ids, signal) => readUnits(repository, ids, signal),
    broughtIn: (id) => broughtIn.get(id) ?? null,
  }

  async function placesOf(ids: readonly string[], signal: AbortSignal) {
    const skipped: Skipped[] = []
    if (!isAny) return { places: new Map<string, readonly Place[]>(), skipped }
    if (ancestry === null) {
      ancestry = ancestryOf(repository, ends, signal)
      skipped.push(...(await ancestry).skipped)
    }
    const { own, across } = await standingsOf(repository, ends, new Set(ids), signal)
    for (const { id, commit } of own) if (!broughtIn.has(id)) broughtIn.set(id, commit)
    return { places: await placed(repository, await ancestry, [...own, ...across], signal), skipped }
  }
}

/**
 * In the order of the history, oldest first; `across`: which commit brought them in is not in the clone. What cannot be
 * walked was said when the units were read.
 */
async function standingsOf(
  repository: Repository,
  ends: Ends,
  ids: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<{ own: readonly Standing[]; across: readonly Standing[] }> {
  const own: Standing[] = []
  const across: Standing[] = []
  const cut = new Set<string>()
  const roots = new Map<string, string>()
  const walked: Walked = {
    commit({ id, tree }) {
      if (ids.has(tree)) roots.set(id, tree)
    },
    shallow: (id) => cut.add(id),
    failed: () => {},
  }
  const shallow = shallowCommits(repository)
  const changes = changesOf(repository.git, ends, shallow, ['--topo-order', '--reverse'], walked, signal)
  for await (const { commit, id, path } of changes) {
    const root = roots.get(commit)
    if (root !== undefined) own.push({ id: root, commit, path: Buffer.alloc(0) })
    roots.delete(commit)
    if (ids.has(id)) own.push({ id, commit, path: Buffer.from(path) })
  }
  for await (const { commit, id, path } of changesAcross(repository, ends, cut, () => {}, signal))
    if (ids.has(id)) across.push({ id, commit, path: Buffer.from(path) })
  return { own, across }
}

async function placed(
  { git }: Repository,
  ancestry: Ancestry,
  standings: readonly Standing[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Place[]>> {
  const namesOf = ancestry.namesOf([...new Set(standings.map(({ path }) => path.toString('latin1')))])
  const spots: Spot[][] = []
  for (const { commit, path } of standings) {
    const names = namesOf(commit, path.toString('latin1'))
    const bases = await ancestry.basesOf(commit)
    spots.push(bases.flatMap((base) => names.map((name) => ({ commit: base, path: name }))))
  }
  const objects = await objectsAt(git, spots.flat(), signal)
  const places = new Map<string, Place[]>()
  let at = 0
  for (const [index, { id, path }] of standings.entries()) {
    const count = spots[index]?.length ?? 0
    const before = objects.slice(at, at + count).filter((object) => object !== null)
    at += count
    const known = places.get(id) ?? []
    places.set(id, known)
    known.push({ path: nameOf(path), before: [...new Set(before)] })
  }
  return places
}

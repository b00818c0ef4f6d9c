import { nameOf } from '../name.ts'
import type { CommitFacts, ObjectProvenance, Origin, Provenance, Skipped } from '../types.ts'
import { type CommitHeader, parseCommit } from './commit.ts'
import { readWhole } from './objects.ts'
import { type Git, runGit } from './run.ts'
import { rootTrees, type Trace, traceObjects } from './trace.ts'

type ObjectOrigin = Extract<Origin, { kind: 'object' }>

/** More refs than this say nothing more to a person. */
const REFS_SHOWN = 100

/**
 * Where objects with a hit came from: their paths, the commit that introduced each and the one that removed it. The
 * walk starts at every commit of the store, so that what no ref reaches has its commit too.
 */
export async function locate(
  git: Git,
  origins: readonly Origin[],
  commits: readonly string[],
  signal: AbortSignal,
): Promise<Provenance> {
  const objects = origins.filter((origin): origin is ObjectOrigin => origin.kind === 'object')
  const skipped: Skipped[] = []
  const found = new Map<string, ObjectProvenance>()
  if (objects.length === 0) return { objects: found, skipped }
  const idsOf = (...types: string[]) => [
    ...new Set(objects.filter((o) => types.includes(o.type)).map((o) => o.id)),
  ]

  const traces = await traceObjects(git, idsOf('blob', 'tree'), commits, signal)
  skipped.push(...traces.skipped)
  const roots = await rootTrees(git, idsOf('tree'), commits, signal)
  const standing = await standingInHead(git, signal)

  const introducing = [...traces.objects.values()].flatMap((trace) => trace.added.map(({ commit }) => commit))
  const named = [...new Set([...idsOf('commit'), ...introducing, ...roots.values()])]
  const headers = await commitHeaders(git, named, signal)
  const factsOf = commitFacts(git, headers, signal)

  for (const id of idsOf('blob', 'tree')) {
    const trace = traces.objects.get(id)
    const introducedBy = (trace === undefined ? null : introducedIn(trace, headers)) ?? roots.get(id) ?? null
    found.set(id, {
      paths: trace === undefined ? [] : trace.paths.map(nameOf),
      introducedBy,
      removedBy: standing.has(id) ? null : (trace?.removedBy ?? null),
      commit: introducedBy === null ? null : await factsOf(introducedBy),
    })
  }
  for (const id of idsOf('commit')) {
    found.set(id, { paths: [], introducedBy: id, removedBy: null, commit: await factsOf(id) })
  }
  for (const id of idsOf('tag')) {
    const refs = await refsOf(git, ['--points-at', id], signal)
    found.set(id, { paths: [], introducedBy: null, removedBy: null, commit: null, ref: refs[0] ?? null })
  }
  return { objects: found, skipped }
}

/** The first commit in which the object is new against every parent: a merge only if it is in none of them. */
function introducedIn(trace: Trace, headers: ReadonlyMap<string, CommitHeader>): string | null {
  const first = trace.added.find(
    ({ commit, times }) => times >= Math.max(1, headers.get(commit)?.parents ?? 1),
  )
  return (first ?? trace.added[0])?.commit ?? null
}

async function standingInHead(git: Git, signal: AbortSignal): Promise<Set<string>> {
  const list = await runGit(git, ['ls-tree', '-r', '-t', '-z', '--full-tree', 'HEAD'], signal)
  const ids = new Set<string>()
  for (const entry of list.stdout.toString('latin1').split('\0')) {
    const id = entry.split('\t', 1)[0]?.split(' ')[2]
    if (id !== undefined) ids.add(id)
  }
  return ids
}

async function commitHeaders(
  git: Git,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, CommitHeader>> {
  const raw = await readWhole(git, ids, signal)
  return new Map([...raw].map(([id, bytes]) => [id, parseCommit(bytes)]))
}

function commitFacts(git: Git, headers: ReadonlyMap<string, CommitHeader>, signal: AbortSignal) {
  const known = new Map<string, CommitFacts>()
  return async (id: string): Promise<CommitFacts> => {
    const before = known.get(id)
    if (before !== undefined) return before
    const refs = await refsOf(git, ['--contains', id], signal)
    if (refs.length === 0) {
      const head = await runGit(git, ['merge-base', '--is-ancestor', id, 'HEAD'], signal)
      if (head.code === 0) refs.push('HEAD')
    }
    const header = headers.get(id)
    const facts = {
      id,
      author: header?.author ?? '',
      date: header?.date ?? '',
      refs: refs.slice(0, REFS_SHOWN),
      unreachable: refs.length === 0,
    }
    known.set(id, facts)
    return facts
  }
}

async function refsOf(git: Git, filter: readonly string[], signal: AbortSignal): Promise<string[]> {
  const list = await runGit(git, ['for-each-ref', '--format=%(refname)', ...filter], signal)
  return list.stdout
    .toString('utf8')
    .split('\n')
    .filter((ref) => ref !== '')
}

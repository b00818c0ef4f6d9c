import { nameOf } from '../name.ts'
import type { BulkStore } from './pack/bulk.ts'
import type { ObjectProvenance, Origin, Provenance } from '../types.ts'
import { factsOf } from './provenance/facts.ts'
import { type Fate, fatesOf } from './provenance/fates.ts'
import { historyGaps } from './provenance/history-gaps.ts'
import { readHistory } from './provenance/history.ts'
import { storeOf } from './provenance/objects.ts'
import { reachOf } from './provenance/reach.ts'
import { stashTips } from './provenance/reflogs.ts'
import { straysOf } from './provenance/strays.ts'
import { readTips } from './provenance/tips.ts'
import { namesOf, traceObjects } from './provenance/trace.ts'
import type { Repository } from './repository.ts'

/**
 * Where objects with a hit came from: their names, the commit that introduced each and the one that removed it, what
 * still reaches that, and until when it is kept. All commits of the store are looked at, so that what no ref reaches
 * has its commit too; what refs reach goes first (an amended commit is not blamed for what its successor has as well).
 */
export async function locate(
  repository: Repository,
  origins: readonly Origin[],
  commits: readonly string[],
  signal: AbortSignal,
): Promise<Provenance> {
  const ids = idsOf(origins)
  if (ids.files.length + ids.commits.length + ids.tags.length === 0)
    return { objects: new Map(), skipped: [] }
  const store = storeOf(repository, (commits[0]?.length ?? 40) / 2)
  try {
    return await locateWith(repository, store, ids, commits, signal)
  } finally {
    store?.close()
  }
}

async function locateWith(
  repository: Repository,
  store: BulkStore | null,
  ids: Ids,
  commits: readonly string[],
  signal: AbortSignal,
): Promise<Provenance> {
  const from = { git: repository.git, store }
  const history = await readHistory(from, commits, signal)
  const { tips, head, direct } = await readTips(repository, history, signal)
  const reach = reachOf(history, { tips: [...tips, ...stashTips(repository, history)], head })

  const trace = await traceObjects(from, history, ids.files, ids.hasTrees, signal)
  const fates = await fatesOf(repository.git, history, trace, ids.files, reach, signal)
  const introducing = [...fates.values()].map(({ introduced }) => introduced ?? -1)
  const named = new Set([...introducing, ...ids.commits.map((id) => history.numberOf(id))])
  const facts = await factsOf(
    repository,
    history,
    reach,
    [...named].filter((commit) => commit !== -1),
    signal,
  )

  const names = namesOf(trace)
  const lost = ids.files.filter((id, object) => !fates.has(object) && !direct.has(id))
  const strays = await straysOf(repository, [...lost, ...ids.tags.filter((id) => !direct.has(id))], signal)
  const skipped = historyGaps(repository, history, trace.troubles)

  const objects = new Map<string, ObjectProvenance>()
  for (const [object, id] of ids.files.entries())
    objects.set(id, ofFile(id, names.get(object), fates.get(object)))
  for (const id of ids.commits) {
    const commit = facts.get(history.numberOf(id)) ?? null
    objects.set(id, { paths: [], introducedBy: id, removedBy: null, commit })
  }
  for (const id of ids.tags) objects.set(id, ofFile(id, [], undefined))
  return { objects, skipped }

  function ofFile(
    id: string,
    paths: readonly Buffer[] | undefined,
    fate: Fate | undefined,
  ): ObjectProvenance {
    const stray = strays.get(id)
    return {
      paths: (paths ?? stray?.paths ?? []).map(nameOf),
      introducedBy: history.ids[fate?.introduced ?? -1] ?? null,
      removedBy: history.ids[fate?.removed ?? -1] ?? null,
      commit: facts.get(fate?.introduced ?? -1) ?? null,
      ref: fate === undefined ? (direct.get(id)?.[0] ?? null) : null,
      // Where the history is not known in full, one of the commits that are missing may hold it.
      ...(stray === undefined || skipped.length > 0
        ? {}
        : { stray: { staged: stray.staged, prunedAfter: stray.prunedAfter } }),
    }
  }
}

interface Ids {
  /** Blobs and trees. */
  readonly files: readonly string[]
  readonly hasTrees: boolean
  readonly commits: readonly string[]
  readonly tags: readonly string[]
}

function idsOf(origins: readonly Origin[]): Ids {
  const types = new Map(
    origins.flatMap((origin) => (origin.kind === 'object' ? [[origin.id, origin.type] as const] : [])),
  )
  const ofType = (...wanted: string[]): string[] =>
    [...types].filter(([, type]) => wanted.includes(type)).map(([id]) => id)
  return {
    files: ofType('blob', 'tree'),
    hasTrees: ofType('tree').length > 0,
    commits: ofType('commit'),
    tags: ofType('tag'),
  }
}

import type { Context } from '../../context.ts'
import type { Excluded, Provenance, Skipped, Source, Unit } from '../types.ts'
import { missingObjects, shallowGap, tipsOf } from './gaps.ts'
import { besideObjects } from './folder/beside-objects.ts'
import { heavyDelta } from './stored/heavy.ts'
import { lfsUnits } from './lfs/lfs.ts'
import { type LfsNotes, lfsNotes, noteBlob } from './lfs/lfs-pointer.ts'
import { type MemoryOptions, remember, type Remembering } from './memory/remembering.ts'
import { storeGaps } from './stored/store-gaps.ts'
import { joined, locateIn } from './submodules/nested-provenance.ts'
import { reflogGaps } from './reflog-gaps.ts'
import { objectUnits } from './stored/object-units.ts'
import { surveyOf } from './stored/survey.ts'
import { locate } from './provenance.ts'
import { findRepository } from './find-repository.ts'
import type { Repository } from './repository.ts'
import { type Gitlinks, noteGitlinks, ofSubmodule } from './submodules/submodules.ts'
import { commitIds } from './stored/commit-ids.ts'

/**
 * The whole history by objects: whatever the object store holds, reachable or not, each object once; then what lies
 * beside it (names of refs, reflogs, configuration); and what is not there although something points at it.
 */
export async function gitSource(
  context: Pick<Context, 'spawn' | 'env' | 'cwd'>,
  operand: string | undefined,
  signal: AbortSignal,
  given: Partial<GitOptions> = {},
): Promise<GitSource> {
  const repository = await findRepository(context, operand, signal)
  const options = { delta: heavyDelta, exhaustive: false, memory: null, ...given }
  const excluded: Excluded = {}
  const visited: Visited[] = []
  return {
    kind: 'git',
    target: repository.target,
    excluded,
    units: (scanSignal) => units(repository, { ...options, visited, excluded }, scanSignal),
    async locate(origins, scanSignal) {
      const parts: Provenance[] = []
      for (const { repository: one, seen, remembering } of visited) {
        if (seen.isTrapped) continue
        const commits = () => commitsOf(one, remembering, seen, scanSignal)
        parts.push(await locateIn(one, origins, async (own) => locate(one, own, await commits(), scanSignal)))
      }
      return joined(parts)
    },
    bareBody: (fingerprint) => visited.at(-1)?.remembering?.recorder.bareBody(fingerprint),
    keep() {
      for (const { remembering } of visited) remembering?.keep()
    },
  }
}

export interface GitSource extends Source {
  /** To be told of each run that may be a key's body; its fingerprint as the inventory has them. */
  readonly bareBody: (fingerprint: string) => void
  /** The scan was complete: what was clean need not be read again. Throws what the file system says. */
  readonly keep: () => void
}

interface GitOptions {
  /** Bytes: a delta that makes more is skipped. */
  readonly delta: number
  /** Search all of every object, also what it has in common with the one it was made from. */
  readonly exhaustive: boolean
  /** null: everything is read, and nothing is remembered. */
  readonly memory: MemoryOptions | null
}

interface Visited {
  readonly repository: Repository
  readonly seen: Seen
  readonly remembering: Remembering | null
}

/** What is noted of objects as they pass. */
interface Seen {
  /** git would wait for ever for something in here: it is not asked where things came from. */
  isTrapped: boolean
  readonly commits: string[]
  readonly gitlinks: Gitlinks
  readonly lfs: LfsNotes
  /** Repositories of submodules. */
  readonly nested: Repository[]
}

interface Scan extends GitOptions {
  readonly visited: Visited[]
  readonly excluded: Excluded
}

/** The repository and those of its submodules, one after another. */
async function* units(
  root: Repository,
  scan: Scan,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const waiting = [root]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const repository = next
    const seen: Seen = { isTrapped: false, commits: [], gitlinks: new Set(), lfs: lfsNotes(), nested: [] }
    const remembering = scan.memory === null ? null : remember(repository, scan.memory)
    scan.visited.push({ repository, seen, remembering })
    for await (const batch of unitsOf({ repository, seen, remembering }, scan, signal))
      yield repository.nested === undefined ? batch : batch.map((item) => ofSubmodule(repository, item))
    waiting.push(...seen.nested.reverse())
  }
}

async function* unitsOf(
  { repository, seen, remembering }: Visited,
  { delta, exhaustive, excluded }: Scan,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const memory = remembering?.memory ?? null
  const recorder = remembering?.recorder ?? null
  recorder?.tips(await tipsOf(repository, signal))
  const survey = await surveyOf(repository, memory, signal)
  if (memory !== null) excluded['remembered'] = (excluded['remembered'] ?? 0) + memory.clean.size
  // Walks what the refs reach while the objects are read: both take about as long, on a core each.
  const walk = new AbortController()
  const known = survey.isWhole ? memory?.tips : []
  const missing = missingObjects(repository, AbortSignal.any([signal, walk.signal]), known)
  missing.catch(() => {})
  yield [...shallowGap(repository), ...storeGaps(survey.folders)]
  for await (const batch of objectUnits(repository, survey, { delta, recorder }, signal)) {
    for (const item of batch) note(item, seen)
    if (seen.isTrapped) walk.abort()
    const watched = recorder?.watch(batch) ?? batch
    yield exhaustive ? watched.map(withoutChange) : watched
  }
  yield* lfsUnits(repository, { notes: seen.lfs, excluded, unclaimed: true }, signal)
  yield* besideObjects(repository, seen, excluded, signal)
  yield await missing
  if (!seen.isTrapped) yield await reflogGaps(repository, signal)
  signal.throwIfAborted()
}

/** Of every commit in the store; where not all were read, git knows the others. */
async function commitsOf(
  { git }: Repository,
  remembering: Remembering | null,
  seen: Seen,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (remembering === null || remembering.memory === null) return seen.commits
  return commitIds(git, signal)
}

function note(item: Unit | Skipped, seen: Seen): void {
  const { commits, gitlinks, lfs } = seen
  if ('skipped' in item) seen.isTrapped ||= item.isTrap === true
  if ('skipped' in item || item.origin.kind !== 'object') return
  const { bytes, origin } = item
  if (origin.type === 'commit') commits.push(origin.id)
  noteBlob(item, lfs)
  if (origin.type !== 'tree' || !(bytes instanceof Uint8Array)) return
  const tree = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  noteGitlinks(tree, origin.id.length / 2, gitlinks, item.change?.parts)
}

function withoutChange(item: Unit | Skipped): Unit | Skipped {
  return 'skipped' in item ? item : { ...item, change: null }
}

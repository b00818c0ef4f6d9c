import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Skipped } from '../../types.ts'
import { parseEntry } from '../raw-diff.ts'
import type { Repository } from '../repository.ts'
import { complaint, type Git, runGit, startGit } from '../run.ts'
import { readCommits, startWalk } from './commits.ts'
import { repairHint } from './repair.ts'
import type { Ends } from './resolve.ts'
import { shallowCommits } from './shallow.ts'

/** What a commit of the range grew from. Commits without renames and merges share one with their parent. */
interface Growth {
  /** The commits outside of the range that the walk back from it ends in. */
  readonly bases: ReadonlySet<string>
  /** By path (its bytes as latin1): what it was called before, as far back as the range goes. */
  readonly names: ReadonlyMap<string, readonly string[]>
}

export interface Ancestry {
  /** The newest commits outside of the range that the commit builds on: none of them is reached by another. */
  basesOf(commit: string): Promise<readonly string[]>
  /** The path itself and what it was renamed from. */
  namesOf(commit: string, path: string): readonly string[]
  readonly skipped: readonly Skipped[]
}

const nothing: Growth = { bases: new Set(), names: new Map() }
/** More sources and targets of renames than this in one commit are told by equal content alone. */
const limit = '-l400'

/** Follows the range from its oldest commit to its newest. Finding renames reads contents: asked only after a hit. */
export async function ancestryOf(repository: Repository, ends: Ends, signal: AbortSignal): Promise<Ancestry> {
  const { git, target } = repository
  const shallow = shallowCommits(repository)
  const skipped: Skipped[] = []
  let { steps, failed } = await stepsOf(git, ends, shallow, '-M', signal)
  if (failed !== null) {
    const reason = `which files were renamed and changed is not known: ${failed}`
    skipped.push({ skipped: target, reason, hint: repairHint(repository) })
    ;({ steps } = await stepsOf(git, ends, shallow, '-M100%', signal))
  }
  const grown = grow(steps)
  const newest = newestOf(git, signal)
  return {
    skipped,
    basesOf: (commit) => newest((grown.get(commit) ?? nothing).bases),
    namesOf: (commit, path) => [path, ...((grown.get(commit) ?? nothing).names.get(path) ?? [])],
  }
}

/** A commit, one of its parents, and what it calls otherwise: from new to old name. */
interface Step {
  readonly commit: string
  readonly parent: string
  readonly renames: Map<string, string>
}

/** Oldest first. Each merge is compared with each of its parents, on a line of its own. */
async function stepsOf(
  git: Git,
  ends: Ends,
  shallow: ReadonlySet<string>,
  similarity: string,
  signal: AbortSignal,
): Promise<{ steps: readonly Step[]; failed: string | null }> {
  const walk = startWalk(git, ends, ['--topo-order', '--reverse'], signal)
  const shape = ['-r', '--raw', '-z', '--no-abbrev', similarity, limit, '--diff-filter=R', '--always']
  const compare = startGit(git, ['diff-tree', '--stdin', ...shape, '--no-ext-diff', '--no-textconv'], signal)
  const steps: Step[] = []
  const feeding = pipeline(Readable.from(lines()), compare.stdin).catch(() => {})
  await readRenames(compare.stdout, steps)
  await feeding
  const exits = await Promise.all([compare.exit, walk.exit])
  signal.throwIfAborted()
  const failed = exits.find(({ code }) => code !== 0)
  return { steps, failed: failed === undefined ? null : complaint(failed) }

  async function* lines(): AsyncGenerator<string> {
    for await (const { id, parents } of readCommits(walk.stdout, ends, shallow)) {
      for (const parent of parents) {
        steps.push({ commit: id, parent, renames: new Map() })
        yield `${id} ${parent}\n`
      }
    }
  }
}

/** One head a line that was asked, in their order. */
async function readRenames(stdout: AsyncIterable<Buffer>, steps: readonly Step[]): Promise<void> {
  let rest: Buffer = Buffer.alloc(0)
  let step = -1
  for await (const chunk of stdout) {
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    for (;;) {
      const isHead = bytes[at] !== 0x3a
      const end = endOf(bytes, at, isHead ? 1 : 3)
      if (end === -1) break
      if (isHead) step += 1
      else {
        const [{ path, oldPath }] = parseEntry(bytes, at)
        if (oldPath !== null) steps[step]?.renames.set(path.toString('latin1'), oldPath.toString('latin1'))
      }
      at = end
    }
    rest = Buffer.from(bytes.subarray(at))
  }
}

/** Behind so many fields; -1: not all of them are there yet. */
function endOf(bytes: Buffer, start: number, fields: number): number {
  let at = start
  for (let field = 0; field < fields; field += 1) {
    const end = bytes.indexOf(0, at)
    if (end === -1) return -1
    at = end + 1
  }
  return at
}

function grow(steps: readonly Step[]): ReadonlyMap<string, Growth> {
  const grown = new Map<string, Growth>()
  for (const { commit, parent, renames } of steps) {
    const from = renamed(grown.get(parent) ?? { bases: new Set([parent]), names: new Map() }, renames)
    const other = grown.get(commit)
    grown.set(commit, other === undefined ? from : joined(other, from))
  }
  return grown
}

function renamed(growth: Growth, renames: ReadonlyMap<string, string>): Growth {
  if (renames.size === 0) return growth
  const names = new Map(growth.names)
  for (const [path, old] of renames) names.set(path, [old, ...(growth.names.get(old) ?? [])])
  return { bases: growth.bases, names }
}

function joined(one: Growth, two: Growth): Growth {
  if (one === two) return one
  const bases = [...two.bases].every((base) => one.bases.has(base))
    ? one.bases
    : new Set([...one.bases, ...two.bases])
  if (two.names.size === 0) return { bases, names: one.names }
  const names = new Map(one.names)
  for (const [path, old] of two.names) names.set(path, [...new Set([...(names.get(path) ?? []), ...old])])
  return { bases, names }
}

/** git is asked only where there are several, once for the same ones. */
function newestOf(git: Git, signal: AbortSignal): (bases: ReadonlySet<string>) => Promise<readonly string[]> {
  const asked = new Map<ReadonlySet<string>, Promise<readonly string[]>>()
  return (bases) => {
    const answer = asked.get(bases) ?? newest([...bases])
    asked.set(bases, answer)
    return answer
  }

  async function newest(bases: readonly string[]): Promise<readonly string[]> {
    if (bases.length < 2) return bases
    const answer = await runGit(git, ['merge-base', '--independent', ...bases], signal)
    // Without an answer nothing is taken for known.
    return answer.code === 0 ? answer.stdout.toString('latin1').trim().split('\n') : []
  }
}

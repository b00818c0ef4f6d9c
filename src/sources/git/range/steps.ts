import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { lateness } from '../ask.ts'
import { parseEntry } from '../raw-diff.ts'
import { complaint, type Git, startGit } from '../run.ts'
import { readCommits, startWalk } from './commits.ts'
import type { Ends } from './resolve.ts'

/** A commit, one of its parents, and what it calls otherwise (bytes as latin1): from new to old name. */
export interface Step {
  readonly commit: string
  readonly parent: string
  renames: Map<string, string> | null
}

/** More sources and targets of renames than this in one commit are told by equal content alone. */
const limit = '-l400'

/** Milliseconds without a word: contents are compared, and attributes are read, which may be pipes anywhere in the tree. */
const usual = 60_000

/**
 * Oldest first. Each merge is compared with each of its parents, on a line of its own. A commit whose parents the clone
 * lacks is taken to build on the excluded side, if there is one.
 */
export async function stepsOf(
  git: Git,
  ends: Ends,
  shallow: ReadonlySet<string>,
  similarity: string,
  signal: AbortSignal,
  patience = usual,
): Promise<{ steps: readonly Step[]; failed: string | null; isLate: boolean }> {
  const walk = startWalk(git, ends, ['--topo-order', '--reverse'], signal)
  const shape = ['-r', '--raw', '-z', '--no-abbrev', similarity, limit, '--diff-filter=R', '--always']
  const compare = startGit(git, ['diff-tree', '--stdin', ...shape, '--no-ext-diff', '--no-textconv'], signal)
  const steps: Step[] = []
  const feeding = pipeline(Readable.from(lines()), compare.stdin).catch(() => {})
  let timer: NodeJS.Timeout | undefined
  let isLate = false
  try {
    await readRenames(compare.stdout, steps, expectMore)
  } finally {
    clearTimeout(timer)
  }
  await feeding
  const exits = await Promise.all([compare.exit, walk.exit])
  signal.throwIfAborted()
  const failed = exits.find(({ code }) => code !== 0)
  if (isLate) return { steps, failed: lateness(patience), isLate }
  return { steps, failed: failed === undefined ? null : complaint(failed), isLate }

  function expectMore(): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      isLate = true
      for (const child of [compare, walk]) child.kill()
    }, patience)
  }

  async function* lines(): AsyncGenerator<string> {
    const isBased = ends.excluded.length > 0
    for await (const { id, parents } of readCommits(walk.stdout, ends, isBased ? new Set() : shallow)) {
      for (const parent of isBased && shallow.has(id) ? ends.excluded : parents) {
        if (steps.push({ commit: id, parent, renames: null }) === 1) expectMore()
        yield `${id} ${parent}\n`
      }
    }
  }
}

/** One head a line that was asked, in their order. */
async function readRenames(
  stdout: AsyncIterable<Buffer>,
  steps: readonly Step[],
  expectMore: () => void,
): Promise<void> {
  let rest: Buffer = Buffer.alloc(0)
  let step = -1
  for await (const chunk of stdout) {
    expectMore()
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    for (;;) {
      const isHead = bytes[at] !== 0x3a
      const end = endOf(bytes, at, isHead ? 1 : 3)
      if (end === -1) break
      if (isHead) step += 1
      else {
        const [{ path, oldPath }] = parseEntry(bytes, at)
        const to = steps[step]
        if (to === undefined || oldPath === null) throw new RangeError('git answered more than was asked')
        to.renames ??= new Map()
        to.renames.set(path.toString('latin1'), oldPath.toString('latin1'))
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

import { Readable } from 'node:stream'
import { complaint, type Git, type GitExit, startGit } from '../run.ts'
import type { Comparisons } from './comparisons.ts'
import { readRawChanges } from './raw-stream.ts'

/** False: more than can be kept. */
type Note = (commit: number, object: number, came: boolean, path: Buffer) => boolean

interface Part {
  readonly from: number
  readonly to: number
}

interface Compared {
  readonly exit: GitExit
  /** The last one that was answered, at least in part; `from - 1`: none. */
  readonly last: number
  /** Why we ended it. */
  readonly stopped: 'wide' | 'full' | null
}

/** A tree that unfolds to more entries between two commits is a bomb (some names for one folder, again and again). */
const mostEntries = 3_000_000
/** Each costs a process or more. */
const mostDamaged = 100
const atOnce = 1000

const shape = ['-r', '-c', '--root', '--raw', '-z', '--no-abbrev', '--no-renames']
const plumbing = ['--no-ext-diff', '--no-textconv']

/**
 * `git diff-tree`, plumbing, so that no setting of the repository changes what it prints. It dies at a damaged tree:
 * that commit is left out, and the walk goes on behind it. Returns what could not be compared, in words.
 */
export async function compareAll(
  git: Git,
  comparisons: Comparisons,
  wanted: ReadonlyMap<string, number>,
  hasTrees: boolean,
  note: Note,
  signal: AbortSignal,
): Promise<string[]> {
  if (wanted.size === 0) return []
  const idDigits = [...wanted.keys()][0]?.length ?? 40
  const troubles = new Set<string>()
  let size = comparisons.count
  let damaged = 0
  for (let from = 0; from < comparisons.count; ) {
    const part = { from, to: Math.min(comparisons.count, from + size) }
    const { exit, last, stopped } = await compareSome(part)
    const said = stopped === 'wide' ? 'a folder with millions of entries' : complaint(exit)
    if (stopped === 'full') return [...troubles, 'it stood in too many places']
    if (stopped !== null || exit.code !== 0 || /^(error|fatal):/m.test(exit.stderr)) troubles.add(said)
    if (stopped === 'wide') from = last + 1
    else if (exit.code === 0) {
      from = part.to
      size *= 8
      continue
    } else if (last > from) {
      from = last
      size = 1
    } else if (part.to - from > 1) {
      size = Math.ceil((part.to - from) / 8)
      continue
    } else from += 1
    damaged += 1
    if (damaged > mostDamaged) return [...troubles, 'too much is damaged: the rest was not followed']
  }
  return [...troubles]

  async function compareSome({ from, to }: Part): Promise<Compared> {
    const args = ['diff-tree', '--stdin', ...(hasTrees ? ['-t'] : []), ...shape, ...plumbing]
    const child = startGit(git, args, signal)
    const lines = Readable.from(linesOf(comparisons, from, to))
    lines.pipe(child.stdin)
    let last = from - 1
    let entries = 0
    let stopped: Compared['stopped'] = null
    await readRawChanges(child.stdout, wanted, idDigits, {
      asked(line) {
        entries = 0
        for (let item = last + 1; item < to; item++) {
          if (comparisons.headerOf(item) !== line) continue
          last = item
          return
        }
      },
      another() {
        entries += 1
        if (entries > mostEntries) stopped = 'wide'
        return stopped === null
      },
      changed(object, came, path) {
        if (!note(comparisons.commitOf(last), object, came, path)) stopped = 'full'
      },
    })
    lines.destroy()
    if (stopped !== null) child.kill()
    const exit = await child.exit
    signal.throwIfAborted()
    return { exit, last, stopped }
  }
}

function* linesOf(comparisons: Comparisons, from: number, to: number): Generator<string> {
  for (let at = from; at < to; at += atOnce) {
    let lines = ''
    for (let item = at; item < Math.min(to, at + atOnce); item++) lines += `${comparisons.lineOf(item)}\n`
    yield lines
  }
}

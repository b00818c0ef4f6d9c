import type { Skipped } from '../../types.ts'
import { type Git, startGit } from '../run.ts'

/** Bytes. git keeps a delta's base and its result in memory at once: more would break the bound of 256 MB. */
export const heavyDelta = 64 * 2 ** 20

/** Objects that are stored as a delta and unfold to more than the limit. */
export interface Heavy {
  readonly ids: ReadonlySet<string>
  readonly skipped: readonly Skipped[]
}

const format = '%(objectsize) %(deltabase) %(objectname)'

/** Whole objects of any size stream; whether one is a delta is known from its header alone. */
export function heavyDeltas(git: Git, limit: number, signal: AbortSignal): Promise<Heavy> {
  return heavyOf(git, ['--batch-all-objects', '--unordered'], null, limit, signal)
}

/** The same of some objects. */
export function heavyAmong(
  git: Git,
  ids: readonly string[],
  limit: number,
  signal: AbortSignal,
): Promise<Heavy> {
  return heavyOf(git, [], ids, limit, signal)
}

async function heavyOf(
  git: Git,
  which: readonly string[],
  asked: readonly string[] | null,
  limit: number,
  signal: AbortSignal,
): Promise<Heavy> {
  const child = startGit(git, ['cat-file', ...which, '--buffer', `--batch-check=${format}`], signal)
  child.stdin.end(asked === null ? '' : `${asked.join('\n')}\n`)
  const ids = new Set<string>()
  const skipped: Skipped[] = []
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const size = Number.parseInt(line, 10)
      if (!(size > limit)) continue
      const [, base = '', id = ''] = line.split(' ')
      if (id === '' || /^0+$/.test(base)) continue
      ids.add(id)
      skipped.push({
        skipped: `object ${id}`,
        reason: `stored as a delta of ${size} bytes, more than memory is used for`,
        hint: 'git -c core.bigFileThreshold=16m repack -adF stores it whole',
      })
    }
  })
  // What git has to complain about it says again when the objects are read.
  await child.exit
  signal.throwIfAborted()
  return { ids, skipped }
}

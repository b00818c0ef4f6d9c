import type { Skipped } from '../../types.ts'
import type { Repository } from '../repository.ts'
import { type Git, startGit } from '../run.ts'
import { basesIn } from './bases.ts'
import { namesIn } from './names.ts'
import { repairHint } from './repair.ts'
import type { Ends } from './resolve.ts'
import { shallowCommits } from './shallow.ts'
import { stepsOf } from './steps.ts'

/** Where the commits of a range come from: outside of it, and under which names. */
export interface Ancestry {
  readonly basesOf: ReturnType<typeof basesIn>
  /** For these paths (latin1): by commit and path, the path itself and what it was renamed from. */
  namesOf(paths: readonly string[]): ReturnType<typeof namesIn>
  readonly skipped: readonly Skipped[]
}

/** Finding renames reads contents: asked only after a hit. */
export async function ancestryOf(repository: Repository, ends: Ends, signal: AbortSignal): Promise<Ancestry> {
  const { git, target } = repository
  const shallow = shallowCommits(repository)
  const skipped: Skipped[] = []
  const similarity = (await holdsLarge(git, ends, signal)) ? exact : '-M'
  let { steps, failed, isLate } = await stepsOf(git, ends, shallow, similarity, signal)
  if (failed !== null) {
    const reason = `which files were renamed and changed is not known: ${failed}`
    skipped.push({ skipped: target, reason, ...(isLate ? {} : { hint: repairHint(repository) }) })
    ;({ steps } = await stepsOf(git, ends, shallow, exact, signal))
  }
  return { skipped, basesOf: basesIn(git, steps, signal), namesOf: (paths) => namesIn(steps, paths) }
}

/** By the ids of contents, none of which is read. */
const exact = '-M100%'

/**
 * git holds both sides of what may be a rename in memory, and they may be of twice the size: where the range has larger
 * contents, only renames without changes are told, and what a changed file held counts as new.
 */
async function holdsLarge(git: Git, { tips, excluded }: Ends, signal: AbortSignal): Promise<boolean> {
  const filter = ['--objects', '--filter=blob:limit=32m', '--filter-print-omitted', '--missing=allow-any']
  const ends = [...(tips ?? ['--all']), ...excluded.map((id) => `^${id}`)]
  const list = startGit(git, ['rev-list', ...filter, ...ends], signal)
  list.stdin.end()
  let isLarge = false
  let last = 0x0a
  list.stdout.on('data', (chunk: Buffer) => {
    isLarge ||= (last === 0x0a && chunk[0] === 0x7e) || chunk.includes('\n~')
    last = chunk.at(-1) ?? last
  })
  await list.exit
  signal.throwIfAborted()
  return isLarge
}

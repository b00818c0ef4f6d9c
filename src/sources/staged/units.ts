import { Damaged } from '../git/pack/types.ts'
import type { ObjectStore } from '../git/pack/store.ts'
import type { RawChange } from '../git/raw-diff.ts'
import type { Git } from '../git/run.ts'
import type { Excluded, Skipped, Unit } from '../types.ts'
import { openStaged, type Staged } from './repository.ts'
import { recordedIn, unitOf } from './unit.ts'

/** Bytes. Larger objects stream from git: beside the work of reading them a process is nothing. */
const WHOLE = 2 ** 20

/** All that a commit would add. In the usual case no process is started. */
export async function* stagedUnits(
  git: Git,
  excluded: Excluded,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const staged = openStaged(git)
  if (staged === null) yield* (await byGit()).unitsByGit(git, excluded, signal)
  else yield* unitsOf(staged, git, excluded, signal)
}

async function* unitsOf(
  { changes, store }: Staged,
  git: Git,
  excluded: Excluded,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  try {
    const { contents, unmerged } = recordedIn(changes, excluded)
    if (unmerged.length > 0) yield unmerged
    const left: RawChange[] = []
    yield* batches(contents, store, left)
    if (left.length > 0) yield* (await byGit()).contentsByGit(git, left, signal)
  } finally {
    store.close()
  }
}

/** Loaded where it is needed, which is nearly never. */
const byGit = () => import('./by-git.ts')

/** What is large, damaged or not to be found is `left` to git. */
function* batches(
  contents: readonly RawChange[],
  store: ObjectStore,
  left: RawChange[],
): Generator<readonly (Unit | Skipped)[]> {
  let batch: (Unit | Skipped)[] = []
  let size = 0
  for (const change of contents) {
    const bytes = contentOf(change.newId, store)
    if (bytes === null) {
      left.push(change)
      continue
    }
    batch.push(unitOf(change, { bytes }))
    size += bytes.length
    if (size < WHOLE) continue
    yield batch
    batch = []
    size = 0
  }
  if (batch.length > 0) yield batch
}

function contentOf(id: string, store: ObjectStore): Buffer | null {
  try {
    const object = store.read(id, WHOLE)
    return object?.type === 'blob' ? object.bytes : null
  } catch (error) {
    if (error instanceof Damaged) return null
    throw error
  }
}

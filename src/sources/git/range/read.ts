import { nameFrom } from '../../name.ts'
import type { Skipped, Unit } from '../../types.ts'
import { isPartial } from '../gaps.ts'
import { heavyAmong, heavyDelta } from '../stored/heavy.ts'
import { readObjects } from '../objects.ts'
import type { Repository } from '../repository.ts'
import { repairHint } from './repair.ts'

/** Objects by id, each a unit; what is not here or would need too much memory is said. */
export async function* readUnits(
  repository: Repository,
  ids: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  if (ids.length === 0) return
  const { git } = repository
  const heavy = await heavyAmong(git, ids, heavyDelta, signal)
  yield heavy.skipped
  const light = heavy.ids.size === 0 ? ids : ids.filter((id) => !heavy.ids.has(id))
  for await (const batch of readObjects(git, light, signal)) {
    yield batch.map(({ object }) => {
      if ('missing' in object) return notRead(repository, object.id, object.missing)
      const { id, type, bytes } = object
      return { name: nameFrom(id), bytes, origin: { kind: 'object', id, type }, encodings: [] }
    })
  }
}

function notRead(repository: Repository, id: string, why: string): Skipped {
  const partial = isPartial(repository.commonDir)
  const reason =
    why !== 'missing' ? why : partial ? 'not here: this is a partial clone' : 'damaged or missing'
  return { skipped: `object ${id}`, reason, hint: repairHint(repository) }
}

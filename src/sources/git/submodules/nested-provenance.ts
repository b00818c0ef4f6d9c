import { bytesOf, nameOf } from '../../name.ts'
import { objectKey, type ObjectProvenance, type Origin, type Provenance, type Skipped } from '../../types.ts'
import { below, type Repository } from '../repository.ts'
import { ofSubmodule } from './submodules.ts'

/**
 * Where objects of one repository came from, its submodules' told apart: asks `locateOwn` for those that are its own and
 * gives the answer in terms of the whole (`objectKey`, paths below the submodule's).
 */
export async function locateIn(
  repository: Repository,
  origins: readonly Origin[],
  locateOwn: (origins: readonly Origin[]) => Promise<Provenance>,
): Promise<Provenance> {
  const { nested } = repository
  const own = origins.filter((origin) => origin.kind === 'object' && origin.repository === nested?.name)
  if (own.length === 0) return { objects: new Map(), skipped: [] }
  const provenance = await locateOwn(own)
  if (nested === undefined) return provenance
  const trees = new Set(
    own.flatMap((origin) => (origin.kind === 'object' && origin.type === 'tree' ? [origin.id] : [])),
  )
  const objects = [...provenance.objects].map(
    ([id, facts]) =>
      [objectKey({ id, repository: nested.name }), moved(facts, nested.path, trees.has(id))] as const,
  )
  return {
    objects: new Map(objects),
    skipped: provenance.skipped.map((item) => ofSubmodule(repository, item)),
  }
}

function moved(facts: ObjectProvenance, folder: Buffer, isTree: boolean): ObjectProvenance {
  // The root of a commit has no name of its own: here it is the submodule's folder.
  if (isTree && facts.paths.length === 0 && facts.introducedBy !== null)
    return { ...facts, paths: [nameOf(folder)] }
  return { ...facts, paths: facts.paths.map((path) => nameOf(below(folder, Buffer.from(bytesOf(path))))) }
}

export function joined(parts: readonly Provenance[]): Provenance {
  const skipped: Skipped[] = parts.flatMap((part) => part.skipped)
  return { objects: new Map(parts.flatMap((part) => [...part.objects])), skipped }
}

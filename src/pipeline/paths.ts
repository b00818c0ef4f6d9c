import { bytesOf, nameOf } from '../sources/name.ts'
import type { Origin, UnitName } from '../sources/types.ts'

/** Of a git object. A tree is a folder: the token is in the name of an entry of it. */
export function pathsOf(
  type: string,
  entry: UnitName | null,
  paths: readonly UnitName[],
): readonly UnitName[] {
  if (type !== 'tree' || entry === null) return paths
  if (paths.length === 0) return [entry]
  const slash = Buffer.from('/')
  return paths.map((folder) => nameOf(Buffer.concat([bytesOf(folder), slash, bytesOf(entry)])))
}

/** What leads to the place, outermost first: of what has no path, all there is to say. */
export function viaOf(origin: Origin): readonly string[] {
  if (origin.kind === 'other') return [origin.what]
  if (origin.kind !== 'object' && origin.kind !== 'ref') return []
  const via = origin.repository === undefined ? [] : [`submodule ${origin.repository}`]
  return origin.kind === 'object' && origin.lfs !== undefined ? [...via, `LFS object ${origin.lfs}`] : via
}

import type { Detector } from '../detect/types.ts'
import { bytesOf, nameOf } from '../sources/name.ts'
import { isSkipped, type Origin, type Skipped, type Unit, type UnitName } from '../sources/types.ts'

const newline = Buffer.from('\n')

/** Paths hold tokens too. All names of a batch are scanned in one go; only on a hit each by itself. */
export function namesWithHits(batch: readonly (Unit | Skipped)[], detector: Detector): Unit[] {
  const names = batch.flatMap((item) => (isSkipped(item) ? [] : pathOf(item)))
  if (names.length === 0) return []
  const all = Buffer.concat(names.flatMap(({ name }) => [bytesOf(name), newline]))
  if (detector.scan(all).length === 0) return []
  return names.map(({ name, origin }) => ({ name, bytes: bytesOf(name), origin, encodings: [] }))
}

/** A path that the parent has too is nothing new. */
function pathOf({ name, origin }: Unit): { name: UnitName; origin: Origin }[] {
  if (origin.kind === 'file') return [named(origin.path, origin.file)]
  if (origin.kind === 'other' && origin.named === true)
    return [{ name, origin: { kind: 'other', what: `name of ${origin.what}` } }]
  const isNew = origin.kind === 'staged' && origin.parents.length === 0
  return isNew ? [named(origin.path, null)] : []
}

function named(path: UnitName, file: Uint8Array | null): { name: UnitName; origin: Origin } {
  return { name: path, origin: { kind: 'name', path, id: null, file } }
}

/** The path up to the end of the part that holds the token: a folder's name is one place for all that lies in it. */
export function partAt(name: UnitName, offset: number): UnitName {
  const bytes = Buffer.from(bytesOf(name))
  const end = bytes.indexOf('/', offset)
  return end === -1 ? name : nameOf(bytes.subarray(0, end))
}

import type { Detector } from '../detect/types.ts'
import { bytesOf, nameOf } from '../sources/name.ts'
import { isSkipped, type Skipped, type Unit, type UnitName } from '../sources/types.ts'

const newline = Buffer.from('\n')

/** Paths hold tokens too. All names of a batch are scanned in one go; only on a hit each by itself. */
export function namesWithHits(batch: readonly (Unit | Skipped)[], detector: Detector): Unit[] {
  const names = batch.flatMap((item) => (isSkipped(item) ? [] : pathOf(item)))
  if (names.length === 0) return []
  const all = Buffer.concat(names.flatMap(({ name }) => [bytesOf(name), newline]))
  if (detector.scan(all).length === 0) return []
  return names.map(({ name, file }) => ({
    name,
    bytes: bytesOf(name),
    origin: { kind: 'name', path: name, id: null, file },
    encodings: [],
  }))
}

/** A path that the parent has too is nothing new. */
function pathOf({ origin }: Unit): { name: UnitName; file: Uint8Array | null }[] {
  if (origin.kind === 'file') return [{ name: origin.path, file: origin.file }]
  const isNew = origin.kind === 'staged' && origin.parents.length === 0
  return isNew ? [{ name: origin.path, file: null }] : []
}

/** The path up to the end of the part that holds the token: a folder's name is one place for all that lies in it. */
export function partAt(name: UnitName, offset: number): UnitName {
  const bytes = Buffer.from(bytesOf(name))
  const end = bytes.indexOf('/', offset)
  return end === -1 ? name : nameOf(bytes.subarray(0, end))
}

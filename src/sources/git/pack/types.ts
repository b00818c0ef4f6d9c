/** Numbers of deltas, by distance and by name. https://git-scm.com/docs/gitformat-pack */
export const OFS_DELTA = 6
export const REF_DELTA = 7

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag'

/** By the number that packs give them. */
const types: readonly (ObjectType | undefined)[] = [undefined, 'commit', 'tree', 'blob', 'tag']

/** undefined: a delta, or a number that means nothing. */
export function typeOf(code: number): ObjectType | undefined {
  return types[code]
}

export interface StoredObject {
  readonly type: ObjectType
  readonly bytes: Buffer
}

/** A file of the object store is not what it should be; the message says in a few words why. */
export class Damaged extends Error {}

/** It may be right, but we do not read it: git can. */
export class Unknown extends Damaged {}

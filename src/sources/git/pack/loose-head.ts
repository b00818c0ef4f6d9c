import { Damaged, type ObjectType } from './types.ts'

export interface LooseHead {
  readonly type: ObjectType
  readonly size: number
  /** Bytes of the head, the NUL at its end included. */
  readonly length: number
}

/** More than any head takes. */
export const longestLooseHead = 32

/** `<type> SP <size> NUL`, from which on the object itself follows; throws `Damaged`. */
export function parseLooseHead(bytes: Uint8Array): LooseHead {
  const head = Buffer.from(bytes.subarray(0, longestLooseHead)).toString('latin1')
  const [, type, size] = /^(commit|tree|blob|tag) (0|[1-9]\d{0,15})\0/.exec(head) ?? []
  if (type === undefined || size === undefined) throw new Damaged('it does not begin like an object')
  return { type: type as ObjectType, size: Number(size), length: type.length + size.length + 2 }
}

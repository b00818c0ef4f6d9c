import { gzip } from './gzip.ts'
import type { Container } from './types.ts'

/** Asked in order; the first that recognises a unit's head opens it. */
export const containers = [gzip] satisfies readonly Container[]

export function containerOf(head: Uint8Array): Container | null {
  return containers.find((container) => container.recognise(head)) ?? null
}

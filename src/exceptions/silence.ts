import type { KeyStatus } from '../inventory/types.ts'

/**
 * Only a key that is known to be dead: a retired one may still be alive, a compromised one is an open incident
 * (DESIGN, guarantee 7). null: the inventory does not know it.
 */
export function maySilence(status: KeyStatus | null): boolean {
  return status === null || status === 'revoked'
}

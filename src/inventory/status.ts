import { InventoryError } from './errors.ts'
import type { KeyEntry, KeyStatus } from './types.ts'

/** Which status may follow which. A key that is dead or was leaked never comes back. */
const next: Readonly<Record<KeyStatus, readonly KeyStatus[]>> = {
  active: ['rotating', 'retired', 'compromised', 'revoked'],
  staged: ['active', 'compromised', 'revoked', 'lost'],
  rotating: ['active', 'retired', 'compromised', 'revoked'],
  retired: ['compromised', 'revoked'],
  compromised: ['revoked'],
  revoked: [],
  lost: ['revoked'],
}

/** False when the key has that status already. */
export function changes(entry: KeyEntry, status: KeyStatus): boolean {
  if (entry.status === status) return false
  if (next[entry.status].includes(status)) return true
  throw new InventoryError('transition', `${entry.name} is ${entry.status} and cannot become ${status}`)
}

export function isLive(status: KeyStatus): boolean {
  return status === 'active' || status === 'staged' || status === 'rotating'
}

export { checkDetails, refuseKnown } from './details.ts'
export { addKey, type Change, changeKey, type KeyDetails, markStatus } from './change.ts'
export { InventoryError, type InventoryErrorCode } from './errors.ts'
export { inventoryFile } from './export.ts'
export { factsOf } from './facts.ts'
export {
  findByFingerprint,
  findById,
  findByName,
  findKey,
  type HistoryEntry,
  historyOf,
  listKeys,
} from './find.ts'
export { type Imported, type ImportDependencies, importInventory } from './import.ts'
export { openKeyRing } from './key-ring.ts'
export { keyLookup, knownKeys } from './known.ts'
export { isLive } from './status.ts'

export { isConflict, StoreError, type StoreErrorCode } from './errors.ts'
export { inTransaction, openStore, type Store, type StoreDependencies, type StoreOptions } from './open.ts'
export type { Database, Schema } from './schema.ts'

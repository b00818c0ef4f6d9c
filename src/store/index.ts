export { isConflict, StoreError } from './errors.ts'
export { inTransaction, openStore, type Store, type StoreDependencies } from './open.ts'
export type { Database, Schema } from './schema.ts'

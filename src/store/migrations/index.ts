import type { Kysely } from 'kysely'
import { first } from './0001-first.ts'

/** In order; the place in the list plus one is the version. A migration that was released is never changed. */
export const migrations: readonly ((db: Kysely<unknown>) => Promise<void>)[] = [first]

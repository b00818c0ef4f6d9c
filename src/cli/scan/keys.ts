import { statePaths } from '../../config/paths.ts'
import type { Context } from '../../context.ts'
import type { KnownKeys } from '../../detect/types.ts'
import type { KeyLookup } from '../../pipeline/types.ts'
import { exists } from '../../store/files.ts'
import type { Arguments } from '../types.ts'

/** What a scan asks of the inventory. */
export interface ScanKeys {
  readonly known: KnownKeys
  readonly lookup: KeyLookup
}

export const noKeys: ScanKeys = {
  known: { size: 0, has: () => false, shapes: [] },
  lookup: { entries: [], byFingerprint: () => null },
}

/** Where the inventory's database is; null when there is none, which is an empty inventory and is not made here. */
export function inventoryDatabase(context: Context, args: Arguments): string | null {
  const { db } = statePaths(context, { db: args.value('db') })
  if (db === null) return null
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(db) || exists(db, context.fs) ? db : null
}

/** Reads the inventory and lets go of the database. Loads a good deal: only where there is one. */
export async function readKeys(context: Context, db: string): Promise<ScanKeys> {
  const [{ openStore }, { listKeys }, { keyLookup, knownKeys }] = await Promise.all([
    import('../../store/open.ts'),
    import('../../inventory/find.ts'),
    import('../../inventory/known.ts'),
  ])
  const store = await openStore(db, context, { create: false, readonly: true })
  if (store === null) return noKeys
  try {
    const entries = await listKeys(store.db)
    return { known: knownKeys(entries), lookup: keyLookup(entries) }
  } finally {
    await store.close()
  }
}

/** Notes whether the inventory would have been asked about anything at all. */
export function askedKeys(): ScanKeys & { asked(): boolean } {
  let asked = false
  const known: KnownKeys = {
    size: 1,
    has: () => {
      asked = true
      return false
    },
    // Whatever follows a prefix might be a key of an odd shape.
    shapes: [{ bodyLength: 1, alphanumeric: false }],
  }
  return { known, lookup: noKeys.lookup, asked: () => asked }
}

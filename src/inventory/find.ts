import type { Fingerprint } from '../secret/index.ts'
import type { Database } from '../store/index.ts'
import { allKeys, keyByFingerprint, keyById, keyHistory, keysByName, keysByPrefix } from '../store/keys.ts'
import { entryOf } from './entry.ts'
import { InventoryError } from './errors.ts'
import { isLive } from './status.ts'
import type { KeyEntry } from './types.ts'

/** Every key, by name. */
export async function listKeys(db: Database): Promise<readonly KeyEntry[]> {
  return (await allKeys(db)).map(entryOf)
}

export async function findById(db: Database, id: string): Promise<KeyEntry | null> {
  const row = await keyById(db, id)
  return row === undefined ? null : entryOf(row)
}

export async function findByFingerprint(db: Database, fingerprint: Fingerprint): Promise<KeyEntry | null> {
  const row = await keyByFingerprint(db, fingerprint)
  return row === undefined ? null : entryOf(row)
}

/** The key that has the name now; else the newest that had it. */
export async function findByName(db: Database, name: string): Promise<KeyEntry | null> {
  const entries = (await keysByName(db, name)).map(entryOf)
  return entries.find((entry) => isLive(entry.status)) ?? entries[0] ?? null
}

/** By id, exact name, fingerprint or any prefix of at least 8 hex digits of it; null when there is none. */
export async function findKey(db: Database, text: string): Promise<KeyEntry | null> {
  const exact = (await findById(db, text)) ?? (await findByName(db, text))
  if (exact !== null) return exact
  const prefix = /^(?:sha256:)?([0-9a-f]{8,64})$/i.exec(text)?.[1]?.toLowerCase()
  if (prefix === undefined) return null
  const [found, another] = (await keysByPrefix(db, prefix)).map(entryOf)
  if (found !== undefined && another !== undefined) {
    throw new InventoryError(
      'ambiguous',
      `${prefix} begins the fingerprint of more than one key`,
      'give more digits',
    )
  }
  return found ?? null
}

export interface HistoryEntry {
  readonly at: string
  readonly who: string
  readonly what: string
  readonly data: unknown
}

export async function historyOf(db: Database, id: string): Promise<readonly HistoryEntry[]> {
  const rows = await keyHistory(db, id)
  return rows.map(({ at, who, what, data }) => ({ at, who, what, data: JSON.parse(data) as unknown }))
}

import type { Insertable, Updateable } from 'kysely'
import type { Database, KeyHistoryRow, KeyRow } from './schema.ts'

/** Statuses under which a name is taken. */
export const liveStatuses = ['active', 'staged', 'rotating'] as const

export async function allKeys(db: Database): Promise<KeyRow[]> {
  return db.selectFrom('keys').selectAll().orderBy('name').orderBy('created_at').orderBy('id').execute()
}

export async function keyById(db: Database, id: string): Promise<KeyRow | undefined> {
  return db.selectFrom('keys').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function keyByFingerprint(db: Database, fingerprint: string): Promise<KeyRow | undefined> {
  return db.selectFrom('keys').selectAll().where('fingerprint', '=', fingerprint).executeTakeFirst()
}

/** `prefix` is lower-case hex without `sha256:`. */
export async function keysByPrefix(db: Database, prefix: string): Promise<KeyRow[]> {
  return db.selectFrom('keys').selectAll().where('fingerprint', 'like', `sha256:${prefix}%`).execute()
}

/** Every key that has or had the name, the newest first. */
export async function keysByName(db: Database, name: string): Promise<KeyRow[]> {
  return db
    .selectFrom('keys')
    .selectAll()
    .where('name', '=', name)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

export async function liveKeyNamed(db: Database, name: string): Promise<KeyRow | undefined> {
  return db
    .selectFrom('keys')
    .selectAll()
    .where('name', '=', name)
    .where('status', 'in', liveStatuses)
    .executeTakeFirst()
}

export async function insertKey(db: Database, row: Insertable<KeyRow>): Promise<void> {
  await db.insertInto('keys').values(row).execute()
}

export async function updateKey(db: Database, id: string, changes: Updateable<KeyRow>): Promise<void> {
  await db.updateTable('keys').set(changes).where('id', '=', id).execute()
}

/** Appends to the key's history; call it in the transaction of the change it tells of. */
export async function recordKeyHistory(db: Database, entry: Omit<KeyHistoryRow, 'seq'>): Promise<void> {
  const last = await db
    .selectFrom('key_history')
    .select((eb) => eb.fn.max('seq').as('seq'))
    .where('key_id', '=', entry.key_id)
    .executeTakeFirst()
  await db
    .insertInto('key_history')
    .values({ ...entry, seq: (last?.seq ?? 0) + 1 })
    .execute()
}

export async function keyHistory(db: Database, id: string): Promise<KeyHistoryRow[]> {
  return db.selectFrom('key_history').selectAll().where('key_id', '=', id).orderBy('seq').execute()
}

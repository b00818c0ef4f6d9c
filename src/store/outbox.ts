import type { Database, OutboxRow } from './schema.ts'

/** Puts a message in unless one with the same deduplication key is there already; the row as it stands. */
export async function enqueue(
  tx: Database,
  row: Pick<OutboxRow, 'incident_id' | 'channel' | 'dedup_key' | 'message' | 'next_at'>,
): Promise<OutboxRow> {
  await tx
    .insertInto('outbox')
    .values({ ...row, id: row.dedup_key, status: 'pending', attempts: 0, last_error: null })
    .onConflict((conflict) => conflict.column('dedup_key').doNothing())
    .execute()
  return await tx
    .selectFrom('outbox')
    .selectAll()
    .where('dedup_key', '=', row.dedup_key)
    .executeTakeFirstOrThrow()
}

export async function recordSending(
  tx: Database,
  key: string,
  change: Pick<OutboxRow, 'status' | 'attempts' | 'last_error' | 'next_at'>,
): Promise<void> {
  await tx.updateTable('outbox').set(change).where('dedup_key', '=', key).execute()
}

/** An incident's messages that have not reached anybody, oldest first. */
export async function unsent(db: Database, incident: string): Promise<OutboxRow[]> {
  return await db
    .selectFrom('outbox')
    .selectAll()
    .where('incident_id', '=', incident)
    .where('status', '!=', 'sent')
    .orderBy('next_at')
    .execute()
}

import { createHash } from 'node:crypto'
import type { Database, JournalRow } from './schema.ts'

export interface JournalEntry {
  readonly seq: number
  readonly at: string
  readonly kind: string
  readonly data: unknown
  readonly hash: string
}

/** Before the first entry. */
export const genesis = '0'.repeat(64)

/** Appends to the hash chain: each entry's hash covers its content and the hash before it. */
export async function appendJournal(
  tx: Database,
  incident: string,
  entries: readonly { readonly at: string; readonly kind: string; readonly data: unknown }[],
): Promise<void> {
  const last = await tx
    .selectFrom('journal')
    .select(['seq', 'hash'])
    .where('incident_id', '=', incident)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  let seq = last?.seq ?? 0
  let prev = last?.hash ?? genesis
  for (const entry of entries) {
    seq += 1
    const data = canonicalJson(entry.data)
    const hash = hashOf({ incident_id: incident, seq, at: entry.at, kind: entry.kind, data, prev_hash: prev })
    const row: JournalRow = {
      incident_id: incident,
      seq,
      at: entry.at,
      kind: entry.kind,
      data,
      prev_hash: prev,
      hash,
    }
    await tx.insertInto('journal').values(row).execute()
    prev = hash
  }
}

export async function readJournal(db: Database, incident: string): Promise<JournalEntry[]> {
  const rows = await db
    .selectFrom('journal')
    .selectAll()
    .where('incident_id', '=', incident)
    .orderBy('seq')
    .execute()
  return rows.map((row) => ({
    seq: row.seq,
    at: row.at,
    kind: row.kind,
    data: JSON.parse(row.data) as unknown,
    hash: row.hash,
  }))
}

/** The first sequence number at which the chain does not hold, null when all of it does. */
export async function verifyJournal(db: Database, incident: string): Promise<number | null> {
  const rows = await db
    .selectFrom('journal')
    .selectAll()
    .where('incident_id', '=', incident)
    .orderBy('seq')
    .execute()
  let prev = genesis
  for (const [index, row] of rows.entries()) {
    const { hash, ...content } = row
    if (row.seq !== index + 1 || row.prev_hash !== prev || hashOf(content) !== hash) return row.seq
    prev = hash
  }
  return null
}

function hashOf(row: Omit<JournalRow, 'hash'>): string {
  return createHash('sha256').update(canonicalJson(row)).digest('hex')
}

/** JSON with the keys of every object sorted, so that equal data has one text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  )
}

import { type Kysely, sql } from 'kysely'

/** Statuses under which a name is taken: `retired`, `compromised`, `revoked` and `lost` keys leave it free. */
const live = ['active', 'staged', 'rotating']

export async function first(db: Kysely<unknown>): Promise<void> {
  await keys(db)
  await incidents(db)
  await journal(db)
  await work(db)
}

async function keys(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('fingerprint', 'text')
    .addColumn('body_length', 'integer')
    .addColumn('alphanumeric', 'integer')
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('purpose', 'text')
    .addColumn('owners', 'text', (column) => column.notNull())
    .addColumn('consumers', 'text')
    .addColumn('locator', 'text')
    .addColumn('locator_stale', 'integer', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('management', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('rotate_every_days', 'integer')
    .addColumn('rotate_by', 'text')
    .addColumn('last_seen_at', 'text')
    .addColumn('replaces', 'text')
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .execute()
  await db.schema.createIndex('keys_by_fingerprint').on('keys').column('fingerprint').unique().execute()
  // a bound parameter for the status keeps SQLite from using the partial index below for look-ups
  await db.schema.createIndex('keys_by_name').on('keys').column('name').execute()
  await db.schema
    .createIndex('keys_by_live_name')
    .on('keys')
    .column('name')
    .unique()
    .where(sql.ref('status'), 'in', live)
    .execute()
  await db.schema
    .createTable('key_history')
    .addColumn('key_id', 'text', (column) => column.notNull().references('keys.id'))
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('who', 'text', (column) => column.notNull())
    .addColumn('what', 'text', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('key_history_key', ['key_id', 'seq'])
    .execute()
}

async function incidents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('incidents')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('fingerprint', 'text', (column) => column.notNull())
    .addColumn('key_id', 'text')
    .addColumn('key_name', 'text')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('ended', 'integer', (column) => column.notNull())
    .addColumn('exposure', 'text', (column) => column.notNull())
    .addColumn('opened_at', 'text', (column) => column.notNull())
    .addColumn('updated_at', 'text', (column) => column.notNull())
    .addColumn('closed_at', 'text')
    .addColumn('deadline', 'text')
    .execute()
  await db.schema
    .createIndex('incidents_open_once')
    .on('incidents')
    .column('fingerprint')
    .unique()
    .where(sql.ref('ended'), '=', 0)
    .execute()
}

async function journal(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('journal')
    .addColumn('incident_id', 'text', (column) => column.notNull().references('incidents.id'))
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('prev_hash', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('journal_key', ['incident_id', 'seq'])
    .execute()
}

/** What is still to be done for an incident, who is doing it, and what is on its way to people. */
async function work(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('obligations')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('incident_id', 'text', (column) => column.notNull().references('incidents.id'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('opened_at', 'text', (column) => column.notNull())
    .addColumn('closed_at', 'text')
    .addColumn('closed_by', 'text')
    .execute()
  await db.schema.createIndex('obligations_by_incident').on('obligations').column('incident_id').execute()
  await db.schema
    .createTable('leases')
    .addColumn('incident_id', 'text', (column) => column.primaryKey().references('incidents.id'))
    .addColumn('fencing', 'integer', (column) => column.notNull())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('boot_id', 'text', (column) => column.notNull())
    .addColumn('pid', 'integer', (column) => column.notNull())
    .addColumn('process_start', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('outbox')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('incident_id', 'text', (column) => column.notNull().references('incidents.id'))
    .addColumn('channel', 'text', (column) => column.notNull())
    .addColumn('dedup_key', 'text', (column) => column.notNull().unique())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('last_error', 'text')
    .addColumn('next_at', 'text', (column) => column.notNull())
    .execute()
}

import type { Kysely } from 'kysely'

/** All times are ISO 8601 in UTC as text, all truths are 0 or 1, JSON is text: the same on SQLite and PostgreSQL. */
export interface Schema {
  schema_version: { version: number; applied_at: string }
  keys: KeyRow
  key_history: KeyHistoryRow
  incidents: IncidentRow
  journal: JournalRow
  obligations: ObligationRow
  leases: LeaseRow
  outbox: OutboxRow
}

/** A connection or a transaction on it: every verb takes either. */
export type Database = Kysely<Schema>

export interface KeyRow {
  id: string
  name: string
  /** null for a lost key */
  fingerprint: string | null
  body_length: number | null
  alphanumeric: number | null
  account: string
  environment: string
  purpose: string | null
  owners: string
  /** null: nobody said; `[]`: nobody uses it */
  consumers: string | null
  locator: string | null
  locator_stale: number
  status: string
  management: number
  created_at: string
  rotate_every_days: number | null
  rotate_by: string | null
  last_seen_at: string | null
  replaces: string | null
  updated_at: string
}

export interface KeyHistoryRow {
  key_id: string
  /** 1, 2, 3… within the key */
  seq: number
  at: string
  who: string
  what: string
  data: string
}

export interface IncidentRow {
  id: string
  fingerprint: string
  key_id: string | null
  key_name: string | null
  /** compromise | rotation | revoke */
  kind: string
  /** open | contained | closed | needs-human */
  status: string
  /** 1 once closed or declared so: only then may the fingerprint have another incident */
  ended: number
  exposure: string
  opened_at: string
  updated_at: string
  closed_at: string | null
  deadline: string | null
}

export interface JournalRow {
  incident_id: string
  seq: number
  at: string
  kind: string
  /** canonical JSON, as hashed */
  data: string
  prev_hash: string
  hash: string
}

export interface ObligationRow {
  id: string
  incident_id: string
  kind: string
  subject: string
  detail: string
  opened_at: string
  closed_at: string | null
  closed_by: string | null
}

export interface LeaseRow {
  incident_id: string
  /** only grows */
  fencing: number
  holder: string
  boot_id: string
  pid: number
  process_start: string
  /** milliseconds since 1970 */
  expires_at: number
}

export interface OutboxRow {
  id: string
  incident_id: string
  channel: string
  dedup_key: string
  status: string
  attempts: number
  message: string
  last_error: string | null
  next_at: string
}

import type { Schema } from '../store/index.ts'
import type { ConsumerSpec, Environment, KeyEntry, KeyStatus, Owner } from './types.ts'

type KeyRow = Schema['keys']

export function entryOf(row: KeyRow): KeyEntry {
  return {
    id: row.id,
    name: row.name,
    fingerprint: row.fingerprint as KeyEntry['fingerprint'],
    bodyLength: row.body_length,
    alphanumeric: row.alphanumeric === null ? null : row.alphanumeric === 1,
    account: row.account,
    environment: row.environment as Environment,
    purpose: row.purpose,
    owners: JSON.parse(row.owners) as Owner[],
    consumers: row.consumers === null ? null : (JSON.parse(row.consumers) as ConsumerSpec[]),
    locator: row.locator,
    locatorStale: row.locator_stale === 1,
    status: row.status as KeyStatus,
    management: row.management === 1,
    createdAt: row.created_at,
    rotateEveryDays: row.rotate_every_days,
    rotateBy: row.rotate_by,
    lastSeenAt: row.last_seen_at,
    replaces: row.replaces,
    updatedAt: row.updated_at,
  }
}

export function rowOf(entry: KeyEntry): KeyRow {
  return {
    id: entry.id,
    name: entry.name,
    fingerprint: entry.fingerprint,
    body_length: entry.bodyLength,
    alphanumeric: entry.alphanumeric === null ? null : Number(entry.alphanumeric),
    account: entry.account,
    environment: entry.environment,
    purpose: entry.purpose,
    owners: JSON.stringify(entry.owners),
    consumers: entry.consumers === null ? null : JSON.stringify(entry.consumers),
    locator: entry.locator,
    locator_stale: Number(entry.locatorStale),
    status: entry.status,
    management: Number(entry.management),
    created_at: entry.createdAt,
    rotate_every_days: entry.rotateEveryDays,
    rotate_by: entry.rotateBy,
    last_seen_at: entry.lastSeenAt,
    replaces: entry.replaces,
    updated_at: entry.updatedAt,
  }
}

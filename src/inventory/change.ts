import { type Database, inTransaction, isConflict, type Store } from '../store/index.ts'
import { insertKey, keyById, recordKeyHistory, updateKey } from '../store/keys.ts'
import { entryOf, rowOf } from './entry.ts'
import { InventoryError } from './errors.ts'
import type { KeyFacts } from './facts.ts'
import { changes } from './status.ts'
import type { KeyEntry, KeyStatus } from './types.ts'

/** Where a change is written and who makes it: `import`, `add`, an incident's id, a person. */
export interface Change {
  /** The store's connection or a transaction on it. */
  readonly db: Database
  readonly clock: Store['clock']
  random(bytes: number): Uint8Array
  readonly who: string
}

export type KeyDraft =
  | KeyFacts
  | { readonly fingerprint: null; readonly bodyLength: null; readonly alphanumeric: null }

export interface KeyDetails
  extends Pick<
    KeyEntry,
    | 'name'
    | 'account'
    | 'environment'
    | 'purpose'
    | 'owners'
    | 'consumers'
    | 'locator'
    | 'management'
    | 'rotateEveryDays'
  > {
  readonly status?: KeyStatus
  readonly replaces?: string | null
}

/** A new entry with its first line of history. */
export async function addKey(change: Change, facts: KeyDraft, details: KeyDetails): Promise<KeyEntry> {
  const at = now(change)
  const { fingerprint, bodyLength, alphanumeric } = facts
  const entry: KeyEntry = {
    status: 'active',
    replaces: null,
    ...details,
    id: newId(change),
    fingerprint,
    bodyLength,
    alphanumeric,
    locatorStale: false,
    createdAt: at,
    rotateBy: rotateBy(at, details.rotateEveryDays),
    lastSeenAt: null,
    updatedAt: at,
  }
  await inTransaction(change.db, async (tx) => {
    await guarded(entry.name, () => insertKey(tx, rowOf(entry)))
    await tell(tx, change, entry.id, 'added', { status: entry.status, name: entry.name })
  })
  return entry
}

/** Changes what is said about a key, not its value; history names the fields. */
export async function changeKey(
  change: Change,
  id: string,
  fields: Partial<KeyEntry>,
  what: string,
  data: Readonly<Record<string, unknown>> = {},
): Promise<KeyEntry> {
  return inTransaction(change.db, async (tx) => {
    const row = await keyById(tx, id)
    if (row === undefined) throw new InventoryError('unknown', `no key ${id} in the inventory`)
    const before = entryOf(row)
    const changed: KeyEntry = { ...before, ...fields, updatedAt: now(change) }
    const after = { ...changed, rotateBy: rotateBy(changed.createdAt, changed.rotateEveryDays) }
    const { id: _, ...columns } = rowOf(after)
    await guarded(after.name, () => updateKey(tx, id, columns))
    await tell(tx, change, id, what, data)
    return after
  })
}

/** Follows the key's life (`active` → `rotating` → `retired` | `compromised` → `revoked`); the same status again is fine. */
export async function markStatus(change: Change, id: string, status: KeyStatus): Promise<KeyEntry> {
  return inTransaction(change.db, async (tx) => {
    const row = await keyById(tx, id)
    if (row === undefined) throw new InventoryError('unknown', `no key ${id} in the inventory`)
    const entry = entryOf(row)
    if (!changes(entry, status)) return entry
    return changeKey({ ...change, db: tx }, id, { status }, status, { from: entry.status })
  })
}

async function tell(db: Database, change: Change, id: string, what: string, data: object): Promise<void> {
  await recordKeyHistory(db, {
    key_id: id,
    at: now(change),
    who: change.who,
    what,
    data: JSON.stringify(data),
  })
}

/** The two unique indexes say it as the domain does. */
async function guarded(name: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!isConflict(error)) throw error
    const isName = error instanceof Error && error.message.includes('keys.name')
    throw isName
      ? new InventoryError('name-taken', `another key is called ${name}`, 'choose another name', error)
      : new InventoryError(
          'already-known',
          `the value of ${name} is in the inventory already`,
          undefined,
          error,
        )
  }
}

function now(change: Change): string {
  return new Date(change.clock.now()).toISOString()
}

function rotateBy(from: string, days: number | null): string | null {
  return days === null ? null : new Date(Date.parse(from) + days * 86_400_000).toISOString()
}

/** `key-` + 16 of [a-z2-7]. */
function newId(change: Change): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
  return `key-${[...change.random(16)].map((byte) => alphabet[byte % 32]).join('')}`
}

import { isDeepStrictEqual } from 'node:util'
import type { YamlFile } from '../config/document.ts'
import type { Context } from '../context.ts'
import { LocatorError, readLocator } from '../locators/index.ts'
import type { Secret } from '../secret/index.ts'
import type { Database, Store } from '../store/index.ts'
import { liveKeyNamed } from '../store/keys.ts'
import { addKey, type Change, changeKey, type KeyDetails, type KeyDraft, markStatus } from './change.ts'
import { entryOf } from './entry.ts'
import { InventoryError } from './errors.ts'
import { factsOf, type KeyFacts } from './facts.ts'
import { type FileEntry, fileEntries } from './file.ts'
import { findByFingerprint } from './find.ts'
import type { KeyEntry } from './types.ts'

/** What became of one key of the file. */
export interface Imported {
  readonly name: string
  readonly outcome: 'added' | 'changed' | 'replaced' | 'unchanged'
  /** Names of the changed fields; never values. */
  readonly fields: readonly string[]
}

export interface ImportDependencies extends Pick<Context, 'env' | 'fs' | 'spawn' | 'signal'> {
  /** For `token: stdin`. */
  readStdin(): Promise<Secret>
}

/**
 * Brings the inventory to what the file says, all or nothing; keys that the file does not name stay as they are. The
 * same file again changes nothing. Values known as retired, compromised or revoked are refused.
 */
export async function importInventory(
  store: Store,
  file: YamlFile,
  deps: ImportDependencies,
): Promise<readonly Imported[]> {
  const entries = fileEntries(file, deps)
  const read: KeyFacts[] = []
  const seen = new Set<string>()
  for (const [index, entry] of entries.entries()) {
    const facts = await factsFor(entry, deps).catch((error: unknown) => {
      throw error instanceof LocatorError ? pointedAt(file, index, 'token', error) : error
    })
    if (seen.has(facts.fingerprint)) {
      throw new InventoryError(
        'already-known',
        `${file.place(['keys', index])}: the same key stands twice in this file`,
      )
    }
    seen.add(facts.fingerprint)
    read.push(facts)
  }
  return store.transaction(async (tx) => {
    const change: Change = {
      db: tx,
      clock: store.clock,
      random: (bytes) => store.random(bytes),
      who: 'import',
    }
    const imported: Imported[] = []
    for (const [index, entry] of entries.entries()) {
      const facts = read[index]
      if (facts === undefined) continue
      await refuseKnownElsewhere(tx, file, index, entry, facts)
      imported.push(await importOne(change, entry, facts))
    }
    return imported
  })
}

async function factsFor(entry: FileEntry, deps: ImportDependencies): Promise<KeyFacts> {
  if (entry.fingerprint !== null)
    return { fingerprint: entry.fingerprint, bodyLength: null, alphanumeric: null }
  return factsOf(
    entry.token === 'stdin' ? await deps.readStdin() : await readLocator(entry.token ?? '', deps),
  )
}

function pointedAt(file: YamlFile, index: number, field: string, error: LocatorError): LocatorError {
  return new LocatorError(
    error.code,
    `${file.place(['keys', index, field])}: ${error.message}`,
    error.hint,
    error,
  )
}

/** The value may be in the inventory only as what this name stands for now. */
async function refuseKnownElsewhere(
  tx: Database,
  file: YamlFile,
  index: number,
  entry: FileEntry,
  facts: KeyFacts,
): Promise<void> {
  const known = await findByFingerprint(tx, facts.fingerprint)
  if (known === null) return
  const place = file.place(['keys', index, entry.token === null ? 'fingerprint' : 'token'])
  if (known.status === 'compromised' || known.status === 'revoked' || known.status === 'retired') {
    const message = `${place}: what is there for ${entry.name} is ${known.name}, known as ${known.status}`
    throw new InventoryError(
      'known-bad',
      message,
      'that place still holds the old key: put the current one there',
    )
  }
  if (known.name !== entry.name) {
    const message = `${place}: the key of ${entry.name} is in the inventory already, as ${known.name}`
    throw new InventoryError(
      'already-known',
      message,
      'one key has one name: list both uses as consumers of it',
    )
  }
}

async function importOne(change: Change, entry: FileEntry, facts: KeyFacts): Promise<Imported> {
  const row = await liveKeyNamed(change.db, entry.name)
  const current = row === undefined ? null : entryOf(row)
  if (current === null) {
    await addKey(change, facts, detailsOf(entry))
    return { name: entry.name, outcome: 'added', fields: [] }
  }
  return current.fingerprint === facts.fingerprint
    ? describe(change, current, entry, facts)
    : replace(change, current, entry, facts)
}

/** Somebody rotated the key by hand: the one before may still be alive and stays in sight as `retired`. */
async function replace(
  change: Change,
  current: KeyEntry,
  entry: FileEntry,
  facts: KeyDraft,
): Promise<Imported> {
  if (current.status !== 'active') {
    const message = `${entry.name} is ${current.status}: a response is working on it`
    throw new InventoryError('name-taken', message, 'import again when it has ended')
  }
  await markStatus(change, current.id, 'retired')
  await addKey(change, facts, { ...detailsOf(entry), replaces: current.id })
  return { name: entry.name, outcome: 'replaced', fields: ['value'] }
}

async function describe(
  change: Change,
  current: KeyEntry,
  entry: FileEntry,
  facts: KeyFacts,
): Promise<Imported> {
  const said: Partial<KeyEntry> = {
    ...detailsOf(entry),
    ...(entry.fingerprint === null ? { ...facts, locatorStale: false } : {}),
  }
  // standard input and a bare fingerprint say nothing about where the key can be read again
  const { locator, ...rest } = said
  const fields: Partial<KeyEntry> = locator === null ? rest : said
  const changed = (Object.keys(fields) as (keyof KeyEntry)[]).filter(
    (name) => !isDeepStrictEqual(fields[name], current[name]),
  )
  if (changed.length === 0) return { name: entry.name, outcome: 'unchanged', fields: [] }
  await changeKey(change, current.id, fields, 'changed', { fields: changed })
  return { name: entry.name, outcome: 'changed', fields: changed }
}

function detailsOf(entry: FileEntry): KeyDetails {
  const { name, account, environment, purpose, owners, consumers, management, rotateEveryDays } = entry
  const locator = entry.token === 'stdin' ? null : (entry.token ?? entry.locator)
  return { name, account, environment, purpose, owners, consumers, locator, management, rotateEveryDays }
}

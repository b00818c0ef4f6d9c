import { LocatorError, type LocatorDependencies, readLocator } from '../locators/index.ts'
import type { Fingerprint, Secret } from '../secret/index.ts'
import type { Database, Store } from '../store/index.ts'
import { keysByName, liveKeyNamed } from '../store/keys.ts'
import { addKey, type Change, changeKey, type KeyDetails, markStatus } from './change.ts'
import { InventoryError } from './errors.ts'
import { factsOf } from './facts.ts'
import { findByFingerprint, findById, listKeys } from './find.ts'
import { isLive } from './status.ts'
import type { KeyEntry } from './types.ts'

/**
 * The inventory as a response asks and changes it. Every change is made in the transaction it is given, so that it
 * stands or falls with the journal's entry.
 */
export function openKeyRing(store: Store, locators: LocatorDependencies) {
  const changeBy = (tx: Database, who: string): Change => ({
    db: tx,
    clock: store.clock,
    random: (bytes) => store.random(bytes),
    who,
  })
  return {
    byId: (id: string) => findById(store.db, id),
    byFingerprint: (fingerprint: Fingerprint) => findByFingerprint(store.db, fingerprint),
    all: () => listKeys(store.db),

    async markCompromised(tx: Database, id: string, incident: string): Promise<void> {
      const entry = await findById(tx, id)
      if (entry?.status !== 'revoked') await markStatus(changeBy(tx, incident), id, 'compromised')
    },

    /** The replacement's entry: `staged`, under the old key's name where that is free by now. */
    async stage(tx: Database, old: KeyEntry, replacement: Secret, incident: string): Promise<KeyEntry> {
      const known = await findByFingerprint(tx, replacement.fingerprint)
      if (known !== null) return known
      const name = await freeName(tx, old.name, incident)
      const details: KeyDetails = {
        ...inherited(old),
        name,
        locator: null,
        status: 'staged',
        replaces: old.id,
      }
      return addKey(changeBy(tx, incident), factsOf(replacement), details)
    },

    /** The staged key becomes the current one and takes the name; a key that it rotates out becomes `retired`. */
    async promote(tx: Database, fingerprint: Fingerprint, incident: string): Promise<void> {
      const entry = await known(tx, fingerprint)
      if (entry.status === 'active') return
      const change = changeBy(tx, incident)
      const old = entry.replaces === null ? null : await findById(tx, entry.replaces)
      if (old !== null && isLive(old.status)) await markStatus(change, old.id, 'retired')
      await markStatus(change, entry.id, 'active')
      if (old === null || old.name === entry.name) return
      const holder = await liveKeyNamed(tx, old.name)
      if (holder === undefined)
        await changeKey(change, entry.id, { name: old.name }, 'renamed', { from: entry.name })
    },

    async markRevoked(tx: Database, fingerprint: Fingerprint, incident: string): Promise<void> {
      const entry = await findByFingerprint(tx, fingerprint)
      if (entry !== null) await markStatus(changeBy(tx, incident), entry.id, 'revoked')
    },

    async setLocator(
      tx: Database,
      fingerprint: Fingerprint,
      locator: { readonly value: string | null; readonly stale: boolean },
      incident: string,
    ): Promise<void> {
      const entry = await known(tx, fingerprint)
      const fields = { locator: locator.value, locatorStale: locator.stale }
      if (entry.locator === fields.locator && entry.locatorStale === fields.locatorStale) return
      await changeKey(changeBy(tx, incident), entry.id, fields, 'locator', { stale: locator.stale })
    },

    /** A key that may exist and whose value nobody has: named after its `token_name`, `lost`. */
    async addOrphan(tx: Database, old: KeyEntry | null, tokenName: string, incident: string): Promise<void> {
      if ((await keysByName(tx, tokenName)).some((row) => row.status === 'lost')) return
      const details: KeyDetails = {
        ...(old === null ? stranger : inherited(old)),
        name: tokenName,
        locator: null,
        consumers: [],
        status: 'lost',
        replaces: old?.id ?? null,
      }
      await addKey(
        changeBy(tx, incident),
        { fingerprint: null, bodyLength: null, alphanumeric: null },
        details,
      )
    },

    /** A key that was not in the inventory and that somebody says is ours. */
    async adopt(tx: Database, secret: Secret, name: string): Promise<KeyEntry> {
      const known = await findByFingerprint(tx, secret.fingerprint)
      if (known !== null) return known
      const details: KeyDetails = { ...stranger, name, locator: null }
      return addKey(changeBy(tx, 'adopted'), factsOf(secret), details)
    },

    /** Through its locator or a consumer that can be read; null when neither has this key now. */
    async read(entry: KeyEntry): Promise<Secret | null> {
      for (const locator of placesOf(entry)) {
        const secret = await readOrNull(locator, locators)
        if (secret !== null && secret.fingerprint === entry.fingerprint) return secret
      }
      return null
    },

    readLocator: (locator: string) => readLocator(locator, locators),
  }
}

async function known(db: Database, fingerprint: Fingerprint): Promise<KeyEntry> {
  const entry = await findByFingerprint(db, fingerprint)
  if (entry !== null) return entry
  throw new InventoryError('unknown', `no key ${fingerprint.slice(7, 15)} in the inventory`)
}

async function freeName(db: Database, name: string, incident: string): Promise<string> {
  if ((await liveKeyNamed(db, name)) === undefined) return name
  const staged = `${name} (${incident})`
  return (await liveKeyNamed(db, staged)) === undefined ? staged : freeName(db, `${name} +`, incident)
}

/** What a replacement takes over from the key it replaces. */
function inherited(old: KeyEntry): Omit<KeyDetails, 'name' | 'locator'> {
  const { account, environment, purpose, owners, consumers, management, rotateEveryDays } = old
  return { account, environment, purpose, owners, consumers, management, rotateEveryDays }
}

/** Nobody said anything about it: treated as production. */
const stranger: Omit<KeyDetails, 'name' | 'locator'> = {
  account: 'default',
  environment: 'production',
  purpose: null,
  owners: [],
  consumers: null,
  management: false,
  rotateEveryDays: null,
}

/** Locators under which a key should be found: its own, then its readable consumers. */
function placesOf(entry: KeyEntry): readonly string[] {
  const consumers = (entry.consumers ?? []).flatMap((consumer) => {
    if (consumer.kind === 'dotenv') return [`dotenv:${consumer.path}:${consumer.variable}`]
    return consumer.kind === 'file' ? [`file:${consumer.path}`] : []
  })
  return entry.locator === null ? consumers : [entry.locator, ...consumers]
}

async function readOrNull(locator: string, deps: LocatorDependencies): Promise<Secret | null> {
  try {
    return await readLocator(locator, deps)
  } catch (error) {
    if (error instanceof LocatorError && error.code !== 'interrupted') return null
    throw error
  }
}

import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  findByName,
  findKey,
  historyOf,
  keyLookup,
  knownKeys,
  listKeys,
  openKeyRing,
} from '../../src/inventory/index.ts'
import { secretOf } from '../../src/secret/index.ts'
import type { Database } from '../../src/store/index.ts'
import { randomToken } from '../support.ts'
import { type Scene, scene } from './support.ts'

const incident = 'inc-aaaaaaaaaa'

async function withKey(): Promise<
  Scene & { ring: ReturnType<typeof openKeyRing>; token: string; id: string }
> {
  const here = await scene()
  const token = randomToken()
  await here.load('keys: [{ name: main, token: env:KEY, owners: [{ name: Team }], consumers: [] }]', {
    KEY: token,
  })
  const id = (await findByName(here.store.db, 'main'))?.id ?? ''
  return { ...here, ring: openKeyRing(here.store, { env: {}, fs, spawn }), token, id }
}

test('a compromised key is replaced: the new one takes name and details, the old one ends as revoked', async () => {
  const { store, ring, id, token } = await withKey()
  const next = secretOf(randomToken())
  const old = await ring.byId(id)
  if (old === null) throw new Error('no key')
  await store.transaction((tx) => ring.markCompromised(tx, id, incident))
  const staged = await store.transaction((tx) => ring.stage(tx, old, next, incident))
  expect(staged).toMatchObject({
    name: 'main',
    status: 'staged',
    replaces: id,
    owners: [{ name: 'Team' }],
    consumers: [],
  })
  expect(await store.transaction((tx) => ring.stage(tx, old, next, incident))).toMatchObject({
    id: staged.id,
  })
  await store.transaction((tx) => ring.promote(tx, next.fingerprint, incident))
  await store.transaction((tx) => ring.promote(tx, next.fingerprint, incident))
  await store.transaction((tx) =>
    ring.setLocator(tx, next.fingerprint, { value: 'env:NEXT', stale: true }, incident),
  )
  await store.transaction((tx) => ring.markRevoked(tx, secretOf(token).fingerprint, incident))
  expect(await findByName(store.db, 'main')).toMatchObject({
    id: staged.id,
    status: 'active',
    locator: 'env:NEXT',
    locatorStale: true,
  })
  expect(await ring.byId(id)).toMatchObject({ status: 'revoked', name: 'main' })
  const history = await historyOf(store.db, id)
  expect(history.map(({ what, who }) => [what, who])).toEqual([
    ['added', 'import'],
    ['compromised', incident],
    ['revoked', incident],
  ])
})

test('in a rotation the old key keeps its name until the new one is promoted', async () => {
  const { store, ring, id } = await withKey()
  const next = secretOf(randomToken())
  const old = await ring.byId(id)
  if (old === null) throw new Error('no key')
  const staged = await store.transaction((tx) => ring.stage(tx, old, next, incident))
  expect(staged.name).toBe(`main (${incident})`)
  expect((await findByName(store.db, 'main'))?.id).toBe(id)
  await store.transaction((tx) => ring.promote(tx, next.fingerprint, incident))
  expect(await findByName(store.db, 'main')).toMatchObject({ id: staged.id, status: 'active' })
  expect(await ring.byId(id)).toMatchObject({ status: 'retired' })
})

test('a change in a transaction that fails did not happen', async () => {
  const { store, ring, id } = await withKey()
  const work = store.transaction(async (tx) => {
    await ring.markCompromised(tx, id, incident)
    throw new Error('stop')
  })
  await expect(work).rejects.toThrow('stop')
  expect(await ring.byId(id)).toMatchObject({ status: 'active' })
  expect(await historyOf(store.db, id)).toHaveLength(1)
})

test('a dead key never comes back', async () => {
  const { store, ring, token, id } = await withKey()
  const { fingerprint } = secretOf(token)
  await store.transaction((tx) => ring.markRevoked(tx, fingerprint, incident))
  await store.transaction((tx) => ring.markRevoked(tx, fingerprint, incident))
  await store.transaction((tx) => ring.markCompromised(tx, id, incident))
  expect(await ring.byId(id)).toMatchObject({ status: 'revoked' })
  await expect(store.transaction((tx) => ring.promote(tx, fingerprint, incident))).rejects.toMatchObject({
    code: 'transition',
  })
})

test('an orphan is lost under its token_name, once; a stranger is adopted as production', async () => {
  const { store, ring, id } = await withKey()
  const orphan = (tx: Database) => ring.addOrphan(tx, null, `main ${incident} r1 a1`, incident)
  await store.transaction(orphan)
  await store.transaction(orphan)
  const lost = (await listKeys(store.db)).filter((entry) => entry.status === 'lost')
  expect(lost).toMatchObject([{ name: `main ${incident} r1 a1`, fingerprint: null }])
  const secret = secretOf(randomToken())
  const adopted = await store.transaction((tx) => ring.adopt(tx, secret, 'found'))
  expect(adopted).toMatchObject({
    name: 'found',
    environment: 'production',
    consumers: null,
    status: 'active',
  })
  const taken = store.transaction((tx) => ring.adopt(tx, secretOf(randomToken()), 'main'))
  await expect(taken).rejects.toMatchObject({ code: 'name-taken', exitCode: 2 })
  expect(id).not.toBe('')
})

test('reads a key through its locator, else a consumer that holds it, and never another value', async () => {
  const here = await scene()
  const token = randomToken()
  fs.writeFileSync(join(here.folder, '.env'), `KEY=${token}\n`)
  const consumers = 'consumers: [{ kind: dotenv, path: .env, variable: KEY }]'
  await here.load(`keys: [{ name: main, token: env:KEY, ${consumers} }]`, { KEY: token })
  const entry = await findByName(here.store.db, 'main')
  if (entry === null) throw new Error('no key')
  const ring = (env: Record<string, string>) => openKeyRing(here.store, { env, fs, spawn })
  const { fingerprint } = secretOf(token)
  expect((await ring({ KEY: token }).read(entry))?.fingerprint).toBe(fingerprint)
  expect((await ring({ KEY: randomToken() }).read(entry))?.fingerprint).toBe(fingerprint)
  fs.writeFileSync(join(here.folder, '.env'), `KEY=${randomToken()}\n`)
  expect(await ring({ KEY: randomToken() }).read(entry)).toBeNull()
  expect(await ring({}).read(entry)).toBeNull()
})

test('keys are found by id, name, fingerprint and a prefix of it', async () => {
  const { store, id, token } = await withKey()
  const { fingerprint } = secretOf(token)
  for (const text of [
    id,
    'main',
    fingerprint,
    fingerprint.slice(7),
    fingerprint.slice(7, 15),
    fingerprint.slice(7, 15).toUpperCase(),
    fingerprint.slice(0, 20),
  ]) {
    expect((await findKey(store.db, text))?.id).toBe(id)
  }
  for (const text of ['mai', '', fingerprint.slice(7, 14), '%', 'sha256:%%%%%%%%', '00000000'])
    expect(await findKey(store.db, text)).toBeNull()
})

test('a prefix of two keys is refused', async () => {
  const here = await scene()
  const keys = ['a', 'b'].map((end) => `{ name: ${end}, fingerprint: "sha256:${'1'.repeat(63)}${end}" }`)
  await here.load(`keys: [${keys.join(', ')}]`)
  await expect(findKey(here.store.db, '11111111')).rejects.toMatchObject({ code: 'ambiguous', exitCode: 2 })
})

test('the scanner gets fingerprints and shapes of every key, dead ones too', async () => {
  const here = await withKey()
  const { store, ring, token } = here
  await here.load('keys: [{ name: odd, token: env:ODD }]', { ODD: `${randomToken('mixed', 40)}-_` })
  await store.transaction((tx) => ring.markRevoked(tx, secretOf(token).fingerprint, incident))
  await store.transaction((tx) => ring.addOrphan(tx, null, 'orphan', incident))
  const entries = await listKeys(store.db)
  const known = knownKeys(entries)
  expect(known.size).toBe(2)
  expect(known.has(secretOf(token).fingerprint)).toBe(true)
  expect(known.has(secretOf(randomToken()).fingerprint)).toBe(false)
  expect(known.shapes).toHaveLength(2)
  expect(known.shapes).toContainEqual({ bodyLength: 42, alphanumeric: false })
  const lookup = keyLookup(entries)
  expect(lookup.byFingerprint(secretOf(token).fingerprint)).toMatchObject({ name: 'main', status: 'revoked' })
  expect(lookup.byFingerprint(secretOf(randomToken()).fingerprint)).toBeNull()
})

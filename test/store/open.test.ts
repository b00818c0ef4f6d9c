import { type ChildProcess, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CompiledQuery } from 'kysely'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import {
  inTransaction,
  isConflict,
  openStore,
  type Schema,
  type Store,
  type StoreDependencies,
  StoreError,
} from '../../src/store/index.ts'
import { connect, loadSqlite } from '../../src/store/sqlite-driver.ts'
import { deps, temporaryFolder } from './support.ts'

const incident: Schema['incidents'] = {
  id: 'inc-aaaaaaaaaa',
  fingerprint: `sha256:${'0'.repeat(64)}`,
  key_id: null,
  key_name: null,
  kind: 'compromise',
  status: 'open',
  ended: 0,
  exposure: 'internal',
  opened_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  closed_at: null,
  deadline: null,
}

test('after closing, a copy of the file alone is a backup', async () => {
  const folder = temporaryFolder()
  const store = await openStore(join(folder, 'warden.db'), deps, { create: true })
  await store.db.insertInto('incidents').values(incident).execute()
  await store.close()
  await store.close()
  fs.copyFileSync(join(folder, 'warden.db'), join(folder, 'copy.db'))
  const copy = await openStore(join(folder, 'copy.db'), deps, { create: true })
  expect(await copy.db.selectFrom('incidents').selectAll().execute()).toEqual([incident])
  await copy.close()
})

test('makes a 0600 file in a 0700 folder, whatever the umask, and opens it again', async () => {
  const path = join(temporaryFolder(), 'state/deep/warden.db')
  const umask = process.umask(0)
  try {
    const store = await openStore(path, deps, { create: true })
    await store.db.insertInto('incidents').values(incident).execute()
    expect(modeOf(path)).toBe('600')
    expect(modeOf(`${path}-wal`)).toBe('600')
    expect(modeOf(join(path, '..'))).toBe('700')
    expect(modeOf(join(path, '../..'))).toBe('700')
    await store.close()
  } finally {
    process.umask(umask)
  }
  const again = await openStore(path, deps, { create: true })
  expect(await again.db.selectFrom('incidents').select('id').execute()).toEqual([{ id: incident.id }])
  await again.close()
})

test('tightens a file that others may read', async () => {
  const path = join(temporaryFolder(), 'warden.db')
  await (await openStore(path, deps, { create: true })).close()
  fs.chmodSync(path, 0o644)
  await (await openStore(path, deps, { create: true })).close()
  expect(modeOf(path)).toBe('600')
})

test('uses the write-ahead log, full synchronisation and foreign keys', async () => {
  const path = join(temporaryFolder(), 'warden.db')
  const store = await openStore(path, deps, { create: true })
  const pragma = (name: string) =>
    store.db.executeQuery(CompiledQuery.raw(`pragma ${name}`)).then((result) => result.rows)
  expect(await pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }])
  expect(await pragma('synchronous')).toEqual([{ synchronous: 2 }])
  expect(await pragma('foreign_keys')).toEqual([{ foreign_keys: 1 }])
  expect(await pragma('busy_timeout')).toEqual([{ timeout: 5000 }])
  await store.close()
})

test('a missing database is null without `create`, and is not made', async () => {
  const folder = temporaryFolder()
  expect(await openStore(join(folder, 'warden.db'), deps, { create: false })).toBeNull()
  expect(await openStore(join(folder, 'no/warden.db'), deps, { create: false, readonly: true })).toBeNull()
  expect(fs.readdirSync(folder)).toEqual([])
})

test('has one open incident per fingerprint, any number of ended ones', async () => {
  const store = await openStore(join(temporaryFolder(), 'warden.db'), deps, { create: true })
  const insert = (row: Partial<Schema['incidents']>) =>
    store.db
      .insertInto('incidents')
      .values({ ...incident, ...row })
      .execute()
  await insert({ id: 'inc-1', ended: 1 })
  await insert({ id: 'inc-2', ended: 1 })
  await insert({ id: 'inc-3' })
  const outcome = await insert({ id: 'inc-4' }).catch((error: unknown) => error)
  expect(isConflict(outcome)).toBe(true)
  const values = { ...incident, id: 'inc-5' }
  const returning = store.db.insertInto('incidents').values(values).returning('id').execute()
  expect(isConflict(await returning.catch((error: unknown) => error))).toBe(true)
  expect(isConflict(new Error('constraint failed'))).toBe(false)
  await store.close()
})

test('a transaction that throws leaves nothing behind, and a nested one joins it', async () => {
  const store = await openStore(join(temporaryFolder(), 'warden.db'), deps, { create: true })
  const work = store.transaction(async (tx) => {
    await tx.insertInto('incidents').values(incident).execute()
    throw new Error('stop')
  })
  await expect(work).rejects.toThrow('stop')
  const nested = store.transaction(async (tx) => {
    await inTransaction(tx, async (inner) => inner.insertInto('incidents').values(incident).execute())
    throw new Error('stop outside')
  })
  await expect(nested).rejects.toThrow('stop outside')
  expect(await store.db.selectFrom('incidents').selectAll().execute()).toEqual([])
  await store.close()
})

test('a database of a newer version is refused and left alone', async () => {
  const path = join(temporaryFolder(), 'warden.db')
  const store = await openStore(path, deps, { create: true })
  await store.db.insertInto('schema_version').values({ version: 99, applied_at: 'later' }).execute()
  await store.close()
  const before = fs.readFileSync(path)
  for (const readonly of [true, false]) {
    const error = await failure(openStore(path, deps, { create: false, readonly }))
    expect(error).toMatchObject({ code: 'newer', exitCode: 2 })
    expect(error.message).toContain('schema 99')
    expect(error.hint).toContain('newer version')
  }
  expect(fs.readFileSync(path).equals(before)).toBe(true)
})

test("another program's database is refused and left alone", async () => {
  const path = join(temporaryFolder(), 'other.db')
  const other = connect(await loadSqlite(), { path, readonly: false, immutable: false, timeout: 0 })
  other.prepare('create table invoices (id integer)').run([])
  other.close()
  expect(await failure(openStore(path, deps, { create: true }))).toMatchObject({
    code: 'foreign',
    exitCode: 2,
  })
})

test('what is no database is refused: text, a folder, a damaged file', async () => {
  const folder = temporaryFolder()
  fs.writeFileSync(
    join(folder, 'notes.txt'),
    'no database, but longer than a header of one hundred bytes. '.repeat(50),
  )
  for (const readonly of [true, false]) {
    const text = await failure(openStore(join(folder, 'notes.txt'), deps, { create: false, readonly }))
    expect(text).toMatchObject({ code: 'not-a-database', exitCode: 2 })
  }
  expect(await failure(openStore(folder, deps, { create: true }))).toMatchObject({ code: 'not-a-database' })
  expect(await failure(openStore(folder, deps, { create: false }))).toMatchObject({ code: 'not-a-database' })
})

test('a locked database is waited for, then refused with 2', async () => {
  const path = join(temporaryFolder(), 'warden.db')
  const [one, two] = [await openStore(path, deps, { create: true }), await quick(path)]
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const holding = one.transaction(() => held)
  await Promise.resolve()
  const error = await failure(
    two.transaction(async (tx) => tx.insertInto('incidents').values(incident).execute()),
  )
  expect(error).toMatchObject({ code: 'locked', exitCode: 2 })
  release()
  await holding
  await two.transaction(async (tx) => tx.insertInto('incidents').values(incident).execute())
  await Promise.all([one.close(), two.close()])
})

test('a read-only or full disk is said before anything is done', async () => {
  const path = join(temporaryFolder(), 'warden.db')
  for (const [errno, code] of [
    ['EROFS', 'read-only'],
    ['EACCES', 'read-only'],
    ['ENOSPC', 'full'],
    ['EIO', 'unreachable'],
  ] as const) {
    const refusing: StoreDependencies = {
      ...deps,
      fs: { ...fs, openSync: () => raise(errno) },
    }
    expect(await failure(openStore(path, refusing, { create: true }))).toMatchObject({ code, exitCode: 2 })
  }
  expect(fs.existsSync(path)).toBe(false)
})

test('a store opened to read cannot be written', async () => {
  const path = join(temporaryFolder(), 'warden.db')
  await (await openStore(path, deps, { create: true })).close()
  const store = await openStore(path, deps, { create: false, readonly: true })
  const write = store?.db.insertInto('incidents').values(incident).execute()
  expect(await failure(write)).toMatchObject({ code: 'read-only', exitCode: 2 })
  await store?.close()
})

test('an empty file becomes a database, also when it is opened to read first', async () => {
  const path = join(temporaryFolder(), 'warden.db')
  fs.writeFileSync(path, '')
  const store = await openStore(path, deps, { create: false, readonly: true })
  expect(await store?.db.selectFrom('keys').selectAll().execute()).toEqual([])
  await store?.close()
})

test('PostgreSQL is not built yet, and its password is not repeated', async () => {
  const error = await failure(openStore('postgres://me:hunter2@db/warden', deps, { create: true }))
  expect(error).toMatchObject({ code: 'not-built', exitCode: 2 })
  expect(`${error.message} ${error.hint}`).not.toContain('hunter2')
})

test('two processes opening for the first time and writing at once lose nothing', async () => {
  const path = join(temporaryFolder(), 'warden.db')
  const program = await bundled(new URL('./writer.ts', import.meta.url))
  const writers = ['a', 'b', 'c'].map((name) =>
    exitOf(spawn(process.execPath, [program, path, name], { stdio: 'inherit' })),
  )
  expect(await Promise.all(writers)).toEqual([0, 0, 0])
  const store = await openStore(path, deps, { create: true })
  expect(await store.db.selectFrom('incidents').select('id').execute()).toHaveLength(60)
  expect(await store.db.selectFrom('schema_version').selectAll().execute()).toHaveLength(1)
  await store.close()
})

function modeOf(path: string): string {
  return (fs.statSync(path).mode & 0o777).toString(8)
}

/** Node 20 runs no TypeScript: the program is made into one file first. */
async function bundled(program: URL): Promise<string> {
  const bundle = await rolldown({
    input: fileURLToPath(program),
    platform: 'node',
    plugins: [
      {
        name: 'packages-where-they-are',
        resolveId: (id) =>
          /^[@a-z]/.test(id) && !id.startsWith('node:')
            ? { id: import.meta.resolve(id), external: true }
            : null,
      },
    ],
  })
  const dir = temporaryFolder()
  await bundle.write({ dir, format: 'esm', entryFileNames: 'program.mjs' })
  await bundle.close()
  return join(dir, 'program.mjs')
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve))
}

function quick(path: string): Promise<Store> {
  return openStore(path, deps, { create: true, busyTimeout: 50 })
}

async function failure(work: Promise<unknown> | undefined): Promise<StoreError> {
  const outcome = await work?.then(
    () => new Error('was not refused'),
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(StoreError)
  return outcome as StoreError
}

function raise(code: string): never {
  throw Object.assign(new Error(code), { code })
}

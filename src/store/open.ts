import { resolve } from 'node:path'
import { Kysely, SqliteDialect } from 'kysely'
import type { Context } from '../context.ts'
import { StoreError } from './errors.ts'
import { exists, hasEmptyLog, readyToWrite } from './files.ts'
import { latestVersion, migrate, versionOf } from './migrate.ts'
import type { Database, Schema } from './schema.ts'
import { type Connection, connect, loadSqlite } from './sqlite-driver.ts'

/** What must survive. Closed by whoever opened it. */
export interface Store {
  readonly db: Database
  readonly path: string
  readonly clock: Context['clock']
  random(bytes: number): Uint8Array
  /** All or nothing; rolled back when `work` throws. */
  transaction<T>(work: (tx: Database) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export type StoreDependencies = Pick<Context, 'clock' | 'fs' | 'random'>

export interface StoreOptions {
  /** Make folder and file when they are missing; without it a missing database is null. */
  readonly create: boolean
  /** For scans: nothing is written, except that a database of an older release is brought up to date. */
  readonly readonly?: boolean
  /** How long another process's lock is waited for, in milliseconds; default 5000. */
  readonly busyTimeout?: number
}

/** Opens the database at `target` (a path; `postgres://…` is not built yet) and brings it to this release. */
export async function openStore(
  target: string,
  deps: StoreDependencies,
  options: StoreOptions & { readonly create: true; readonly readonly?: false },
): Promise<Store>
export async function openStore(
  target: string,
  deps: StoreDependencies,
  options: StoreOptions,
): Promise<Store | null>
export async function openStore(
  target: string,
  deps: StoreDependencies,
  options: StoreOptions,
): Promise<Store | null> {
  refuseServers(target)
  const path = resolve(target)
  if (!options.create && !exists(path, deps.fs)) return null
  const timeout = options.busyTimeout ?? 5_000
  return options.readonly ? openToRead(path, deps, timeout) : openToWrite(path, deps, timeout)
}

/** Runs `work` in the transaction that `db` is, or in one of its own. */
export async function inTransaction<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.transaction().execute(work)
}

function refuseServers(target: string): void {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(target)?.[1]
  if (scheme === undefined) return
  const what = /^postgres(ql)?$/i.test(scheme)
    ? 'PostgreSQL is not built yet'
    : `${scheme}:// is no known database`
  throw new StoreError('not-built', what, 'name a SQLite file with --db')
}

async function openToWrite(path: string, deps: StoreDependencies, timeout: number): Promise<Store> {
  readyToWrite(path, deps.fs)
  const connection = connect(await loadSqlite(), { path, readonly: false, immutable: false, timeout })
  try {
    await useWriteAheadLog(connection, deps.clock)
    connection.pragma('synchronous = full')
    connection.pragma('foreign_keys = on')
    const store = storeOver(connection, path, deps)
    await migrate(store.db, path, deps.clock)
    return store
  } catch (error) {
    connection.close()
    throw error
  }
}

/** Switching the mode needs the file alone for a moment and does not wait for it: two first starts may meet here. */
async function useWriteAheadLog(connection: Connection, clock: Context['clock']): Promise<void> {
  for (let attempt = 1; connection.pragma('journal_mode') !== 'wal'; attempt++) {
    try {
      connection.pragma('journal_mode = wal')
      return
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'locked') || attempt === 50) throw error
      await clock.sleep(20)
    }
  }
}

async function openToRead(path: string, deps: StoreDependencies, timeout: number): Promise<Store> {
  const connection = await connectToRead(path, deps, timeout)
  const store = storeOver(connection, path, deps)
  try {
    if ((await versionOf(store.db, path)) === latestVersion) return store
  } catch (error) {
    connection.close()
    throw error
  }
  await store.close()
  await (await openToWrite(path, deps, timeout)).close()
  return storeOver(await connectToRead(path, deps, timeout), path, deps)
}

async function connectToRead(path: string, deps: StoreDependencies, timeout: number): Promise<Connection> {
  const module = await loadSqlite()
  const connection = connect(module, { path, readonly: true, immutable: false, timeout })
  try {
    connection.pragma('schema_version')
    return connection
  } catch (error) {
    connection.close()
    if (!isUnwritableFolder(error) || !hasEmptyLog(path, deps.fs)) throw error
    return connect(module, { path, readonly: true, immutable: true, timeout })
  }
}

function isUnwritableFolder(error: unknown): boolean {
  return error instanceof StoreError && (error.code === 'unreachable' || error.code === 'read-only')
}

function storeOver(connection: Connection, path: string, deps: StoreDependencies): Store {
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: connection }) })
  let closed = false
  return {
    db,
    path,
    clock: deps.clock,
    random: (bytes) => deps.random(bytes),
    transaction: (work) => inTransaction(db, work),
    close: async () => {
      if (closed) return
      closed = true
      checkpoint(connection)
      await db.destroy()
      connection.close()
    },
  }
}

/** Into the file itself, so that a copy of it is a backup. Somebody else's use of it, or a disk that refuses, delays it. */
function checkpoint(connection: Connection): void {
  try {
    connection.pragma('wal_checkpoint(truncate)')
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
  }
}

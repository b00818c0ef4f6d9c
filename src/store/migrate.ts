import type { Kysely } from 'kysely'
import type { Clock } from '../context.ts'
import { StoreError } from './errors.ts'
import { migrations } from './migrations/index.ts'
import type { Database } from './schema.ts'

/** Version of a database that has every migration of this release. */
export const latestVersion = migrations.length

/**
 * Version the database is at; 0 when it is empty. A database with other tables, or of a newer release, is refused
 * before anything is written to it.
 */
export async function versionOf(db: Database, path: string): Promise<number> {
  const tables = await db.introspection.getTables()
  if (tables.length === 0) return 0
  if (!tables.some((table) => table.name === 'schema_version')) {
    throw new StoreError(
      'foreign',
      `${path}: this database belongs to another program`,
      'name another file with --db',
    )
  }
  const row = await db
    .selectFrom('schema_version')
    .select((eb) => eb.fn.max('version').as('version'))
    .executeTakeFirst()
  const version = row?.version ?? 0
  if (version > latestVersion) {
    throw new StoreError(
      'newer',
      `${path}: written by a newer version of pplx-warden (schema ${version}, this one knows ${latestVersion})`,
      'install the newer version here too, or name another database with --db',
    )
  }
  return version
}

/** Brings the database to this release, in one transaction; two processes at once do it once. */
export async function migrate(db: Database, path: string, clock: Clock): Promise<void> {
  if ((await versionOf(db, path)) === latestVersion) return
  await db.transaction().execute(async (tx) => {
    const from = await versionOf(tx, path)
    if (from === 0) await versionTable(tx)
    for (const [index, step] of migrations.entries()) {
      if (index < from) continue
      await step(tx as unknown as Kysely<unknown>)
      const applied_at = new Date(clock.now()).toISOString()
      await tx
        .insertInto('schema_version')
        .values({ version: index + 1, applied_at })
        .execute()
    }
  })
}

async function versionTable(db: Database): Promise<void> {
  await db.schema
    .createTable('schema_version')
    .addColumn('version', 'integer', (column) => column.primaryKey())
    .addColumn('applied_at', 'text', (column) => column.notNull())
    .execute()
}

import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { explain } from './errors.ts'

/** The part of node:sqlite that is used; @photostructure/sqlite has the same. */
export interface SqliteModule {
  readonly DatabaseSync: new (path: string | URL, options: { readOnly: boolean; timeout: number }) => Handle
}

interface Handle {
  prepare(sql: string): Statement
  close(): void
}

interface Statement {
  columns?(): readonly unknown[]
  all(...parameters: unknown[]): unknown[]
  run(...parameters: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint }
  iterate(...parameters: unknown[]): IterableIterator<unknown>
}

/** node:sqlite where the running Node has it, else the package that behaves like it. */
export async function loadSqlite(): Promise<SqliteModule> {
  return builtIn() ?? (await import('@photostructure/sqlite'))
}

/** Node 22 and 24 print an ExperimentalWarning on standard error when the module is loaded: that one is dropped. */
function builtIn(): SqliteModule | null {
  const emit = process.emitWarning.bind(process)
  process.emitWarning = () => {}
  try {
    const found: unknown = process.getBuiltinModule?.('node:sqlite')
    return (found as SqliteModule | undefined) ?? null
  } finally {
    process.emitWarning = emit
  }
}

export interface Connection extends SqliteDatabase {
  /** First column of the first row, for pragmas. */
  pragma(text: string): unknown
}

/** The statements of the domain's verbs are fewer than this. */
const mostCompiled = 200

/** A connection as kysely's SQLite dialect wants it; errors say which file they are about. */
export function connect(
  module: SqliteModule,
  target: { path: string; readonly: boolean; immutable: boolean; timeout: number },
): Connection {
  const guard = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw explain(error, target.path)
    }
  }
  const handle = guard(
    () => new module.DatabaseSync(address(target), { readOnly: target.readonly, timeout: target.timeout }),
  )
  const compiled = new Map<string, SqliteStatement>()
  const compile = (sql: string): SqliteStatement => {
    const text = sql === 'begin' && !target.readonly ? 'begin immediate' : sql
    const statement = guard(() => handle.prepare(text))
    return {
      reader: returnsRows(statement, text),
      all: (parameters) => guard(() => statement.all(...parameters)),
      run: (parameters) =>
        guard(() => (text === 'rollback' ? rollBack(statement) : statement.run(...parameters))),
      iterate: (parameters) => guard(() => statement.iterate(...parameters)),
    }
  }
  const prepare = (sql: string): SqliteStatement => {
    const statement = compiled.get(sql) ?? compile(sql)
    if (compiled.size < mostCompiled) compiled.set(sql, statement)
    return statement
  }
  let closed = false
  return {
    prepare,
    close: () => {
      if (!closed) handle.close()
      closed = true
    },
    pragma: (text) => Object.values((prepare(`pragma ${text}`).all([])[0] as object | undefined) ?? {})[0],
  }
}

/** After a full disk SQLite has rolled back by itself; a complaint about that would hide why. */
function rollBack(statement: Statement): ReturnType<Statement['run']> {
  try {
    return statement.run()
  } catch (error) {
    if (error instanceof Error && error.message.includes('no transaction is active'))
      return { changes: 0, lastInsertRowid: 0 }
    throw error
  }
}

/**
 * `immutable` reads without the two sibling files of the write-ahead log, which a read-only disk has no place for:
 * https://www.sqlite.org/wal.html#readonly
 */
function address(target: { path: string; immutable: boolean }): string | URL {
  if (!target.immutable) return target.path
  const url = new URL('file:///')
  url.pathname = target.path.replaceAll('%', '%25').replaceAll('?', '%3f').replaceAll('#', '%23')
  url.searchParams.set('immutable', '1')
  return url
}

/** `columns` came with Node 22.16; kysely's own statements can be told apart by their words as well. */
function returnsRows(statement: Statement, sql: string): boolean {
  if (statement.columns) return statement.columns().length > 0
  return /^\s*(select|with|pragma|explain)\b|\breturning\b/i.test(sql)
}

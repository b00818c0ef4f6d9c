import { WardenError } from '../errors.ts'

export type StoreErrorCode =
  | 'locked'
  | 'newer'
  | 'read-only'
  | 'full'
  | 'not-a-database'
  | 'foreign'
  | 'damaged'
  | 'unreachable'
  | 'not-built'

/** The database cannot be used: nothing was done (2). The message never holds a value of a row. */
export class StoreError extends WardenError {
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, hint?: string, cause?: unknown) {
    super(message, { exitCode: 2, hint, cause })
    this.code = code
  }
}

/** A write broke a unique index or another constraint: the caller knows which rule of the domain that is. */
export function isConflict(error: unknown): boolean {
  return sqliteCode(error) === 19
}

/**
 * What SQLite said, in words for a person; anything that is not about the file as a whole comes back as it is.
 * Primary result codes: https://www.sqlite.org/rescode.html
 */
export function explain(error: unknown, path: string): unknown {
  if (error instanceof WardenError) return error
  const made = (code: StoreErrorCode, what: string, hint: string) =>
    new StoreError(code, `${path}: ${what}`, hint, error)
  switch (sqliteCode(error)) {
    case 5:
    case 6:
      return made(
        'locked',
        'another process has had the database locked for 5 seconds',
        'try again when it has ended',
      )
    case 8:
      return made('read-only', 'the database cannot be written to', permissions)
    case 10:
    case 14:
      return made('unreachable', 'the database cannot be opened or read', permissions)
    case 11:
      return made('damaged', 'the database is damaged', 'restore it from a backup; keep the damaged file')
    case 13:
      return made('full', 'the disk is full', 'make room and run the command again')
    case 26:
      return made('not-a-database', 'this file is no SQLite database', 'name another file with --db')
    default:
      return error
  }
}

const permissions =
  'check the permissions of the file and its folder, and whether the disk is mounted read-only'

/** Primary result code of an error of SQLite; null for any other error. */
function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_SQLITE_ERROR') return null
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff
  // @photostructure/sqlite 1.2 gives no number for errors of `all`: SQLite's own fixed words are left
  return messages.find(([words]) => error.message.includes(words))?.[1] ?? null
}

/** `sqlite3ErrStr` in https://github.com/sqlite/sqlite/blob/master/src/main.c */
const messages: readonly (readonly [string, number])[] = [
  ['database is locked', 5],
  ['database table is locked', 6],
  ['attempt to write a readonly database', 8],
  ['disk I/O error', 10],
  ['database disk image is malformed', 11],
  ['database or disk is full', 13],
  ['unable to open database file', 14],
  ['constraint failed', 19],
  ['file is not a database', 26],
]

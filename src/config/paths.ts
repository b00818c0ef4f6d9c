import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'

/** Where the tool keeps what it keeps; null where neither a flag nor the environment says and there is no HOME. */
export interface StatePaths {
  /** Folder of escrow, watermarks and, by default, the database. */
  readonly home: string | null
  /** File of the database, or `postgres://…`. */
  readonly db: string | null
  readonly configDir: string | null
  /** The operator's file where no other is named. */
  readonly configFile: string | null
  /** The escrow's identity, never in the same folder as the ciphertext by default. */
  readonly escrowKey: string | null
}

/** As a command that writes needs it: folder and database are known. */
export interface WritableState extends StatePaths {
  readonly home: string
  readonly db: string
}

/**
 * State: PPLX_WARDEN_HOME, else the folder of the SQLite file that `--db` or PPLX_WARDEN_DB names, else
 * $XDG_STATE_HOME/pplx-warden, else ~/.local/state/pplx-warden. Configuration: $XDG_CONFIG_HOME/pplx-warden, else
 * ~/.config/pplx-warden. An XDG path that is relative counts as unset (XDG Base Directory Specification 0.8).
 */
export function statePaths(
  context: Pick<Context, 'env' | 'cwd'>,
  flags: { readonly db?: string | undefined } = {},
): StatePaths {
  if (flags.db === '') throw new UsageError('--db is empty', 'name a file: --db PATH')
  const { env, cwd } = context
  const named = flags.db ?? given(env['PPLX_WARDEN_DB'])
  const namedDb = named === undefined || isUrl(named) ? named : resolve(cwd, named)
  const home =
    fromCwd(cwd, given(env['PPLX_WARDEN_HOME'])) ??
    (namedDb !== undefined && !isUrl(namedDb) ? dirname(namedDb) : null) ??
    base(env, 'XDG_STATE_HOME', '.local/state')
  const configDir = base(env, 'XDG_CONFIG_HOME', '.config')
  return {
    home,
    db: namedDb ?? (home === null ? null : join(home, 'warden.db')),
    configDir,
    configFile: configDir === null ? null : join(configDir, 'config.yaml'),
    escrowKey: configDir === null ? null : join(configDir, 'escrow.key'),
  }
}

/** For commands that write: without a place for the state nothing is done. */
export function writableState(paths: StatePaths): WritableState {
  const { home, db } = paths
  if (home === null || db === null) {
    throw new UsageError(
      'there is no place for the state: HOME is not set',
      'set HOME or PPLX_WARDEN_HOME, or give --db PATH',
    )
  }
  return { ...paths, home, db }
}

function base(env: Context['env'], variable: string, below: string): string | null {
  const named = given(env[variable])
  if (named !== undefined && isAbsolute(named)) return join(named, 'pplx-warden')
  const home = given(env['HOME'])
  return home !== undefined && isAbsolute(home) ? join(home, below, 'pplx-warden') : null
}

function fromCwd(cwd: string, path: string | undefined): string | null {
  return path === undefined ? null : resolve(cwd, path)
}

function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

function isUrl(target: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(target)
}

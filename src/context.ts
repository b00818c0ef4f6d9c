import type { SpawnOptions, ChildProcess } from 'node:child_process'
import type * as nodeFs from 'node:fs'

/**
 * Everything of the outside world that an area may touch: made once at the command line, replaced in tests.
 * `detect/` and the playbook's engine take no other source of time, randomness, network or files.
 */
export interface Context {
  readonly clock: Clock
  random(bytes: number): Uint8Array
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly fs: FileSystem
  readonly spawn: (program: string, args: readonly string[], options: SpawnOptions) => ChildProcess
  readonly stdin: NodeJS.ReadStream
  readonly stdout: Output
  readonly stderr: Output
  /** Aborted by SIGINT and SIGTERM; `reason` is the signal's name. */
  readonly signal: AbortSignal
}

export interface Clock {
  /** Milliseconds since 1970, as the wall clock has it (it may jump). */
  now(): number
  /** Milliseconds that only go forward. */
  monotonic(): number
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export type FileSystem = Pick<
  typeof nodeFs,
  | 'accessSync'
  | 'chmodSync'
  | 'chownSync'
  | 'closeSync'
  | 'existsSync'
  | 'fchmodSync'
  | 'fchownSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'linkSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'mkdtempSync'
  | 'openSync'
  | 'readdirSync'
  | 'readFileSync'
  | 'readSync'
  | 'readlinkSync'
  | 'realpathSync'
  | 'renameSync'
  | 'rmSync'
  | 'rmdirSync'
  | 'statSync'
  | 'unlinkSync'
  | 'writeFileSync'
  | 'writeSync'
>

export interface Output {
  readonly isTTY: boolean
  readonly columns: number
  write(text: string): void
}

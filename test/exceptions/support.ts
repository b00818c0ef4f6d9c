import { randomBytes } from 'node:crypto'
import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { Readable } from 'node:stream'
import { nodeClock } from '../../src/cli/context.ts'
import { exitCodeIn } from '../../src/cli/run.ts'
import type { Context, Output } from '../../src/context.ts'
import { secretOf } from '../../src/secret/index.ts'
import { bareEnvironment, type Ended } from '../cli/command.ts'

export const print = (token: string): string => secretOf(token).fingerprint
export const digits = (token: string, count = 8): string => print(token).slice(7, 7 + count)
export const allow = (token: string, count = 8): string => `pplx-warden:allow sha256:${digits(token, count)}`

export interface Report {
  findings: {
    fingerprint: string
    suppressed: { by: string; reason: string; expires: string | null } | null
    occurrenceCount: number
    validity: string
    why?: string
  }[]
  examples?: { why?: string }[]
  exceptions?: {
    fingerprint: string
    source: string
    status: string
    occurrences: number
    path: string | null
    reason: string | null
  }[]
  incidents?: unknown[]
  summary: { findings: number; suppressed: number }
}

/** One command line within this process. */
export async function run(
  cwd: string,
  args: readonly string[],
  changes: { env?: Record<string, string>; now?: string; fs?: Context['fs'] } = {},
): Promise<Ended> {
  const written = { stdout: '', stderr: '' }
  const output = (name: keyof typeof written): Output => ({
    isTTY: false,
    columns: 100,
    write: (text) => void (written[name] += text),
  })
  const context: Context = {
    clock: changes.now === undefined ? nodeClock : { ...nodeClock, now: () => Date.parse(changes.now ?? '') },
    random: (bytes) => randomBytes(bytes),
    env: bareEnvironment(changes.env),
    cwd,
    fs: changes.fs ?? fs,
    spawn,
    stdin: Object.assign(Readable.from([]), { isTTY: false }) as unknown as NodeJS.ReadStream,
    stdout: output('stdout'),
    stderr: output('stderr'),
    signal: new AbortController().signal,
  }
  return { code: await exitCodeIn(context, args), ...written }
}

/** A scan and its report; the second half of the pair is the exit code. */
export async function report(
  cwd: string,
  args: readonly string[],
  changes: Parameters<typeof run>[2] = {},
): Promise<[Report, number | null]> {
  const ended = await run(cwd, ['scan', ...args, '--report', 'json'], changes)
  if (!ended.stdout.startsWith('{')) throw new Error(ended.stdout + ended.stderr)
  return [JSON.parse(ended.stdout) as Report, ended.code]
}

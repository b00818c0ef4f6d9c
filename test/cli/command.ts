import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { temporary } from '../sources/support.ts'

export const program = fileURLToPath(new URL('../../dist/pplx-warden.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface How {
  readonly cwd?: string
  readonly input?: string | Uint8Array
  readonly env?: Record<string, string>
}

/** An environment with a HOME of its own and nothing of the machine's. */
export function bareEnvironment(env: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: temporary(),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...env,
  }
}

/** Runs the built command to its end. */
export function warden(args: readonly string[], { cwd, input, env }: How = {}): Ended {
  const ended = spawnSync(process.execPath, [program, ...args], {
    cwd: cwd ?? temporary(),
    input: input ?? '',
    env: bareEnvironment(env),
    encoding: 'utf8',
  })
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr }
}

/** Starts the built command with its pipes open. */
export function startWarden(args: readonly string[], { cwd, env }: How = {}) {
  return spawn(process.execPath, [program, ...args], { cwd: cwd ?? temporary(), env: bareEnvironment(env) })
}

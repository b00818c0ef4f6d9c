import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { constants } from 'node:os'
import type { Clock, Context, Output } from '../context.ts'
import { redactText } from '../detect/redact.ts'

export interface NodeContext extends Context {
  /** Number of the signal that ended the run, null when none did. */
  signalNumber(): number | null
  /** Resolves when standard output and error have taken everything. */
  flush(): Promise<void>
}

/** The real world, entered once. Output passes the redactor as a last line of defence. */
export function nodeContext(): NodeContext {
  const abort = new AbortController()
  let received: number | null = null
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      const number = constants.signals[name]
      if (received !== null) process.exit(128 + received)
      received = number
      abort.abort(name)
    })
  }
  const stdout = output(process.stdout)
  const stderr = output(process.stderr)
  return {
    clock: nodeClock,
    random: (bytes) => randomBytes(bytes),
    env: process.env,
    cwd: workingFolder(),
    fs,
    spawn,
    stdin: process.stdin,
    stdout,
    stderr,
    signal: abort.signal,
    signalNumber: () => received,
    flush: async () => {
      await stdout.flush()
      await stderr.flush()
    },
  }
}

export const nodeClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(interrupted(signal))
        return
      }
      const stop = (): void => {
        clearTimeout(timer)
        reject(interrupted(signal))
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }, ms)
      signal?.addEventListener('abort', stop, { once: true })
    }),
}

function interrupted(signal: AbortSignal | undefined): Error {
  return new Error(`interrupted by ${String(signal?.reason ?? 'a signal')}`)
}

/** The folder may have been removed under us: `process.cwd()` throws then. */
function workingFolder(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}

/** After a closed pipe (`| head`) the rest is dropped and the work goes on. */
function output(stream: NodeJS.WriteStream): Output & { flush(): Promise<void> } {
  let closed = false
  stream.on('error', () => {
    closed = true
  })
  return {
    isTTY: stream.isTTY,
    columns: stream.columns ?? 80,
    write(text) {
      if (!closed) stream.write(redactText(text))
    },
    flush: () =>
      new Promise((resolve) => {
        if (closed || stream.writableLength === 0) resolve()
        else {
          stream.once('error', () => resolve())
          stream.write('', () => resolve())
        }
      }),
  }
}

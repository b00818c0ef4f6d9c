import * as fs from 'node:fs'
import type { Clock, Context, Output } from '../context.ts'
import { lazyChildProcess, lazyCrypto } from '../lazy-node.ts'
import { redactText } from '../detect/redact.ts'

export interface NodeContext extends Context {
  /** Number of the signal that ended the run, null when none did. */
  signalNumber(): number | null
  /** Resolves when standard output and error have taken everything: why standard output did not, null when it did. */
  flush(): Promise<string | null>
}

/** The real world, entered once. Output passes the redactor as a last line of defence. */
export function nodeContext(): NodeContext {
  const abort = new AbortController()
  let received: number | null = null
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      const number = process.getBuiltinModule('node:os').constants.signals[name]
      if (received !== null) process.exit(128 + received)
      received = number
      abort.abort(name)
    })
  }
  const stdout = output(process.stdout, process.env)
  const stderr = output(process.stderr, process.env)
  return {
    clock: nodeClock,
    random: (bytes) => lazyCrypto().randomBytes(bytes),
    env: process.env,
    cwd: workingFolder(),
    fs,
    spawn: (program, args, options) => lazyChildProcess().spawn(program, args, options),
    get stdin() {
      return process.stdin
    },
    stdout,
    stderr,
    signal: abort.signal,
    signalNumber: () => received,
    flush: async () => {
      const lost = await stdout.flush()
      await stderr.flush()
      return lost
    },
  }
}

export const nodeClock: Clock = {
  now: () => Date.now(),
  // `performance` would load a good deal first.
  monotonic: () => Number(process.hrtime.bigint()) / 1e6,
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

/** The folder may have been removed under us: `process.cwd()` throws then. Its name leads to it or nowhere, never elsewhere. */
function workingFolder(): string {
  try {
    return process.cwd()
  } catch {
    return process.env['PWD'] ?? '/removed'
  }
}

/**
 * After a closed pipe (`| head`) the rest is dropped and the work goes on; any other failure (a full disk) is kept, so
 * that a result that nobody got is no success.
 */
function output(
  stream: NodeJS.WriteStream,
  env: Context['env'],
): Output & { flush(): Promise<string | null> } {
  let closed = false
  let lost: string | null = null
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true
    if (error.code !== 'EPIPE') lost ??= error.code ?? error.message
  })
  return {
    isTTY: stream.isTTY,
    columns: stream.columns ?? columnsFrom(env) ?? 80,
    write(text) {
      if (!closed) stream.write(redactText(text))
    },
    flush: () =>
      new Promise((resolve) => {
        // A failure is told in the next turn, also where the write itself was over at once.
        const done = (): void => void setImmediate(() => resolve(lost))
        if (closed || stream.writableLength === 0) done()
        else {
          stream.once('error', done)
          stream.write('', done)
        }
      }),
  }
}

/** What a pipe's reader wants (`COLUMNS=120 … | less`); anything but a usable width is no wish. */
function columnsFrom({ COLUMNS: text = '' }: Context['env']): number | null {
  const columns = /^\d{2,3}$/.test(text) ? Number(text) : 0
  return columns >= 40 && columns <= 200 ? columns : null
}

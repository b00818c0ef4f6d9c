import { dirname, isAbsolute } from 'node:path'
import { LocatorError } from './errors.ts'
import { programEnvironment } from './program.ts'
import type { Reader } from './types.ts'

const largest = 64 * 1024

/** Runs the program without a shell, in the folder where it lies; what it prints on standard output is the token. */
export const readFromProgram: Reader<'exec'> = async (locator, deps) => {
  const [program, ...rest] = locator.argv
  if (!isAbsolute(program))
    throw new LocatorError('program', `${program}: the program's path must be absolute`)
  if (deps.signal?.aborted === true) throw interrupted(program)
  const timeoutMs = deps.timeoutMs ?? 30_000
  return new Promise((resolve, reject) => {
    const child = deps.spawn(program, rest, {
      cwd: dirname(program),
      env: programEnvironment(deps.env),
      // what it says on standard error may hold the token
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    })
    let output = Buffer.alloc(0)
    let stopped: LocatorError | null = null
    const stop = (why: LocatorError): void => {
      stopped ??= why
      killGroup(child.pid)
    }
    const timer = setTimeout(() => stop(timedOut(program, timeoutMs)), timeoutMs)
    const onAbort = (): void => stop(interrupted(program))
    deps.signal?.addEventListener('abort', onAbort, { once: true })
    child.stdout?.on('data', (chunk: Buffer) => {
      output = Buffer.concat([output, chunk])
      if (output.length > largest)
        stop(new LocatorError('not-a-key', `${program}: printed more than 64 KiB`, printHint))
    })
    const settle = (end: () => void): void => {
      clearTimeout(timer)
      deps.signal?.removeEventListener('abort', onAbort)
      end()
    }
    child.once('error', (error) =>
      settle(() =>
        reject(
          new LocatorError('program', `${program}: cannot be started (${codeOf(error)})`, startHint, error),
        ),
      ),
    )
    child.once('close', (code, signal) =>
      settle(() => {
        if (stopped !== null) reject(stopped)
        else if (code === 0) resolve(output.toString('utf8'))
        else
          reject(
            new LocatorError(
              'program',
              `${program}: ended with ${signal ?? `exit status ${code}`}`,
              startHint,
            ),
          )
      }),
    )
  })
}

const startHint =
  'run it by hand as the same user; its standard error is not shown here, it could hold the key'
const printHint = 'the program must print the key and nothing else'

function timedOut(program: string, ms: number): LocatorError {
  return new LocatorError('timeout', `${program}: not ended after ${ms / 1000} s`, startHint)
}

function interrupted(program: string): LocatorError {
  return new LocatorError('interrupted', `${program}: interrupted`)
}

/** Its children too: it was started as the leader of a process group of its own. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // already gone
  }
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : 'unknown'
}

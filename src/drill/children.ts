import type { Context } from '../context.ts'

export interface Running {
  ended(): boolean
  stop(): Promise<void>
}

/** A program that runs beside the drill until it is stopped. */
export function startProgram(
  context: Context,
  program: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Running {
  const [command = '', ...args] = program
  const child = context.spawn(command, args, { cwd, env, stdio: 'ignore' })
  let over = false
  const ended = new Promise<void>((resolve) => {
    const finish = (): void => {
      over = true
      resolve()
    }
    child.once('exit', finish)
    child.once('error', finish)
  })
  return {
    ended: () => over,
    stop: async () => {
      child.kill('SIGTERM')
      const forced = setTimeout(() => child.kill('SIGKILL'), 2000)
      await ended
      clearTimeout(forced)
    },
  }
}

export async function runToEnd(
  context: Context,
  program: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const [command = '', ...args] = program
  const child = context.spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const stop = (): void => void child.kill('SIGTERM')
  context.signal.addEventListener('abort', stop, { once: true })
  // What never ends is a promise that did not hold, not a drill that hangs.
  const tooLong = setTimeout(stop, 60_000)
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve(status ?? -1))
  }).finally(() => clearTimeout(tooLong))
  context.signal.removeEventListener('abort', stop)
  return { code, stdout, stderr }
}

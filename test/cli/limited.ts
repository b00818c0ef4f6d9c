import { spawn } from 'node:child_process'
import { type Ended, type How, program } from './command.ts'

/** Runs the built command, and ends it and its children when it takes too long: code null, signal in `stderr`. */
export function endsWithin(
  ms: number,
  args: readonly string[],
  { cwd, env }: Required<Pick<How, 'cwd' | 'env'>>,
): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const timer = setTimeout(() => {
    stderr += `\nstill running after ${ms} ms`
    // Its own group: git may be what hangs.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, ms)
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout, stderr })
    })
  })
}

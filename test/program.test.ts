import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runProgram, withoutSecrets } from '../src/program.ts'
import { script } from './consumers/support.ts'
import { temporaryFolder } from './store/support.ts'
import { randomToken } from './support.ts'

const env = { PATH: process.env['PATH'] ?? '' }
const signal = new AbortController().signal
const deps = { spawn, env, signal }
const options = (cwd: string) => ({ cwd, input: '', timeoutMs: 20_000 })

describe('a program of the team', () => {
  it('gets exactly the bytes of its input, its arguments as they are, and no shell', async () => {
    const folder = temporaryFolder()
    const token = randomToken()
    const program = script(folder, 'take', 'cat > input; printf "%s\\n" "$@" > arguments')
    const words = ['$(touch shell)', '; touch shell', '* ~ "q"', '']
    const outcome = await runProgram([program, ...words], { ...options(folder), input: token }, deps)
    expect(outcome.kind).toBe('exited')
    expect(readFileSync(join(folder, 'input'), 'utf8')).toBe(token)
    expect(readFileSync(join(folder, 'arguments'), 'utf8')).toBe(`${words.join('\n')}\n`)
    expect(existsSync(join(folder, 'shell'))).toBe(false)
  })

  it('gets an environment without our settings and without any key', async () => {
    const folder = temporaryFolder()
    const mine = {
      ...env,
      PPLX_WARDEN_MANAGEMENT_KEY: 'odd-shape-of-a-key',
      PPLX_WARDEN_HOME: '/somewhere',
      PERPLEXITY_API_KEY: randomToken(),
      HEADER: `Bearer ${randomToken()}`,
      KEPT: 'pplx-warden is a name',
      UNSET: undefined,
    }
    const outcome = await runProgram([script(folder, 'show', 'env')], options(folder), { ...deps, env: mine })
    const names =
      outcome.kind === 'exited'
        ? outcome.stdout
            .toString()
            .split('\n')
            .map((line) => line.split('=')[0])
        : []
    expect(names).toContain('KEPT')
    for (const name of [
      'PPLX_WARDEN_MANAGEMENT_KEY',
      'PPLX_WARDEN_HOME',
      'PERPLEXITY_API_KEY',
      'HEADER',
      'UNSET',
    ])
      expect(names).not.toContain(name)
    expect(Object.keys(withoutSecrets(mine)).sort()).toEqual(['KEPT', 'PATH'])
  })

  it('that prints the key is not quoted', async () => {
    const folder = temporaryFolder()
    const token = randomToken()
    const outcome = await runProgram(
      [script(folder, 'loud', 'cat; cat >&2; exit 5')],
      { ...options(folder), input: token },
      deps,
    )
    expect(outcome.kind).toBe('exited')
    expect(outcome.text).toContain('exited 5')
    expect(outcome.text).not.toContain(token.slice(5))
  })

  it('that does not read its input may exit all the same (EPIPE)', async () => {
    const folder = temporaryFolder()
    const input = Buffer.alloc(4 * 1024 * 1024, 'x')
    expect(
      await runProgram([script(folder, 'deaf', 'exit 0')], { ...options(folder), input }, deps),
    ).toMatchObject({ kind: 'exited', code: 0 })
  })

  it('that hangs is ended with everything it started', async () => {
    const folder = temporaryFolder()
    const program = script(folder, 'hang', 'sleep 30 & echo $! > child; wait')
    const outcome = await runProgram([program], { ...options(folder), timeoutMs: 300 }, deps)
    expect(outcome).toMatchObject({ kind: 'timed-out' })
    await expect.poll(() => isGone(Number(readFileSync(join(folder, 'child'), 'utf8')))).toBe(true)
  })

  it('is ended by an interruption, also by one that came before', async () => {
    const folder = temporaryFolder()
    const abort = new AbortController()
    const running = runProgram([script(folder, 'hang', 'sleep 30')], options(folder), {
      ...deps,
      signal: abort.signal,
    })
    setTimeout(() => abort.abort('SIGINT'), 100)
    expect(await running).toMatchObject({ kind: 'interrupted' })
    expect(
      await runProgram([script(folder, 'late', 'sleep 30')], options(folder), {
        ...deps,
        signal: abort.signal,
      }),
    ).toMatchObject({ kind: 'interrupted' })
  })

  it('that leaves a daemon with its pipes is done, and our own process is not kept', async () => {
    const folder = temporaryFolder()
    const began = performance.now()
    const children: ReturnType<typeof spawn>[] = []
    const watched: typeof deps.spawn = ((...args: Parameters<typeof spawn>) => {
      const child = spawn(...args)
      children.push(child)
      return child
    }) as typeof spawn
    const outcome = await runProgram(
      [script(folder, 'daemon', 'sleep 20 & echo $! > child; echo up')],
      options(folder),
      { ...deps, spawn: watched },
    )
    expect(outcome).toMatchObject({ kind: 'exited', code: 0 })
    expect(performance.now() - began).toBeLessThan(5000)
    const daemon = Number(readFileSync(join(folder, 'child'), 'utf8'))
    expect(isGone(daemon), 'a daemon that a reload starts is meant to stay').toBe(false)
    expect(children.map((child) => [child.stdin?.destroyed, child.stdout?.destroyed])).toEqual([[true, true]])
    process.kill(daemon, 'SIGKILL')
  })

  it('that floods its output is ended where the output is wanted, and left alone where it is not', async () => {
    const folder = temporaryFolder()
    const flood = script(folder, 'flood', 'head -c 3000000 /dev/zero')
    expect(await runProgram([flood], options(folder), deps)).toMatchObject({ kind: 'too-much' })
    expect(await runProgram([flood], { ...options(folder), discardOutput: true }, deps)).toMatchObject({
      kind: 'exited',
      code: 0,
    })
  })

  it('that is missing, no program, or killed is said', async () => {
    const folder = temporaryFolder()
    expect(await runProgram([], options(folder), deps)).toMatchObject({ kind: 'not-started' })
    expect((await runProgram([join(folder, 'gone')], options(folder), deps)).text).toContain('ENOENT')
    expect(await runProgram([folder], options(folder), deps)).toMatchObject({ kind: 'not-started' })
    expect(await runProgram([script(folder, 'die', 'kill -9 $$')], options(folder), deps)).toMatchObject({
      kind: 'signalled',
    })
    expect(
      await runProgram([script(folder, 'well', 'exit 0')], options(join(folder, 'no')), deps),
    ).toMatchObject({ kind: 'not-started' })
  })
})

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return true
  }
}

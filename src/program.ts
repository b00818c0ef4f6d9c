import type { Context } from './context.ts'

export type ProgramOutcome =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: Buffer; readonly text: string }
  | {
      readonly kind: 'signalled' | 'not-started' | 'timed-out' | 'interrupted' | 'too-much'
      readonly text: string
    }

export interface ProgramOptions {
  readonly cwd: string
  /** Exactly these bytes on standard input. */
  readonly input: string | Uint8Array
  readonly timeoutMs: number
  /** More on standard output than this ends the program; default 64 KiB. */
  readonly maxOutput?: number
  /** Nobody reads its standard output: it may write as much as it likes. */
  readonly discardOutput?: boolean
}

/** Our own settings, and every variable whose value holds a key: no program of the team's gets them. */
const ours = /^PPLX_WARDEN_/
const holdsKey = /pplx-[A-Za-z0-9]{16,}/

/**
 * Runs an argument list without a shell, in a group of its own that is ended with it. Its output never goes into
 * `text`: it may have printed the key it was given.
 */
export function runProgram(
  program: readonly string[],
  options: ProgramOptions,
  deps: Pick<Context, 'spawn' | 'env' | 'signal'>,
): Promise<ProgramOutcome> {
  const [command, ...args] = program
  if (command === undefined) return Promise.resolve({ kind: 'not-started', text: 'no program is named' })
  return new Promise((resolve) => {
    const child = deps.spawn(command, args, {
      cwd: options.cwd,
      env: withoutSecrets(deps.env),
      stdio: ['pipe', options.discardOutput === true ? 'ignore' : 'pipe', 'ignore'],
      detached: true,
    })
    const output: Buffer[] = []
    let length = 0
    let stopped: Exclude<ProgramOutcome['kind'], 'exited'> | null = null
    const stop = (why: Exclude<ProgramOutcome['kind'], 'exited'>): void => {
      stopped ??= why
      endGroup(child.pid)
    }
    const timer = setTimeout(() => stop('timed-out'), options.timeoutMs)
    const onAbort = (): void => stop('interrupted')
    if (deps.signal.aborted) onAbort()
    deps.signal.addEventListener('abort', onAbort, { once: true })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input)
    child.stdout?.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > (options.maxOutput ?? 65_536)) stop('too-much')
      else output.push(chunk)
    })
    const finish = (outcome: ProgramOutcome): void => {
      clearTimeout(timer)
      deps.signal.removeEventListener('abort', onAbort)
      // What it left behind may hold them open: nothing of ours waits for that.
      child.stdin?.destroy()
      child.stdout?.destroy()
      resolve(outcome)
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      finish({ kind: 'not-started', text: `${command} could not be started (${error.code ?? 'unknown'})` })
    })
    child.on('exit', (code, signal) => {
      if (stopped !== null) finish({ kind: stopped, text: `${command} was ended: ${stopped}` })
      else if (code === null)
        finish({ kind: 'signalled', text: `${command} was ended by ${signal ?? 'a signal'}` })
      else {
        const exited = (): void =>
          finish({ kind: 'exited', code, stdout: Buffer.concat(output), text: `${command} exited ${code}` })
        child.on('close', exited)
        // A daemon it started may hold the pipe open for ever.
        setTimeout(exited, 500).unref()
      }
    })
  })
}

/** The caller's environment without what is secret in it. */
export function withoutSecrets(env: Context['env']): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !ours.test(name) && !holdsKey.test(value)) kept[name] = value
  }
  return kept
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended by itself meanwhile.
  }
}

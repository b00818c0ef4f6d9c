import { dirname, isAbsolute } from 'node:path'
import { type ProgramOutcome, runProgram } from '../program.ts'
import { LocatorError } from './errors.ts'
import type { Reader } from './types.ts'

/** Runs the program without a shell, in the folder where it lies; what it prints on standard output is the token. */
export const readFromProgram: Reader<'exec'> = async (locator, deps) => {
  const [program] = locator.argv
  if (!isAbsolute(program))
    throw new LocatorError('program', `${program}: the program's path must be absolute`)
  const timeoutMs = deps.timeoutMs ?? 30_000
  const signal = deps.signal ?? new AbortController().signal
  const options = { cwd: dirname(program), input: '', timeoutMs }
  const outcome = await runProgram(locator.argv, options, { ...deps, signal })
  if (outcome.kind === 'exited' && outcome.code === 0) return outcome.stdout.toString('utf8')
  throw new LocatorError(codes[outcome.kind], outcome.text, hint)
}

const codes = {
  exited: 'program',
  signalled: 'program',
  'not-started': 'program',
  'timed-out': 'timeout',
  interrupted: 'interrupted',
  'too-much': 'not-a-key',
} as const satisfies Record<ProgramOutcome['kind'], LocatorError['code']>

const hint =
  'run it by hand as the same user; what it says on standard error is not shown here, it could hold the key'

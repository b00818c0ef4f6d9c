import type { ConsumerSpec } from '../inventory/types.ts'
import { runProgram as start } from '../program.ts'
import type { Fingerprint } from '../secret/index.ts'
import type { ConsumerDependencies, Evidence } from './types.ts'

const timeoutMs = 120_000

/** Runs a consumer's program without a shell and without our secrets; exit 0 is success. */
export async function runProgram(
  program: readonly string[],
  options: { readonly directory: string; readonly input?: string; readonly what: string },
  deps: ConsumerDependencies,
): Promise<Evidence> {
  const { what } = options
  const outcome = await start(
    program,
    { cwd: options.directory, input: options.input ?? '', timeoutMs, discardOutput: true },
    deps,
  )
  if (outcome.kind === 'exited' && outcome.code === 0)
    return { result: 'ok', level: 'reported', text: `${what} exited 0` }
  return { result: 'failed', level: 'none', text: `${what}: ${outcome.text}` }
}

export async function reloadByProgram(
  spec: ConsumerSpec,
  deps: ConsumerDependencies,
): Promise<Evidence | null> {
  if (spec.reload === undefined) return null
  return await runProgram(spec.reload, { directory: spec.directory, what: 'reload' }, deps)
}

/**
 * After the value was read back: a confirm program is asked, else a reload that exited 0 is the evidence, else only
 * the file is known and the running process may still hold the old key.
 */
export async function confirmByProgram(
  spec: ConsumerSpec,
  fingerprint: Fingerprint,
  reloaded: boolean,
  deps: ConsumerDependencies,
): Promise<Evidence> {
  if (spec.confirm !== undefined)
    return await runProgram(
      [...spec.confirm, fingerprint],
      { directory: spec.directory, what: 'confirm' },
      deps,
    )
  if (spec.reload !== undefined) {
    return reloaded
      ? { result: 'ok', level: 'read back', text: 'read back, reload exited 0' }
      : { result: 'failed', level: 'read back', text: 'read back, but reload has not been run' }
  }
  return {
    result: 'ok',
    level: 'read back',
    text: 'read back only; the running process may still hold the old key',
  }
}

/** Whether the running application was asked, or only its file was read. */
export function onlyReadBack(spec: ConsumerSpec): boolean {
  return spec.kind !== 'exec' && spec.reload === undefined && spec.confirm === undefined
}

/** The first of a consumer's programs that cannot be run; null when all can. */
export function programsProblem(spec: ConsumerSpec, deps: ConsumerDependencies): Evidence | null {
  const deliver = spec.kind === 'exec' ? spec.deliver : undefined
  for (const [what, program] of Object.entries({ deliver, reload: spec.reload, confirm: spec.confirm })) {
    const problem = program === undefined ? null : programProblem(program, deps)
    if (problem !== null) return { result: 'failed', level: 'none', text: `${what}: ${problem}` }
  }
  return null
}

function programProblem(program: readonly string[], { fs }: ConsumerDependencies): string | null {
  const [path] = program
  if (path === undefined) return 'no program is named'
  try {
    const facts = fs.statSync(path)
    if (!facts.isFile()) return `${path} is no file`
    return (facts.mode & 0o111) === 0 ? `${path} is not executable` : null
  } catch {
    return `${path} is missing`
  }
}

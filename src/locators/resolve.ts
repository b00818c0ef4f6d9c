import { resolve } from 'node:path'
import type { Context } from '../context.ts'
import { LocatorError } from './errors.ts'
import { resolveProgram } from './program.ts'
import type { Locator } from './types.ts'

/** The same locator for any working folder: paths made absolute from `directory`, the program found now. */
export function resolveLocator(
  locator: Locator,
  directory: string,
  deps: Pick<Context, 'env' | 'fs'>,
): Locator {
  if (locator.kind === 'env') return locator
  if (locator.kind !== 'exec') return { ...locator, path: resolve(directory, locator.path) }
  const [program, ...rest] = locator.argv
  const found = resolveProgram(program, directory, deps)
  if (found === null) {
    throw new LocatorError('program', `program not found: ${program}`, notFoundHint(program, directory))
  }
  return { kind: 'exec', argv: [found, ...rest] }
}

export function notFoundHint(program: string, directory: string): string {
  return program.includes('/')
    ? `it is looked for in ${directory} and must be executable`
    : 'it is looked for on PATH and must be executable'
}

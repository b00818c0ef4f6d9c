import { isAbsolute, join, resolve } from 'node:path'
import type { Context } from '../context.ts'

/**
 * Absolute path of a program: one with a slash is relative to `directory`, a bare name is found on PATH (its relative
 * entries are passed over). null when there is no such executable file.
 */
export function resolveProgram(
  program: string,
  directory: string,
  { env, fs }: Pick<Context, 'env' | 'fs'>,
): string | null {
  const folders = (env['PATH'] ?? '').split(':').filter((folder) => isAbsolute(folder))
  const candidates = program.includes('/')
    ? [resolve(directory, program)]
    : folders.map((folder) => join(folder, program))
  return candidates.find((path) => isExecutable(path, fs)) ?? null
}

function isExecutable(path: string, fs: Context['fs']): boolean {
  try {
    const stat = fs.statSync(path)
    return stat.isFile() && (stat.mode & 0o111) !== 0
  } catch {
    return false
  }
}

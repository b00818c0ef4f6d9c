import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import type { ProjectFile } from '../../config/project.ts'
import type { Context } from '../../context.ts'
import type { ExceptionFile } from '../../exceptions/types.ts'
import { runGit } from '../../sources/git/run.ts'

const fileName = '.pplx-warden.yaml'

/** What the tree's own file says: what it excepts, and what it asks for and does not get. */
export interface ProjectRules extends ExceptionFile {
  readonly warnings: readonly string[]
}

/** The scanned trees' own files: a damaged one is an error. */
export async function projectFilesOf(
  context: Context,
  operands: readonly string[],
): Promise<readonly ProjectRules[]> {
  const named = operands.length === 0 ? ['.'] : operands
  const folders = new Set(named.map((operand) => folderOf(context, operand)))
  const found = [...folders].filter((folder) => folder !== null)
  if (found.length === 0) return []
  const { readProjectFile } = await import('../../config/project.ts')
  const files = found.map((folder) => readProjectFile(folder, context.fs)).filter((file) => file !== null)
  const scanned = named.map((operand) => resolve(context.cwd, operand))
  return [...new Map(files.map((file) => [file.path, file])).values()].map((file) =>
    rulesOf(context, file, scanned),
  )
}

function rulesOf({ cwd }: Context, { path, exceptions, warnings }: ProjectFile, scanned: readonly string[]) {
  const folder = dirname(path)
  const shown = relative(cwd, path)
  return {
    source: isOutside(shown) ? path : shown,
    folder,
    whole: scanned.some((one) => !isOutside(relative(one, folder))),
    exceptions,
    warnings,
  }
}

function isOutside(path: string): boolean {
  return path === '..' || path.startsWith('../') || isAbsolute(path)
}

/** null: a pattern, standard input, or something that cannot be looked at. */
function folderOf({ fs, cwd }: Context, operand: string): string | null {
  const path = resolve(cwd, operand)
  try {
    return fs.statSync(path).isDirectory() ? path : dirname(path)
  } catch {
    return null
  }
}

/**
 * The file as the newest commit has it: what is being committed cannot change the rules it is judged by. `whole`: all
 * of the history is scanned.
 */
export async function committedProjectFile(
  context: Context,
  operand: string | undefined,
  whole: boolean,
): Promise<ProjectRules | null> {
  const cwd = resolve(context.cwd, operand ?? '.')
  const git = { ...context, cwd, inherit: operand === undefined }
  const name = `HEAD:${fileName}`
  const size = await runGit(git, ['cat-file', '-s', name], context.signal)
  if (size.code !== 0) return null
  const { largestProjectFile, parseProjectFile, tooLarge } = await import('../../config/project.ts')
  if (Number(size.stdout.toString('latin1')) > largestProjectFile) throw tooLarge(name)
  const answer = await runGit(git, ['cat-file', 'blob', name], context.signal)
  if (answer.code !== 0) return null
  const { exceptions, warnings } = parseProjectFile(name, answer.stdout)
  return { source: name, folder: null, whole, exceptions, warnings }
}

/** Where there is none, a hook need not start a third process: it is a good deal faster. */
export function hasProjectFile({ fs, cwd }: Context): boolean {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (fs.existsSync(join(folder, fileName))) return true
    if (dirname(folder) === folder || fs.existsSync(join(folder, '.git'))) return false
  }
}

import { dirname, join, resolve } from 'node:path'
import type { ProjectFile } from '../../config/project.ts'
import type { Context } from '../../context.ts'
import { runGit } from '../../sources/git/run.ts'

const fileName = '.pplx-warden.yaml'

/** The scanned trees' own files: nothing in them is obeyed yet, a damaged one is an error, and what they ask is told. */
export async function projectFilesOf(
  context: Context,
  operands: readonly string[],
): Promise<readonly ProjectFile[]> {
  const folders = new Set(
    (operands.length === 0 ? ['.'] : operands).map((operand) => folderOf(context, operand)),
  )
  const found = [...folders].filter((folder) => folder !== null)
  if (found.length === 0) return []
  const { readProjectFile } = await import('../../config/project.ts')
  const files = found.map((folder) => readProjectFile(folder, context.fs)).filter((file) => file !== null)
  return [...new Map(files.map((file) => [file.path, file])).values()]
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
 * The file as the newest commit has it: what is being committed cannot change the rules it is judged by. git is only
 * asked where the working folder has one too: a hook that starts no third process is a good deal faster.
 */
export async function committedProjectFile(
  context: Context,
  operand: string | undefined,
): Promise<ProjectFile | null> {
  const cwd = resolve(context.cwd, operand ?? '.')
  if (operand === undefined && !isInWorkingFolder(context, cwd)) return null
  const answer = await runGit(
    { ...context, cwd, inherit: operand === undefined },
    ['cat-file', 'blob', `HEAD:${fileName}`],
    context.signal,
  )
  if (answer.code !== 0) return null
  const { parseProjectFile } = await import('../../config/project.ts')
  return parseProjectFile(`HEAD:${fileName}`, answer.stdout)
}

function isInWorkingFolder({ fs }: Context, from: string): boolean {
  for (let folder = from; ; folder = dirname(folder)) {
    if (fs.existsSync(join(folder, fileName))) return true
    if (dirname(folder) === folder || fs.existsSync(join(folder, '.git'))) return false
  }
}

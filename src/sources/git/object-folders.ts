import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { OnlyGitKnows } from './only-git.ts'
import type { Git } from './run.ts'

/** As git has it: alternates of alternates, five times. */
const deepest = 5

/** The repository's own folder of objects and all it borrows from. Throws `OnlyGitKnows`. */
export function objectFolders(env: Git['env'], commonDir: string): Buffer[] {
  const own = env['GIT_OBJECT_DIRECTORY'] ?? join(commonDir, 'objects')
  const others = env['GIT_ALTERNATE_OBJECT_DIRECTORIES']?.split(':').filter((name) => name !== '') ?? []
  const folders = new Set<string>()
  for (const folder of [own, ...others]) {
    if (!isAbsolute(folder) || folder.includes('"')) throw new OnlyGitKnows('where the objects are')
    add(folder, 0)
  }
  if (!statSync(own).isDirectory()) throw new OnlyGitKnows('no folder of objects')
  return [...folders].map((folder) => Buffer.from(folder))

  function add(folder: string, depth: number): void {
    if (folders.has(folder)) return
    folders.add(folder)
    const borrowed = alternatesOf(folder)
    if (borrowed.length > 0 && depth === deepest) throw new OnlyGitKnows('alternates of alternates')
    for (const name of borrowed) add(resolve(folder, name), depth + 1)
  }
}

/** https://git-scm.com/docs/gitrepository-layout, objects/info/alternates */
function alternatesOf(folder: string): string[] {
  let text: string
  try {
    text = readFileSync(join(folder, 'info', 'alternates'), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
  if (/^"|\ufffd/m.test(text)) throw new OnlyGitKnows('an alternate with an odd name')
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

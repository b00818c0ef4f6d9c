import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { nameOf } from '../../name.ts'
import type { Skipped } from '../../types.ts'
import { reasonOf } from '../../files/walk.ts'
import { alternateLines } from './alternates.ts'
import { absolute, below } from '../repository.ts'
import type { Git } from '../run.ts'
import { longestText, readRegular } from '../regular-file.ts'

/** git leaves alternates of alternates out from here on ("nesting too deep"). */
const deepest = 5

export interface ObjectFolders {
  /** Absolute, links resolved, distinct; the repository's own comes first. */
  readonly folders: readonly Buffer[]
  readonly skipped: readonly Skipped[]
}

/**
 * Every folder this repository has objects in: its own, those it borrows from (`info/alternates`, theirs in turn)
 * and, where the environment is obeyed, those that it names.
 * https://git-scm.com/docs/gitrepository-layout#Documentation/gitrepository-layout.txt-objectsinfoalternates
 */
export function objectFolders({ git, commonDir }: Borrower): ObjectFolders {
  const { env, cwd, inherit } = git
  const named = inherit ? env['GIT_OBJECT_DIRECTORY'] : undefined
  const borrowed = inherit ? env['GIT_ALTERNATE_OBJECT_DIRECTORIES'] : undefined
  const found: Found = { folders: new Map(), skipped: [] }
  const own = named === undefined ? below(commonDir, 'objects') : Buffer.from(resolve(cwd, named))
  add(own, `objects folder ${nameOf(own).text}`, 0, found)
  for (const line of alternateLines(Buffer.from(borrowed ?? ''), 'path'))
    add(absolute(Buffer.from(cwd), line), `alternate ${nameOf(line).text}`, 1, found)
  return { folders: [...found.folders.values()], skipped: found.skipped }
}

/** Of a `Repository` what matters here. */
interface Borrower {
  readonly git: Pick<Git, 'env' | 'cwd' | 'inherit'>
  readonly commonDir: Buffer
}

interface Found {
  readonly folders: Map<string, Buffer>
  readonly skipped: Skipped[]
}

function add(folder: Buffer, shown: string, depth: number, found: Found): void {
  let real: Buffer
  try {
    real = realpathSync.native(folder, { encoding: 'buffer' })
    if (!statSync(real).isDirectory()) throw new Error('it is no folder')
  } catch (error) {
    found.skipped.push(gone(shown, depth, error))
    return
  }
  const key = real.toString('latin1')
  if (found.folders.has(key)) return
  found.folders.set(key, real)
  for (const held of heldBack(real)) found.folders.set(held.toString('latin1'), held)
  for (const line of linesIn(real, found.skipped)) {
    const lender = `alternate ${nameOf(line).text}`
    if (depth <= deepest) add(absolute(real, line), lender, depth + 1, found)
    else
      found.skipped.push({ skipped: lender, reason: 'borrowed over more than five folders: git stops here' })
  }
}

/** What a push brought that was never taken up, as when it was killed: folders like this one, which git does not see. */
function heldBack(objects: Buffer): Buffer[] {
  try {
    // As latin1: git's own names are ASCII, and a hook has no time for an object for each of the many others.
    return readdirSync(objects, 'latin1')
      .filter((name) => /^(?:incoming|tmp_objdir)-/.test(name))
      .map((name) => below(objects, Buffer.from(name, 'latin1')))
      .filter((folder) => lstatSync(folder).isDirectory())
  } catch {
    // The objects in it are missed as well, and that is said.
    return []
  }
}

function gone(shown: string, depth: number, error: unknown): Skipped {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  return {
    skipped: shown,
    reason:
      depth === 0
        ? reasonOf(error)
        : `objects are borrowed from a folder that ${missing ? 'is not there' : `cannot be read: ${reasonOf(error)}`}`,
    hint: 'put the folder back, or scan a full clone (git clone --no-local, without --shared or --reference)',
  }
}

function linesIn(objects: Buffer, skipped: Skipped[]): Buffer[] {
  const file = below(objects, 'info', 'alternates')
  try {
    return alternateLines(readRegular(file, longestText), 'lines')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT'))
      skipped.push({ skipped: nameOf(file).text, reason: reasonOf(error) })
    return []
  }
}

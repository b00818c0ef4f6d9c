import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { nameOf } from '../name.ts'
import type { Skipped } from '../types.ts'
import { below, type Repository } from './repository.ts'
import { complaint, runGit, startGit } from './run.ts'

/** At most this many objects are named one by one. */
const NAMED = 100

/** A shallow clone lacks the parents of its oldest commits. */
export function shallowGap({ commonDir, target }: Repository): Skipped[] {
  const ends = linesOf(below(commonDir, 'shallow'))
  if (ends.length === 0) return []
  const reason = `shallow clone: the history before ${ends.length} commit${ends.length === 1 ? '' : 's'} is not here`
  return [{ skipped: target, reason, hint: 'git fetch --unshallow' }]
}

/** git does not see a pack whose index is gone, and says nothing. */
export function packGaps({ commonDir }: Repository): Skipped[] {
  const folder = below(commonDir, 'objects', 'pack')
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    return existsSync(folder) ? [{ skipped: nameOf(folder).text, reason: String(error) }] : []
  }
  const present = new Set(names)
  const orphans = names.filter(
    (name) => name.endsWith('.pack') && !present.has(name.replace(/\.pack$/, '.idx')),
  )
  return orphans.map((name) => ({
    skipped: `pack ${name}`,
    reason: 'it has no index',
    hint: `git index-pack ${name}`,
  }))
}

export function alternateGaps({ commonDir }: Repository): Skipped[] {
  const objects = below(commonDir, 'objects')
  const folders = linesOf(below(objects, 'info', 'alternates')).filter((line) => !line.startsWith('#'))
  const gone = folders.filter((folder) => !existsSync(isAbsolute(folder) ? folder : below(objects, folder)))
  return gone.map((folder) => ({
    skipped: `alternate ${folder}`,
    reason: 'objects are borrowed from a folder that is not there',
  }))
}

/**
 * Objects that refs, HEAD, reflogs or the index reach and the store does not have. Nothing is fetched. What `complete`
 * ones reach has been there before and is not looked at again.
 */
export async function missingObjects(
  { git, commonDir }: Repository,
  signal: AbortSignal,
  complete: readonly string[] = [],
): Promise<Skipped[]> {
  const reach = ['--all', '--reflog', '--indexed-objects', '--ignore-missing']
  const child = startGit(
    git,
    ['rev-list', '--objects', '--quiet', '--missing=print', ...reach, '--stdin'],
    signal,
  )
  child.stdin.end(complete.map((id) => `^${id}\n`).join(''))
  const ids: string[] = []
  let count = 0
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!line.startsWith('?')) continue
      count += 1
      if (ids.length < NAMED) ids.push(line.slice(1))
    }
  })
  const exit = await child.exit
  if (signal.aborted) return []
  const partial = count > 0 && isPartial(commonDir)
  const skipped: Skipped[] = ids.map((id) => ({
    skipped: `object ${id}`,
    reason: partial ? 'not here: this is a partial clone' : 'missing',
    hint: partial ? 'make a full clone and scan that' : 'try: git fsck',
  }))
  if (count > NAMED) skipped.push({ skipped: 'objects', reason: `${count - NAMED} more are missing` })
  if (exit.code !== 0)
    skipped.push({
      skipped: 'history',
      reason: `it cannot be walked: ${complaint(exit)}`,
      hint: 'try: git fsck',
    })
  return skipped
}

/** https://git-scm.com/docs/partial-clone: packs that a promising remote gave are marked. */
export function isPartial(commonDir: Buffer): boolean {
  try {
    return readdirSync(below(commonDir, 'objects', 'pack')).some((name) => name.endsWith('.promisor'))
  } catch {
    return false
  }
}

function linesOf(file: Buffer): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
  } catch {
    return []
  }
}

/** Whatever refs and HEAD name: from these everything is reached that is no leftover. */
export async function tipsOf({ git }: Repository, signal: AbortSignal): Promise<string[]> {
  const refs = await runGit(git, ['for-each-ref', '--format=%(objectname)'], signal)
  const head = await runGit(git, ['rev-parse', '--verify', '--quiet', 'HEAD'], signal)
  const ids = `${refs.stdout.toString('latin1')}${head.stdout.toString('latin1')}`.split('\n')
  return [...new Set(ids)].filter((id) => /^[0-9a-f]{40,64}$/.test(id))
}

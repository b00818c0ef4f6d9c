import { readdirSync } from 'node:fs'
import { reasonOf } from '../files/walk.ts'
import type { Skipped } from '../types.ts'
import { isAbsent } from './submodules/git-folders.ts'
import { below, type Repository } from './repository.ts'
import { complaint, runGit, startGit } from './run.ts'
import { longestText, readRegular } from './regular-file.ts'

/** At most this many objects are named one by one. */
const NAMED = 100

/** A shallow clone lacks the parents of its oldest commits. https://git-scm.com/docs/shallow */
export function shallowGap({ commonDir, target }: Repository): Skipped[] {
  let ends: RegExpMatchArray | null
  try {
    ends = readRegular(below(commonDir, 'shallow'), longestText)
      .toString('latin1')
      .match(/^[0-9a-f]+$/gm)
  } catch (error) {
    return isAbsent(error) ? [] : [{ skipped: target, reason: `is it a shallow clone? ${reasonOf(error)}` }]
  }
  if (ends === null) return []
  const reason = `shallow clone: the history before ${ends.length} commit${ends.length === 1 ? '' : 's'} is not here`
  return [{ skipped: target, reason, hint: 'git fetch --unshallow' }]
}

/** Nothing else names an object of zeros. */
const damagedIndex: Skipped = {
  skipped: 'index',
  reason: 'it names objects that cannot be: it is damaged',
  hint: 'git read-tree HEAD makes a new one',
}

/**
 * Objects that refs, HEAD, reflogs or the index reach and the store does not have. Nothing is fetched. What `complete`
 * ones reach has been there before and is not looked at again.
 */
export async function missingObjects(
  repository: Repository,
  signal: AbortSignal,
  complete: readonly string[] = [],
): Promise<Skipped[]> {
  const reach = ['--all', '--reflog', '--indexed-objects', '--ignore-missing']
  const child = startGit(
    repository.git,
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
  const partial = count > 0 && isPartial(repository.commonDir)
  const skipped: Skipped[] = ids.map((id) =>
    /^0+$/.test(id)
      ? damagedIndex
      : {
          skipped: `object ${id}`,
          reason: partial ? 'not here: this is a partial clone' : 'missing',
          hint: partial ? 'make a full clone and scan that' : 'try: git fsck',
        },
  )
  if (count > NAMED) skipped.push({ skipped: 'objects', reason: `${count - NAMED} more are missing` })
  if (exit.code !== 0)
    skipped.push({
      skipped: 'history',
      reason: `it cannot be walked: ${complaint(exit)}`,
      hint: 'try: git fsck',
    })
  return skipped
}

/** Packs that a promising remote gave are marked, and so is the remote. https://git-scm.com/docs/partial-clone */
export function isPartial(commonDir: Buffer): boolean {
  try {
    if (
      /^\s*(?:promisor\s*=\s*true|partialclone\s*=)/im.test(
        readRegular(below(commonDir, 'config'), longestText).toString('latin1'),
      )
    )
      return true
  } catch {
    // That it cannot be read is said where it is scanned.
  }
  try {
    return readdirSync(below(commonDir, 'objects', 'pack')).some((name) => name.endsWith('.promisor'))
  } catch {
    return false
  }
}

/** Whatever refs and HEAD name: from these everything is reached that is no leftover. */
export async function tipsOf({ git }: Repository, signal: AbortSignal): Promise<string[]> {
  const refs = await runGit(git, ['for-each-ref', '--format=%(objectname)'], signal)
  const head = await runGit(git, ['rev-parse', '--verify', '--quiet', 'HEAD'], signal)
  const ids = `${refs.stdout.toString('latin1')}${head.stdout.toString('latin1')}`.split('\n')
  return [...new Set(ids)].filter((id) => /^[0-9a-f]{40,64}$/.test(id))
}

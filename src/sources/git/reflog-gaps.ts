import { existsSync } from 'node:fs'
import type { Skipped } from '../types.ts'
import { isPartial } from './gaps.ts'
import { readReflogs } from './provenance/reflogs.ts'
import { below, type Repository } from './repository.ts'
import { complaint, runGit } from './run.ts'

/** At most this many are named one by one. */
const NAMED = 100

/**
 * Commits that a reflog names and that are not here, which git keeps as long as the entry stands. Of a shallow or partial
 * clone it is said already that not everything is here.
 */
export async function reflogGaps(repository: Repository, signal: AbortSignal): Promise<Skipped[]> {
  const { git, commonDir } = repository
  if (existsSync(below(commonDir, 'shallow')) || isPartial(commonDir)) return []
  const places = new Map<string, string>()
  for (const { id, ref, position } of readReflogs(repository)) {
    if (!/^0+$/.test(id) && !places.has(id)) places.set(id, `${ref}@{${position}}`)
  }
  if (places.size === 0) return []
  const ask = ['cat-file', '--buffer', '--batch-check=%(objectname)']
  const answer = await runGit(git, ask, signal, `${[...places.keys()].join('\n')}\n`)
  const missing = [...answer.stdout.toString('latin1').matchAll(/^([0-9a-f]+) missing$/gm)]
  const skipped = missing.slice(0, NAMED).map(([, id = '']) => ({
    skipped: `object ${id}`,
    reason: `missing: ${places.get(id)} names it`,
    hint: 'try: git fsck; git reflog expire --stale-fix --all forgets it',
  }))
  const more = missing.length - skipped.length
  if (more > 0)
    skipped.push({ skipped: 'reflogs', reason: `${more} more are missing`, hint: 'try: git fsck' })
  return answer.code === 0
    ? skipped
    : [...skipped, { skipped: 'reflogs', reason: complaint(answer), hint: 'try: git fsck' }]
}

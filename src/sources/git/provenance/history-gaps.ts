import type { Skipped } from '../../types.ts'
import { below, type Repository } from '../repository.ts'
import type { History } from './history.ts'
import { longestText, readRegular } from '../regular-file.ts'

/** What keeps us from saying where everything came from. That a clone is shallow is said elsewhere (gaps.ts). */
export function historyGaps(
  { commonDir }: Repository,
  { ids, cut }: History,
  troubles: readonly string[],
): Skipped[] {
  const ends = shallowEnds(commonDir)
  const orphans = ids.filter((id, commit) => cut[commit] === 1 && !ends.has(id))
  const missing =
    orphans.length === 0
      ? []
      : [
          `what came before ${orphans.slice(0, 3).join(', ')}${orphans.length > 3 ? '…' : ''} is missing or damaged`,
        ]
  return [...missing, ...troubles].map((reason) => ({
    skipped: 'history',
    reason: `where findings came from is not known in full: ${reason}`,
    hint: 'try: git fsck',
  }))
}

/** https://git-scm.com/docs/shallow: commits whose parents were left out on purpose. */
function shallowEnds(commonDir: Buffer): Set<string> {
  try {
    return new Set(readRegular(below(commonDir, 'shallow'), longestText).toString('latin1').split('\n'))
  } catch {
    return new Set()
  }
}

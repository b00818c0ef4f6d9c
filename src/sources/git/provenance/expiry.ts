import { type Git, runGit } from '../run.ts'

/** How long `git gc` keeps things, in seconds; infinite: for ever. https://git-scm.com/docs/git-gc */
export interface Expiry {
  /** Of an entry that holds what no ref reaches, from its own time on. */
  reflog(ref: string): number
  /** Of an object that nothing holds, from when it was written. */
  readonly prune: number
}

const never = Number.POSITIVE_INFINITY
const day = 86_400
const keys = '^gc\\.(.*\\.)?reflogexpire(unreachable)?$|^gc\\.pruneexpire$'

interface Setting {
  /** `gc.PATTERN.reflogExpire`; empty: for all refs. */
  readonly pattern: string
  readonly kind: 'reflogexpire' | 'reflogexpireunreachable' | 'pruneexpire'
  readonly seconds: number
}

export async function readExpiry(git: Git, signal: AbortSignal): Promise<Expiry> {
  const list = await runGit(git, ['config', '--type=expiry-date', '-z', '--get-regexp', keys], signal)
  const now = Date.now() / 1000
  const settings = list.stdout
    .toString('utf8')
    .split('\0')
    .flatMap((item) => settingOf(item, now))
  const general = (kind: Setting['kind'], usual: number): number =>
    settings.findLast((one) => one.kind === kind && one.pattern === '')?.seconds ?? usual
  return {
    prune: general('pruneexpire', 14 * day),
    reflog(ref) {
      const own = settings.find(({ pattern }) => pattern !== '' && isMatch(pattern, ref))?.pattern
      const ofOwn = (kind: Setting['kind']): number =>
        settings.findLast((one) => one.kind === kind && one.pattern === own)?.seconds ?? never
      if (own !== undefined) return Math.min(ofOwn('reflogexpire'), ofOwn('reflogexpireunreachable'))
      // git's own rule: nothing but a pattern lets the stash expire.
      if (ref === 'refs/stash') return never
      return Math.min(general('reflogexpire', 90 * day), general('reflogexpireunreachable', 30 * day))
    },
  }
}

/** git gives the time before which things are too old now: 0 is never, one in the future is at once. */
function settingOf(item: string, now: number): Setting[] {
  const [, name = '', cutoff = ''] = /^([^\n]*)\n(\d+)$/s.exec(item) ?? []
  const [, pattern = '', kind = ''] = /^gc\.(?:(.*)\.)?([a-z]+)$/s.exec(name) ?? []
  if (kind !== 'reflogexpire' && kind !== 'reflogexpireunreachable' && kind !== 'pruneexpire') return []
  const seconds = Number(cutoff) === 0 ? never : Math.max(0, now - Number(cutoff))
  return [{ pattern, kind, seconds: Math.round(seconds / 60) * 60 }]
}

/** As git's wildmatch does it without paths: `*` is anything. */
function isMatch(pattern: string, ref: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  try {
    return new RegExp(`^${source}$`, 's').test(ref)
  } catch {
    return false
  }
}

import { isPartial } from '../gaps.ts'
import type { Repository } from '../repository.ts'
import { runGit } from '../run.ts'
import { quoted } from '../shell.ts'

/** The command that brings a revision into this clone; null: there is nowhere to fetch it from. */
export async function fetchCommand(
  { git }: Repository,
  name: string,
  isShallow: boolean,
  signal: AbortSignal,
): Promise<string | null> {
  const list = await runGit(git, ['remote'], signal)
  const remotes = list.stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
  const remote =
    remotes.find((one) => name.startsWith(`${one}/`)) ?? (remotes.includes('origin') ? 'origin' : remotes[0])
  if (remote === undefined) return null
  const words = [
    'git fetch',
    ...(isShallow ? ['--unshallow'] : []),
    quoted(remote),
    refspec(name, remote, isShallow),
  ]
  return words.filter((word) => word !== '').join(' ')
}

/** A clone of a single branch fetches no other unless it is told where to put it. */
function refspec(name: string, remote: string, isShallow: boolean): string {
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(name)) return name
  // HEAD~5, an abbreviated id: no name that a remote knows.
  if (/[~^@:{]/.test(name) || name === 'HEAD' || /^[0-9a-f]{7,}$/.test(name)) return isShallow ? '' : '--tags'
  if (name.startsWith(`${remote}/`)) {
    const branch = name.slice(remote.length + 1)
    return quoted(`+refs/heads/${branch}:refs/remotes/${name}`)
  }
  return quoted(`${name}:${name}`)
}

export function repairHint({ commonDir }: Repository): string {
  return isPartial(commonDir) ? 'git fetch --refetch --no-filter' : 'try: git fsck'
}

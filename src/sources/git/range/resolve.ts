import type { Skipped } from '../../types.ts'
import type { Repository } from '../repository.ts'
import { runGit } from '../run.ts'
import { fetchCommand } from './repair.ts'
import type { Selection } from './selection.ts'
import { shallowCommits } from './shallow.ts'

/** Commits by id. A commit is meant if `tips` reach it, `excluded` do not, and it is not older than `since`. */
export interface Ends {
  /** null: every ref and HEAD. */
  readonly tips: readonly string[] | null
  readonly excluded: readonly string[]
  /** Milliseconds since 1970. */
  readonly since: number | null
  /** Annotated tags that the two sides were named by. */
  readonly tags: { readonly named: readonly string[]; readonly excluded: readonly string[] }
}

/** Looks up the revisions; one that is not here makes the whole selection unknown. */
export async function resolveEnds(
  repository: Repository,
  selection: Selection,
  signal: AbortSignal,
): Promise<Ends | Skipped[]> {
  const { range, branches, notReachableFrom, since } = selection
  const missing: string[] = []
  const idsOf = async (names: readonly string[], lookUp: typeof commitOf): Promise<string[]> => {
    const ids: string[] = []
    for (const name of names) {
      const id = await lookUp(repository, name, signal)
      if (id === null) missing.push(name)
      else ids.push(id)
    }
    return ids
  }
  const to = await idsOf(range === null ? [] : [range.to], commitOf)
  const named = await idsOf(branches, branchOf)
  const from = range === null || range.from === null ? [] : [range.from]
  const excluded = await idsOf([...from, ...notReachableFrom], commitOf)
  if (missing.length > 0) return await Promise.all(missing.map((name) => notHeld(repository, name, signal)))
  const tips = [...to, ...named]
  const fullNames = branches.filter((name) => name.startsWith('refs/'))
  const tags = {
    named: await tagsOf(repository, [...(range === null ? [] : [range.to]), ...fullNames], signal),
    excluded: await tagsOf(repository, [...from, ...notReachableFrom], signal),
  }
  return { tips: tips.length === 0 ? null : tips, excluded, since, tags }
}

/** Names are checked (`checkRevision`): none is taken for an option. Tags are followed to their commit. */
function commitOf(repository: Repository, name: string, signal: AbortSignal): Promise<string | null> {
  return objectOf(repository, `${name}^{commit}`, signal)
}

async function tagsOf(
  repository: Repository,
  names: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const ids = await Promise.all(names.map((name) => objectOf(repository, `${name}^{tag}`, signal)))
  return ids.filter((id) => id !== null)
}

async function objectOf({ git }: Repository, name: string, signal: AbortSignal): Promise<string | null> {
  const answer = await runGit(git, ['rev-parse', '--verify', '--quiet', name], signal)
  const id = answer.stdout.toString('latin1').trim()
  return answer.code === 0 && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(id) ? id : null
}

/** A tag of the same name would win with git. A branch that only the remote has is there under its name. */
async function branchOf(repository: Repository, name: string, signal: AbortSignal): Promise<string | null> {
  for (const place of ['refs/heads/', 'refs/remotes/', 'refs/remotes/origin/']) {
    const id = await commitOf(repository, `${place}${name}`, signal)
    if (id !== null) return id
  }
  return name === 'HEAD' || name.startsWith('refs/') ? await commitOf(repository, name, signal) : null
}

async function notHeld(repository: Repository, name: string, signal: AbortSignal): Promise<Skipped> {
  const isShallow = shallowCommits(repository).size > 0
  const command = await fetchCommand(repository, name, isShallow, signal)
  const where = isShallow ? 'not in this clone, which is shallow' : 'not in this clone'
  const repair =
    command === null ? 'there is no remote to fetch it from; is it spelled right?' : `\`${command}\` gets it`
  return { skipped: name, reason: `${where}: ${repair}` }
}

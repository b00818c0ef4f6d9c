import type { Skipped } from '../../types.ts'
import { readHeads } from '../provenance/heads.ts'
import { refsOf, typesOf } from '../provenance/tips.ts'
import type { Repository } from '../repository.ts'
import type { Git } from '../run.ts'
import { readCommits, startWalk } from './commits.ts'
import { repairHint } from './repair.ts'
import type { Ends } from './resolve.ts'

interface Tag {
  readonly target: string
  /** Milliseconds since 1970; NaN: it shows no time. */
  readonly date: number
}

interface Tags {
  readonly tags: ReadonlyMap<string, Tag>
  /** Of whatever was named or tagged; one that could not be asked about has none. */
  readonly types: ReadonlyMap<string, string>
  readonly skipped: readonly Skipped[]
}

/** Tags of tags of tags… */
const deepest = 20

/**
 * Annotated tags that belong to the range: of a commit of it, whatever names them; one that is the end of the range; a
 * recent one of an older commit, where a time is asked for. What should be a tag and cannot be read is among them.
 */
export async function tagsIn(
  repository: Repository,
  ends: Ends,
  isChosen: (commit: string) => boolean,
  signal: AbortSignal,
): Promise<{ readonly ids: readonly string[]; readonly skipped: readonly Skipped[] }> {
  const { named, excluded } = ends.tags
  const refs = await refsOf(repository, signal)
  const found = await readTags(repository, [...refs.map(({ id }) => id), ...named, ...excluded], signal)
  const { tags, types, skipped } = found
  const known = new Set(excluded.flatMap((id) => chainOf(id, tags)))
  const own = new Set(named.flatMap((id) => chainOf(id, tags)).filter((id) => tags.has(id) && !known.has(id)))
  const lost = refs.filter(({ id, name }) => name.startsWith('refs/tags/') && types.get(id) === 'missing')
  const ids = new Set(lost.map(({ id }) => id))
  const recent: string[] = []
  for (const [id, { date }] of tags) {
    const end = chainOf(id, tags).at(-1) ?? id
    const type = types.get(end) ?? 'missing'
    const isRecent = ends.since === null || Number.isNaN(date) || date >= ends.since
    if (type === 'commit' && isChosen(end)) ids.add(id)
    else if (type === 'missing' || type === 'tag') for (const one of [id, end]) ids.add(one)
    else if (isRecent && (own.has(id) || (type !== 'commit' && ends.tips === null))) ids.add(id)
    else if (isRecent && ends.since !== null && type === 'commit') recent.push(id)
  }
  for (const id of await reached(repository.git, ends, recent, tags, signal)) ids.add(id)
  return { ids: [...ids], skipped }
}

/** All tags among these objects, and those that they tag. */
async function readTags(repository: Repository, ids: readonly string[], signal: AbortSignal): Promise<Tags> {
  const { git, target } = repository
  const tags = new Map<string, Tag>()
  const types = new Map<string, string>()
  let [open, isCut] = [[...new Set(ids)], false]
  for (let depth = 0; open.length > 0 && depth < deepest; depth += 1) {
    const answers = await typesOf(git, open, signal)
    isCut ||= answers.length < open.length
    for (const [at, id] of open.entries()) types.set(id, answers[at]?.replace(/^.* /, '') ?? '')
    const some = open.filter((id) => types.get(id) === 'tag')
    for await (const { index, bytes } of readHeads(git, some, 'tag', signal)) {
      const tag = parseTag(bytes)
      if (tag !== null) tags.set(some[index] ?? '', tag)
    }
    for (const id of some) if (!tags.has(id)) tags.set(id, { target: id, date: Number.NaN })
    open = [...new Set(some.flatMap((id) => tags.get(id)?.target ?? []))].filter((id) => !types.has(id))
  }
  const isDeep = open.length > 0
  const reason = isDeep ? `tags of tags, more than ${deepest} deep` : 'not every tag could be asked about'
  return {
    tags,
    types,
    skipped: isCut || isDeep ? [{ skipped: target, reason, hint: repairHint(repository) }] : [],
  }
}

/** https://git-scm.com/docs/git-mktag: header lines, an empty line, the message. */
function parseTag(bytes: Buffer): Tag | null {
  const end = bytes.indexOf('\n\n')
  const head = bytes.toString('latin1', 0, end === -1 ? bytes.length : end)
  const target = /^object ([0-9a-f]+)$/m.exec(head)?.[1]
  const seconds = /^tagger .*> *(-?\d+)(?: .*)?$/m.exec(head)?.[1]
  return target === undefined ? null : { target, date: Number(seconds ?? Number.NaN) * 1000 }
}

/** The object and whatever it leads to. */
function chainOf(id: string, tags: ReadonlyMap<string, Tag>): string[] {
  const chain = new Set([id])
  // A set grows while it is walked; a tag that could not be read leads to itself.
  for (const one of chain) chain.add(tags.get(one)?.target ?? one)
  return [...chain]
}

/** Those whose commit is on the side of the tips, however old it is. */
async function reached(
  git: Git,
  ends: Ends,
  ids: readonly string[],
  tags: ReadonlyMap<string, Tag>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (ids.length === 0 || (ends.tips === null && ends.excluded.length === 0)) return ids
  const commits = new Map(ids.map((id) => [id, chainOf(id, tags).at(-1) ?? id]))
  const wanted = new Set(commits.values())
  const walked = new Set<string>()
  const walk = startWalk(git, ends, [], signal)
  for await (const { id } of readCommits(walk.stdout, { ...ends, since: null }, new Set()))
    if (wanted.has(id)) walked.add(id)
  // Where it does not get to its end, the walk that chose the commits said so.
  await walk.exit
  signal.throwIfAborted()
  return ids.filter((id) => walked.has(commits.get(id) ?? ''))
}

import type { Repository } from '../repository.ts'
import { type Git, runGit } from '../run.ts'
import { readHeads } from './heads.ts'
import type { History } from './history.ts'
import { worktreeNames, worktreeRefs } from './worktrees.ts'

/** Something that keeps a commit: a ref, the HEAD of a worktree, an entry of the stash. */
export interface Tip {
  readonly name: string
  /** By number. */
  readonly commit: number
}

export interface Tips {
  /** In the order of their names; HEADs that no branch stands for last. */
  readonly tips: readonly Tip[]
  /** The commit of HEAD; -1: there is none. */
  readonly head: number
  /** Of what is no commit: the refs that name it, or a tag that leads to it. */
  readonly direct: ReadonlyMap<string, readonly string[]>
}

interface Named {
  readonly name: string
  readonly id: string
}

/** Tags of tags of tags… */
const deepest = 20

/** Whatever `git gc` starts from: refs of every kind and of every worktree, HEADs. */
export async function readTips(repository: Repository, history: History, signal: AbortSignal): Promise<Tips> {
  const { git } = repository
  const refs = await refsOf(repository, signal)
  const heads = await resolve(
    git,
    ['HEAD', 'main-worktree/HEAD', ...worktreeNames(repository.commonDir, 'HEAD')],
    signal,
  )
  const { commits, direct } = await followTags(git, refs, history, signal)
  const tips = refs.flatMap(({ name }) => tipOf(name, commits.get(name) ?? -1))
  const branches = new Set(
    tips.filter(({ name }) => name.startsWith('refs/heads/')).map(({ commit }) => commit),
  )
  for (const { name, id } of heads) {
    const commit = history.numberOf(id)
    if (branches.has(commit)) continue
    branches.add(commit)
    tips.push(...tipOf(name, commit))
  }
  const head = heads.find(({ name }) => name === 'HEAD')
  return { tips, head: head === undefined ? -1 : history.numberOf(head.id), direct }
}

function tipOf(name: string, commit: number): Tip[] {
  return commit === -1 ? [] : [{ name, commit }]
}

/** Of this worktree and of the others. */
export async function refsOf(repository: Repository, signal: AbortSignal): Promise<Named[]> {
  const { git } = repository
  return [...(await allRefs(git, signal)), ...(await resolve(git, worktreeRefs(repository), signal))]
}

async function allRefs(git: Git, signal: AbortSignal): Promise<Named[]> {
  const list = await runGit(git, ['for-each-ref', '--format=%(objectname) %(refname)'], signal)
  return linesOf(list.stdout).map((line) => {
    const space = line.indexOf(' ')
    return { id: line.slice(0, space), name: line.slice(space + 1) }
  })
}

async function resolve(git: Git, names: readonly string[], signal: AbortSignal): Promise<Named[]> {
  const ids = await check(git, names, '%(objectname)', signal)
  return names.flatMap((name, at) => {
    const id = ids[at] ?? ''
    return /^[0-9a-f]+$/.test(id) ? [{ name, id }] : []
  })
}

/** In their order; `<id> missing` of what is not here. Fewer than were asked for: git could not go on. */
export function typesOf(git: Git, ids: readonly string[], signal: AbortSignal): Promise<string[]> {
  return check(git, ids, '%(objecttype)', signal)
}

/** A line an answer. */
async function check(
  git: Git,
  names: readonly string[],
  format: string,
  signal: AbortSignal,
): Promise<string[]> {
  if (names.length === 0) return []
  const args = ['cat-file', `--batch-check=${format}`, '--buffer']
  return linesOf((await runGit(git, args, signal, `${names.join('\n')}\n`)).stdout)
}

function linesOf(output: Buffer): string[] {
  return output
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
}

/** `commits`: by the name of the ref. */
async function followTags(git: Git, refs: readonly Named[], history: History, signal: AbortSignal) {
  const commits = new Map<string, number>()
  const direct = new Map<string, string[]>()
  let open = refs
  for (let depth = 0; open.length > 0 && depth < deepest; depth++) {
    const others: Named[] = []
    for (const ref of open) {
      const commit = history.numberOf(ref.id)
      if (commit === -1) others.push(ref)
      else commits.set(ref.name, commit)
    }
    for (const { id, name } of others) add(direct, id, name)
    const targets = await tagTargets(git, [...new Set(others.map(({ id }) => id))], signal)
    open = others.flatMap(({ name, id }) => {
      const target = targets.get(id)
      return target === undefined ? [] : [{ name, id: target }]
    })
  }
  return { commits, direct }
}

async function tagTargets(
  git: Git,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const types = await typesOf(git, ids, signal)
  const tags = ids.filter((_, at) => types[at] === 'tag')
  const targets = new Map<string, string>()
  for await (const { index, bytes } of readHeads(git, tags, 'tag', signal)) {
    const target = /^object ([0-9a-f]+)$/m.exec(bytes.toString('latin1', 0, 100))?.[1]
    if (target !== undefined) targets.set(tags[index] ?? '', target)
  }
  return targets
}

function add(map: Map<string, string[]>, id: string, name: string): void {
  const names = map.get(id)
  if (names === undefined) map.set(id, [name])
  else names.push(name)
}

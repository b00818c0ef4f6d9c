import { nameOf } from '../../name.ts'
import type { Skipped, Unit } from '../../types.ts'
import type { Gitlink } from '../folder/index-names.ts'
import type { Repository } from '../repository.ts'
import { runGit, startGit } from '../run.ts'

/** What every gitlink's entry in a tree begins with. https://git-scm.com/docs/git-fast-import (160000) */
const gitlink = Buffer.from('160000 ')
/** At most this many are named one by one. */
const NAMED = 100

/** Last parts of the paths of gitlinks in trees that were read. */
export type Gitlinks = Set<string>

/**
 * `tree` as git stores it: `mode SP name NUL id`, again and again; `idLength` in bytes. Of one that was made by changing
 * another only the `parts` (from, to, from, to) that are new need be looked at.
 */
export function noteGitlinks(
  tree: Buffer,
  idLength: number,
  links: Gitlinks,
  parts: ArrayLike<number> = [0, tree.length],
): void {
  for (let i = 0; i < parts.length; i += 2) {
    const [from, to] = [parts[i] as number, parts[i + 1] as number]
    const part = tree.subarray(from, to)
    for (let found = part.indexOf(gitlink); found !== -1; found = part.indexOf(gitlink, found + 1)) {
      const at = from + found
      const nul = tree.indexOf(0, at)
      // An entry begins where the id of the last one ends; within a name or an id the same bytes mean nothing.
      if (nul !== -1 && (at === 0 || tree[at - idLength - 1] === 0))
        links.add(tree.toString('latin1', at + gitlink.length, nul))
    }
  }
}

/**
 * Gitlinks that only other commits have and whose repository is not here: by the last part of the path, since a tree
 * does not know where it stands.
 */
export function countElsewhere(
  links: Gitlinks,
  now: readonly Gitlink[],
  nested: readonly Repository[],
): number {
  const known = [
    ...now.map(({ path }) => path),
    ...nested.map(({ nested }) => nested?.path ?? Buffer.alloc(0)),
  ]
  const named = new Set(known.map((path) => path.subarray(path.lastIndexOf('/') + 1).toString('latin1')))
  return [...links].filter((link) => !named.has(link)).length
}

/** What HEAD has, for a repository without an index. */
export async function gitlinksOfHead({ git }: Repository, signal: AbortSignal): Promise<Gitlink[]> {
  const child = startGit(git, ['ls-tree', '-r', '-z', '--full-tree', 'HEAD'], signal)
  child.stdin.end()
  const links: Gitlink[] = []
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([rest, chunk])
    let at = 0
    for (let end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, at)) {
      if (bytes.subarray(at, at + gitlink.length).equals(gitlink)) links.push(linkOf(bytes.subarray(at, end)))
      at = end + 1
    }
    rest = bytes.subarray(at)
  }
  // Before the first commit there is no HEAD; one that cannot be read is said to be missing elsewhere.
  await child.exit
  signal.throwIfAborted()
  return links
}

/** `160000 SP commit SP id TAB path` */
function linkOf(entry: Buffer): Gitlink {
  const tab = entry.indexOf(9)
  return {
    path: Buffer.from(entry.subarray(tab + 1)),
    commit: entry.toString('latin1', 0, tab).split(' ')[2] ?? '',
  }
}

/** By path, as `.gitmodules` of the index or of HEAD has them. https://git-scm.com/docs/gitmodules */
export async function submoduleNames(
  { git }: Repository,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Buffer>> {
  const names = new Map<string, Buffer>()
  for (const blob of ['HEAD:.gitmodules', ':.gitmodules']) {
    const wanted = ['--get-regexp', '^submodule\\..*\\.path$']
    const answer = await runGit(git, ['config', '--blob', blob, '-z', ...wanted], signal)
    if (answer.code !== 0) continue
    for (const line of answer.stdout.toString('latin1').split('\0')) {
      const [, name, path] = /^submodule\.(.*)\.path\n(.*)$/s.exec(line) ?? []
      if (name !== undefined && path !== undefined) names.set(path, Buffer.from(name, 'latin1'))
    }
  }
  return names
}

export function notInitialised(links: readonly Gitlink[]): Skipped[] {
  const reason = 'not initialised: its history is not here'
  const hint = 'git submodule update --init --recursive'
  const skipped: Skipped[] = links
    .slice(0, NAMED)
    .map(({ path }) => ({ skipped: `submodule ${nameOf(path).text}`, reason, hint }))
  if (links.length > NAMED)
    skipped.push({ skipped: 'submodules', reason: `${links.length - NAMED} more are not initialised`, hint })
  return skipped
}

/** Commits that the index or HEAD around a submodule names and its own repository lacks; it has `commits`. */
export async function pinnedGap(
  { nested, git }: Repository,
  commits: readonly string[],
  signal: AbortSignal,
): Promise<Skipped[]> {
  const wanted = new Set(nested?.pinned ?? [])
  for (const id of commits) wanted.delete(id)
  if (wanted.size === 0) return []
  // What was read before is not read again.
  const ids = [...wanted].map((id) => `${id}\n`).join('')
  const answer = await runGit(git, ['cat-file', '--batch-check'], signal, ids)
  const missing = answer.stdout.toString('latin1').match(/^[0-9a-f]+(?= missing$)/gm) ?? []
  return missing.map((id) => ({
    skipped: `object ${id}`,
    reason: 'the commit that the repository around it has chosen is not here',
    hint: 'git submodule update --init --recursive',
  }))
}

/** What is said and found of a submodule's repository, with the submodule named. */
export function ofSubmodule<Item extends Unit | Skipped>({ nested }: Repository, item: Item): Item {
  if (nested === undefined) return item
  if ('skipped' in item) return { ...item, skipped: `submodule ${nested.name}: ${item.skipped}` }
  const { origin } = item
  if (origin.kind !== 'object' && origin.kind !== 'ref') return item
  return { ...item, origin: { ...origin, repository: nested.name } }
}

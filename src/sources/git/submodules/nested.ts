import { isUtf8 } from 'node:buffer'
import { realpathSync } from 'node:fs'
import { nameOf } from '../../name.ts'
import type { Skipped } from '../../types.ts'
import { gitFolderAt } from './checked-out.ts'
import { flawOf, type GitFolder } from './git-folders.ts'
import type { Gitlink } from '../folder/index-names.ts'
import { below, type Repository, shownFolder, workTreeOf } from '../repository.ts'
import { type Git, passedInside } from '../run.ts'
import { strangeFileIn } from '../folder/strange-files.ts'
import { notInitialised, submoduleNames } from './submodules.ts'

export interface NestedRepositories {
  readonly repositories: readonly Repository[]
  readonly skipped: readonly Skipped[]
}

/** A git folder and what is known so far of its submodule. */
interface Draft {
  readonly folder: Buffer
  readonly shown: string
  readonly name: Buffer
  readonly worktree: Buffer | null
  path: Buffer | null
  workTree: Buffer | null
  readonly pinned: string[]
}

/**
 * The repositories of a repository's submodules: those in git folders below its own, and those that lie in the working
 * tree whole, as git made them before 1.7.8. `links`: what the index has, in a bare repository HEAD; one of them that has
 * no repository here is skipped. What lies in them in turn is found by asking for each.
 */
export async function nestedRepositories(
  repository: Repository,
  folders: readonly GitFolder[],
  links: readonly Gitlink[],
  signal: AbortSignal,
): Promise<NestedRepositories> {
  const drafts = new Map(folders.map((folder) => draftOf(repository, folder)))
  const skipped: Skipped[] = []
  const tree = links.length === 0 ? null : await workTreeOf(repository, signal)
  const others: Gitlink[] = []
  for (const link of distinct(links)) {
    const at = tree === null ? null : gitFolderAt(tree, link.path)
    if (tree === null || at === null) others.push(link)
    else place(drafts, tree, at, link, skipped)
  }
  const names = others.length === 0 ? null : await submoduleNames(repository, signal)
  const absent: Gitlink[] = []
  for (const link of others) {
    const name = names?.get(link.path.toString('latin1')) ?? link.path
    const kept = [...drafts.values()].find((draft) => isOwn(repository, draft) && draft.name.equals(name))
    if (kept === undefined) absent.push(link)
    else pin(kept, link, null)
  }
  skipped.push(...notInitialised(absent))
  const readable: Draft[] = []
  for (const draft of drafts.values()) {
    const reason = flawFor(repository.git, draft.folder)
    if (reason === null) readable.push(draft)
    else skipped.push({ skipped: draft.shown, reason })
  }
  return { repositories: namedApart(repository, readable), skipped }
}

/** HEAD and the index mostly have the same; where they do not, both are wanted. */
function distinct(links: readonly Gitlink[]): Iterable<Gitlink> {
  return new Map(links.map((link) => [`${link.commit} ${link.path.toString('latin1')}`, link])).values()
}

function draftOf(repository: Repository, { folder, place: at, name, worktree }: GitFolder): [string, Draft] {
  const real = realpathSync.native(folder, 'buffer')
  const shown = `${shownFolder(repository)}/${nameOf(at).text}`
  return [
    real.toString('latin1'),
    { folder: real, shown, name, worktree, path: null, workTree: null, pinned: [] },
  ]
}

/** `at`: where the submodule's git folder is by what stands in the working tree. */
function place(
  drafts: Map<string, Draft>,
  tree: Buffer,
  at: Buffer,
  link: Gitlink,
  skipped: Skipped[],
): void {
  const known = drafts.get(at.toString('latin1'))
  const workTree = below(tree, link.path)
  const path = nameOf(link.path).text
  if (known !== undefined) pin(known, link, workTree)
  else if (!at.equals(below(realpathSync.native(workTree, 'buffer'), '.git'))) {
    skipped.push({
      skipped: `submodule ${path}`,
      reason: `its git folder is ${nameOf(at).text}, which is not below this one`,
      hint: 'scan it by itself: pplx-warden scan git, in the folder of the submodule',
    })
  } else if (flawOf(at) !== null) {
    skipped.push({ skipped: `submodule ${path}`, reason: `${path}/.git is no git folder: ${flawOf(at)}` })
  } else {
    const draft = { folder: at, shown: `${path}/.git`, name: link.path, worktree: null }
    drafts.set(at.toString('latin1'), { ...draft, path: link.path, workTree, pinned: [link.commit] })
  }
}

function pin(draft: Draft, { path, commit }: Gitlink, workTree: Buffer | null): void {
  draft.path ??= path
  draft.workTree ??= workTree
  draft.pinned.push(commit)
}

/** Each linked worktree has git folders of its own for its submodules. */
function isOwn({ gitDir, commonDir }: Repository, { worktree }: Draft): boolean {
  return gitDir.equals(worktree === null ? commonDir : below(commonDir, 'worktrees', worktree))
}

/** null: git can be asked about it. */
function flawFor({ env, cwd }: Git, folder: Buffer): string | null {
  if (!isUtf8(folder)) return 'its name is no UTF-8, so that git cannot be started in it'
  const strange = strangeFileIn({ gitDir: folder, commonDir: folder }, { env, cwd, inherit: false })
  return strange === null ? null : `${nameOf(strange.file).text}: ${strange.reason}`
}

function namedApart({ git, nested }: Repository, drafts: readonly Draft[]): Repository[] {
  const taken = new Set<string>()
  return drafts.map(({ folder, shown, name, worktree, path, workTree, pinned }) => {
    const own = path ?? name
    const text = nameOf(nested === undefined ? own : below(Buffer.from(nested.name), own)).text
    const where = worktree === null ? text : `${text} of worktree ${nameOf(worktree).text}`
    const label = taken.has(where) ? `${text} (${shown})` : where
    taken.add(label)
    return {
      git: gitAt(git, folder.toString('utf8')),
      gitDir: folder,
      commonDir: folder,
      target: shown,
      nested: {
        name: label,
        path: nested === undefined ? own : below(nested.path, own),
        folder: shown,
        workTree,
        pinned,
      },
    }
  })
}

/**
 * In a git folder that was found by us, below one that git accepted: nothing that the environment says about another
 * repository holds for it, and whose it is was asked there. Its working tree, which may be gone, is not looked for.
 */
function gitAt({ spawn, env }: Git, folder: string): Git {
  const kept = Object.entries(env).filter(([name]) => !passedInside.includes(name))
  const named = { ...Object.fromEntries(kept), GIT_DIR: folder, GIT_WORK_TREE: folder }
  return { spawn, env: named, cwd: folder, inherit: true }
}

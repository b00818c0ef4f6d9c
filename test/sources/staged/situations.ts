import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Repo, temporary, write } from '../support.ts'

/** Where the scan runs; by default in the repository. */
export interface Place {
  readonly dir?: string
  readonly env?: Record<string, string>
}

export interface Situation {
  /** Who reads what is staged: we do, or git is asked. */
  readonly by: 'us' | 'git'
  /** Something could not be read, and is said to be so. */
  readonly incomplete?: true
  /** How often the token is found; 1 unless said otherwise, 0 where nothing new is staged. */
  readonly found?: number
  /** Makes the situation with a token that a commit would add. */
  readonly make: (repo: Repo, token: string) => Place | void
}

const body = Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join('')

/** A repository in another state than the usual one; a file with a token is staged in each. */
export const states: Record<string, Situation> = {
  'before the first commit': { by: 'us', make: (repo, token) => repo.stage({ 'a.txt': token }) },
  'a file changed': staged({}),
  'in a sub-folder': staged({ after: (repo) => ({ dir: join(repo.dir, 'src') }) }),
  'in the git folder itself': staged({ by: 'git', after: (repo) => ({ dir: join(repo.dir, '.git') }) }),
  'all packed': staged({ after: (repo) => void repo.git('repack', '-adq') }),
  'refs packed': staged({ after: (repo) => void repo.git('pack-refs', '--all') }),
  'HEAD detached': staged({ after: (repo) => void repo.git('checkout', '-q', '--detach') }),
  'index of version 4': staged({ after: (repo) => void repo.git('update-index', '--index-version', '4') }),
  'split index': staged({ by: 'git', before: (repo) => void repo.git('update-index', '--split-index') }),
  'untracked cache': staged({ before: (repo) => void repo.git('update-index', '--untracked-cache') }),
  'flags of entries': staged({
    after: (repo) => void repo.git('update-index', '--skip-worktree', 'old.txt'),
  }),
  'sum of the index left out': staged({ after: (repo) => void repo.git('config', 'index.skipHash', 'true') }),
  'sparse checkout': {
    by: 'us',
    make(repo, token) {
      repo.commit({ 'in/a.txt': 'a', 'out/b.txt': 'b' })
      repo.git('sparse-checkout', 'set', '--cone', 'in')
      write(repo.dir, { 'in/a.txt': token })
      repo.git('add', 'in')
    },
  },
  'sparse index': { by: 'us', make: sparseIndex },
  'something staged in a sparse folder': {
    by: 'us',
    make(repo, token) {
      sparseIndex(repo, 'nothing')
      const id = repo.gitWith({ input: token }, 'hash-object', '-w', '--stdin')
      repo.git('update-index', '--add', '--cacheinfo', `100644,${id},out/deep/new.txt`)
    },
  },
  'another commit, of which a sparse folder is the other one': {
    by: 'git',
    make(repo, token) {
      const before = repo.commit({ 'in/a.txt': 'a', 'out/deep/b.txt': 'b' })
      repo.commit({ 'out/deep/b.txt': token })
      repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'in')
      repo.git('update-ref', 'HEAD', before)
    },
  },
  'a worktree': {
    by: 'us',
    make(repo, token) {
      repo.commit({ 'a.txt': '1' })
      const dir = join(temporary(), 'tree')
      repo.git('worktree', 'add', '-q', dir, '-b', 'other')
      write(dir, { 'w.txt': token })
      repo.git('-C', dir, 'add', 'w.txt')
      return { dir }
    },
  },
  '.git is a link': staged({
    after(repo) {
      const real = join(temporary(), 'real.git')
      renameSync(join(repo.dir, '.git'), real)
      symlinkSync(real, join(repo.dir, '.git'))
    },
  }),
  '.git is a file': staged({
    after(repo) {
      const real = join(temporary(), 'real.git')
      renameSync(join(repo.dir, '.git'), real)
      writeFileSync(join(repo.dir, '.git'), `gitdir: ${real}\n`)
    },
  }),
  'GIT_DIR and GIT_WORK_TREE set': staged({
    after: ({ dir }) => ({ dir: temporary(), env: { GIT_DIR: join(dir, '.git'), GIT_WORK_TREE: dir } }),
  }),
  'GIT_DIR set, relative': staged({ after: () => ({ env: { GIT_DIR: '.git' } }) }),
  'core.worktree set': staged({ after: (repo) => void repo.git('config', 'core.worktree', temporary()) }),
  'GIT_INDEX_FILE as git sets it for hooks': staged({
    after: () => ({ env: { GIT_INDEX_FILE: '.git/index', GIT_PREFIX: '' } }),
  }),
  'GIT_CEILING_DIRECTORIES set': staged({
    by: 'git',
    after: () => ({ env: { GIT_CEILING_DIRECTORIES: '/nowhere' } }),
  }),
  'objects borrowed': {
    by: 'us',
    make(repo, token) {
      repo.commit({ 'a.txt': 'a', 'deep/b.txt': 'b' })
      const dir = join(temporary(), 'clone')
      repo.git('clone', '-q', '--shared', repo.dir, dir)
      write(dir, { 'deep/b.txt': token })
      repo.git('-C', dir, 'add', '-A')
      return { dir }
    },
  },
  'objects elsewhere by the environment': {
    by: 'us',
    make(repo, token) {
      repo.commit({ 'a.txt': 'a' })
      const place = temporary()
      const env = {
        GIT_OBJECT_DIRECTORY: place,
        GIT_ALTERNATE_OBJECT_DIRECTORIES: join(repo.dir, '.git', 'objects'),
      }
      write(repo.dir, { 'a.txt': token })
      repo.gitWith({ env }, 'add', 'a.txt')
      return { env }
    },
  },
  'a shallow clone': clone(['--depth', '1'], {}),
  'a clone that lacks what was there before': clone(['--filter=blob:none', '--no-checkout'], {
    incomplete: true,
  }),
  'an extension of the repository': staged({
    after: (repo) => void repo.git('config', 'extensions.preciousObjects', 'true'),
  }),
}

/** What is staged, in a usual repository. */
export const contents: Record<string, Situation> = {
  'a rename with a change': {
    by: 'us',
    make(repo, token) {
      repo.commit({ 'old.txt': body })
      repo.git('mv', 'old.txt', 'new.txt')
      repo.stage({ 'new.txt': `${body}${token}\n` })
    },
  },
  'a rename of a file that had it': {
    by: 'us',
    found: 0,
    make(repo, token) {
      repo.commit({ 'old.txt': `${body}${token}\n` })
      repo.git('mv', 'old.txt', 'new.txt')
      repo.stage({ 'new.txt': `${body}changed\n${token}\n` })
    },
  },
  'a file becomes a link': {
    by: 'us',
    make(repo, token) {
      repo.commit({ 'a.txt': 'a' })
      unlinkSync(join(repo.dir, 'a.txt'))
      symlinkSync(token, join(repo.dir, 'a.txt'))
      repo.git('add', '-A')
    },
  },
  'a link becomes a file, a file a folder': {
    by: 'us',
    found: 2,
    make(repo, token) {
      symlinkSync('nowhere', join(repo.dir, 'link'))
      repo.commit({ file: 'a' })
      unlinkSync(join(repo.dir, 'link'))
      unlinkSync(join(repo.dir, 'file'))
      repo.stage({ link: token, 'file/a.txt': token })
    },
  },
  'a folder becomes a submodule, a submodule a folder': {
    by: 'us',
    make(repo, token) {
      const id = repo.commit({ 'folder/a.txt': 'a' })
      repo.git('update-index', '--add', '--cacheinfo', `160000,${id},sub`)
      repo.git('commit', '-q', '-m', 'a submodule')
      repo.git('rm', '-rq', '--cached', 'folder', 'sub')
      repo.git('update-index', '--add', '--cacheinfo', `160000,${id},folder`)
      write(repo.dir, { 'sub/b.txt': token })
      repo.git('add', 'sub/b.txt')
    },
  },
  'a change of mode': {
    by: 'us',
    found: 0,
    make(repo, token) {
      repo.commit({ 'a.txt': token })
      chmodSync(join(repo.dir, 'a.txt'), 0o755)
      repo.git('add', '-A')
    },
  },
  'meant to be added': {
    by: 'us',
    found: 0,
    make(repo, token) {
      repo.commit({ 'a.txt': 'a' })
      write(repo.dir, { 'later.txt': token })
      repo.git('add', '-N', 'later.txt')
    },
  },
  'CRLF and a clean filter, neither of them run': {
    by: 'us',
    make(repo, token) {
      repo.git('config', 'filter.hide.clean', 'sed s/pplx/gone/')
      repo.git('config', 'filter.hide.required', 'true')
      repo.stage({ 'a.txt': `x\r\n${token}\r\n` })
      write(repo.dir, { '.gitattributes': '* text=auto filter=hide\n' })
    },
  },
  'attributes: -diff, binary, textconv, diff.external': {
    by: 'us',
    found: 3,
    make(repo, token) {
      repo.git('config', 'diff.hide.textconv', 'true')
      repo.git('config', 'diff.external', 'true')
      repo.stage({ 'a.nodiff': token, 'b.bin': `\0${token}\0`, 'c.hide': token })
      repo.stage({ '.gitattributes': '*.nodiff -diff\n*.bin binary\n*.hide diff=hide\n' })
    },
  },
  'settings of diff': {
    by: 'us',
    make(repo, token) {
      for (const setting of [
        'color.ui=always',
        'diff.noprefix=true',
        'diff.ignoreSubmodules=all',
        'core.abbrev=4',
      ])
        repo.git('config', ...setting.split('='))
      repo.commit({ 'a.txt': 'a' })
      repo.stage({ 'a.txt': token })
    },
  },
  'UTF-16': {
    by: 'us',
    make: (repo, token) => repo.stage({ 'a.txt': Buffer.from(`\ufeff${token}\r\n`, 'utf16le') }),
  },
  'a file of several megabytes': {
    by: 'us',
    make: (repo, token) => repo.stage({ 'a.txt': `${'x y z\n'.repeat(1 << 19)}${token}\n`, 'b.txt': 'b' }),
  },
  'a blob that is missing beside it': {
    by: 'us',
    incomplete: true,
    make(repo, token) {
      repo.stage({ 'a.txt': 'a', 'b.txt': token })
      removeObject(repo, repo.git('rev-parse', ':a.txt'))
    },
  },
  'a blob that is damaged beside it': {
    by: 'us',
    incomplete: true,
    make(repo, token) {
      repo.stage({ 'a.txt': 'a', 'b.txt': token })
      const id = repo.git('rev-parse', ':a.txt')
      removeObject(repo, id)
      writeFileSync(objectFile(repo, id), 'no object')
    },
  },
}

/** Something has been begun and is not finished. */
export const unfinished: Record<string, Situation> = {
  'a merge with a conflict': {
    by: 'us',
    incomplete: true,
    make(repo, token) {
      conflict(repo)
      write(repo.dir, { 'new.txt': token })
      repo.git('add', 'new.txt')
    },
  },
  'a conflict resolved to something evil': {
    by: 'us',
    make(repo, token) {
      conflict(repo)
      repo.stage({ 'a.txt': `main side ${token}\n` })
    },
  },
  'conflict markers left in': {
    by: 'us',
    make(repo, token) {
      conflict(repo)
      repo.stage({ 'a.txt': `<<<<<<< HEAD\n${token}\n=======\nside\n>>>>>>> side\n` })
    },
  },
  'a merge, of which a parent had it': {
    by: 'us',
    found: 0,
    make(repo, token) {
      conflict(repo, token)
      repo.stage({ 'a.txt': `main and ${token}\n` })
    },
  },
  'an octopus, of which the last parent had it': {
    by: 'us',
    found: 0,
    make(repo, token) {
      octopus(repo, token)
      repo.stage({ 'three.txt': `changed ${token}\n` })
    },
  },
  'an octopus with something evil': {
    by: 'us',
    make(repo, token) {
      octopus(repo, 'nothing')
      repo.stage({ 'two.txt': `changed ${token}\n` })
    },
  },
  'a cherry-pick': {
    by: 'us',
    make(repo, token) {
      repo.commit({ 'a.txt': 'a' })
      repo.git('checkout', '-q', '-b', 'side')
      repo.commit({ 'b.txt': token })
      repo.git('checkout', '-q', 'main')
      repo.git('cherry-pick', '--no-commit', 'side')
    },
  },
}

interface Staged {
  readonly by?: 'git'
  readonly before?: (repo: Repo) => void
  readonly after?: (repo: Repo) => Place | void
}

/** A file in a folder changes to hold the token; before and after it something else happens. */
function staged({ by, before, after }: Staged): Situation {
  return {
    by: by ?? 'us',
    make(repo, token) {
      repo.commit({ 'old.txt': 'old', 'src/a.txt': 'a', 'other/b.txt': 'b' })
      before?.(repo)
      repo.stage({ 'src/a.txt': `a\n${token}\n` })
      return after?.(repo)
    },
  }
}

function sparseIndex(repo: Repo, token: string): void {
  repo.commit({ 'in/a.txt': 'a', 'out/deep/b.txt': 'b', 'out/c.txt': 'c' })
  repo.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'in')
  write(repo.dir, { 'in/a.txt': token })
  repo.git('add', 'in')
}

function clone(how: readonly string[], more: Pick<Situation, 'incomplete'>): Situation {
  return {
    by: 'us',
    ...more,
    make(repo, token) {
      repo.commit({ 'a.txt': 'a' })
      repo.commit({ 'a.txt': 'b' })
      repo.git('config', 'uploadpack.allowFilter', 'true')
      const dir = join(temporary(), 'clone')
      repo.git('clone', '-q', ...how, `file://${repo.dir}`, dir)
      repo.git('-C', dir, 'read-tree', 'HEAD')
      write(dir, { 'a.txt': token })
      repo.git('-C', dir, 'add', 'a.txt')
      return { dir }
    },
  }
}

function conflict(repo: Repo, theirs = 'side'): void {
  repo.commit({ 'a.txt': 'base\n', 'b.txt': 'b' })
  repo.git('checkout', '-q', '-b', 'side')
  repo.commit({ 'a.txt': `${theirs}\n` })
  repo.git('checkout', '-q', 'main')
  repo.commit({ 'a.txt': 'main\n' })
  try {
    repo.git('merge', '-q', '--no-commit', '--no-ff', 'side')
  } catch {
    return
  }
  throw new Error('no conflict')
}

function octopus(repo: Repo, third: string): void {
  repo.commit({ 'a.txt': 'base\n' })
  for (const [branch, content] of [
    ['one', '1'],
    ['two', '2'],
    ['three', third],
  ] as const) {
    repo.git('checkout', '-q', '-b', branch, 'main')
    repo.commit({ [`${branch}.txt`]: content })
  }
  repo.git('checkout', '-q', 'main')
  repo.git('merge', '-q', '--no-commit', '--no-ff', 'one', 'two', 'three')
}

function objectFile(repo: Repo, id: string): string {
  return join(repo.dir, '.git', 'objects', id.slice(0, 2), id.slice(2))
}

function removeObject(repo: Repo, id: string): void {
  rmSync(objectFile(repo, id), { force: true })
  mkdirSync(join(objectFile(repo, id), '..'), { recursive: true })
}

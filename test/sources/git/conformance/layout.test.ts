import { mkdirSync, renameSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { randomToken } from '../../../support.ts'
import { Repo, temporary, write } from '../../support.ts'
import { conform, type Situation, withPast } from './situation.ts'

/** Where the repository is, how it is named, and what kind it is. */
conform('layout', {
  'no commit yet': () => ({ dir: new Repo().dir, leaks: [] }),
  'no commit yet, but something staged': () => {
    const [repo, token] = [new Repo(), randomToken()]
    repo.stage({ 'k.txt': token })
    return { dir: repo.dir, leaks: [{ token, count: 1 }] }
  },
  'bare, empty': () => ({ dir: new Repo(temporary(), '--bare').dir, leaks: [] }),
  bare: () => {
    const { repo, leaks } = leaky()
    const clone = temporary()
    repo.git('clone', '-q', '--bare', '.', clone)
    return { dir: clone, leaks }
  },
  mirror: () => {
    const { repo, leaks } = leaky()
    const clone = temporary()
    repo.git('clone', '-q', '--mirror', `file://${repo.dir}`, clone)
    return { dir: clone, leaks }
  },
  'SHA-256, loose': () => sha256(() => {}),
  'SHA-256, packed': () => sha256((repo) => repo.git('repack', '-q', '-a', '-d')),
  'SHA-256, packed with a multi-pack index': () =>
    sha256((repo) => repo.git('repack', '-q', '-a', '-d', '--write-midx')),
  'SHA-256, a missing blob': () => {
    const [repo, token] = [withPast('--object-format=sha256'), randomToken()]
    repo.commit({ 'k.txt': token, 'b.txt': 'gone' })
    const id = repo.git('rev-parse', 'HEAD:b.txt')
    renameSync(join(repo.dir, '.git/objects', id.slice(0, 2), id.slice(2)), join(temporary(), 'gone'))
    return { dir: repo.dir, leaks: [{ token, count: 1 }], gaps: [new RegExp(id)] }
  },
  'a folder of the worktree': () => {
    const { repo, leaks } = leaky()
    mkdirSync(join(repo.dir, 'sub/deep'), { recursive: true })
    return { dir: join(repo.dir, 'sub/deep'), leaks }
  },
  'a folder of the worktree as operand': () => {
    const { repo, leaks } = leaky()
    mkdirSync(join(repo.dir, 'sub'))
    return { dir: temporary(), operand: join(repo.dir, 'sub'), leaks }
  },
  'the git folder itself': () => {
    const { repo, leaks } = leaky()
    return { dir: join(repo.dir, '.git'), leaks }
  },
  'the git folder as operand': () => {
    const { repo, leaks } = leaky()
    return { dir: repo.dir, operand: '.git', leaks }
  },
  'core.worktree elsewhere': () => {
    const { repo, leaks } = leaky()
    repo.git('config', 'core.worktree', temporary())
    return { dir: repo.dir, leaks }
  },
  'core.worktree that is gone': () => {
    const { repo, leaks } = leaky()
    repo.git('config', 'core.worktree', '/nonexistent/place')
    return { dir: join(repo.dir, '.git'), leaks }
  },
  'symbolic link .git': () => {
    const { repo, leaks } = leaky()
    const elsewhere = join(temporary(), 'real')
    renameSync(join(repo.dir, '.git'), elsewhere)
    symlinkSync(elsewhere, join(repo.dir, '.git'))
    return { dir: repo.dir, leaks }
  },
  'symbolic link to the worktree': () => {
    const { repo, leaks } = leaky()
    const link = join(temporary(), 'link')
    symlinkSync(repo.dir, link)
    return { dir: link, leaks }
  },
  'symbolic link to the repository as operand': () => {
    const { repo, leaks } = leaky()
    const folder = temporary()
    symlinkSync(repo.dir, join(folder, 'link'))
    return { dir: folder, operand: 'link', leaks }
  },
  'objects behind a symbolic link': () => {
    const { repo, leaks } = leaky()
    const elsewhere = join(temporary(), 'objects')
    repo.git('repack', '-q', '-a', '-d')
    renameSync(join(repo.dir, '.git/objects'), elsewhere)
    symlinkSync(elsewhere, join(repo.dir, '.git/objects'))
    return { dir: repo.dir, leaks }
  },
  'pack behind a symbolic link': () => {
    const { repo, leaks } = leaky()
    repo.git('repack', '-q', '-a', '-d')
    const elsewhere = join(temporary(), 'pack')
    renameSync(join(repo.dir, '.git/objects/pack'), elsewhere)
    symlinkSync(elsewhere, join(repo.dir, '.git/objects/pack'))
    return { dir: repo.dir, leaks }
  },
  'file .git (--separate-git-dir)': () => {
    const { repo, leaks } = leaky()
    repo.git('init', '-q', '--separate-git-dir', join(temporary(), 'apart'))
    return { dir: repo.dir, leaks }
  },
  'file .git with a relative path': () => {
    const { repo, leaks } = leaky()
    renameSync(join(repo.dir, '.git'), join(repo.dir, 'kept'))
    write(repo.dir, { '.git': 'gitdir: ./kept\n' })
    return { dir: repo.dir, leaks }
  },
  'linked worktree': () => {
    const { repo, leaks } = leaky()
    const tree = join(temporary(), 'tree')
    repo.git('worktree', 'add', '-q', '--detach', tree)
    return { dir: tree, leaks }
  },
  'linked worktree of a bare repository': () => {
    const { repo, leaks } = leaky()
    const [clone, tree] = [temporary(), join(temporary(), 'tree')]
    repo.git('clone', '-q', '--bare', '.', clone)
    repo.git('-C', clone, 'worktree', 'add', '-q', '--detach', tree)
    return { dir: tree, leaks }
  },
  'linked worktree whose folder is gone': () => {
    const { repo, leaks } = leaky()
    const tree = join(temporary(), 'tree')
    repo.git('worktree', 'add', '-q', '--detach', tree)
    renameSync(tree, `${tree}.gone`)
    return { dir: repo.dir, leaks }
  },
  GIT_DIR: () => {
    const { repo, leaks } = leaky()
    return { dir: temporary(), env: { GIT_DIR: join(repo.dir, '.git') }, leaks }
  },
  'GIT_DIR, relative': () => {
    const { repo, leaks } = leaky()
    mkdirSync(join(repo.dir, 'sub'))
    return { dir: join(repo.dir, 'sub'), env: { GIT_DIR: '../.git' }, leaks }
  },
  'GIT_DIR and GIT_WORK_TREE': () => {
    const { repo, leaks } = leaky()
    const env = { GIT_DIR: join(repo.dir, '.git'), GIT_WORK_TREE: temporary() }
    return { dir: temporary(), env, leaks }
  },
  'GIT_DIR of another repository than this one': () => {
    const [here, there] = [leaky(), leaky()]
    return { dir: here.repo.dir, env: { GIT_DIR: join(there.repo.dir, '.git') }, leaks: there.leaks }
  },
  'GIT_DIR beside an operand': () => {
    const [here, there] = [leaky(), leaky()]
    const env = { GIT_DIR: join(there.repo.dir, '.git'), GIT_WORK_TREE: there.repo.dir }
    return { dir: temporary(), operand: here.repo.dir, env, leaks: here.leaks }
  },
  GIT_OBJECT_DIRECTORY: () => {
    const { repo, leaks } = leaky()
    const elsewhere = join(temporary(), 'objects')
    renameSync(join(repo.dir, '.git/objects'), elsewhere)
    mkdirSync(join(repo.dir, '.git/objects'))
    return { dir: repo.dir, env: { GIT_OBJECT_DIRECTORY: elsewhere }, leaks }
  },
  GIT_ALTERNATE_OBJECT_DIRECTORIES: () => {
    const [here, there] = [leaky(), leaky()]
    const env = { GIT_ALTERNATE_OBJECT_DIRECTORIES: join(there.repo.dir, '.git/objects') }
    return { dir: here.repo.dir, env, leaks: [...here.leaks, ...there.leaks] }
  },
  'environment that hides, replaces or grafts': () => {
    const { repo, leaks } = leaky()
    const env = {
      GIT_NAMESPACE: 'none',
      GIT_SHALLOW_FILE: '/dev/null',
      GIT_CONFIG_COUNT: '0',
      GIT_TRACE: '1',
    }
    return { dir: repo.dir, env: { ...env, GIT_LITERAL_PATHSPECS: '1', GIT_REF_PARANOIA: '0' }, leaks }
  },
  'folder with a newline, quotes and blanks': () => moved('a "b"\n\'c\' d'),
  'folder with a leading dash': () => moved('--bare'),
  'folder with glob characters': () => moved('[a]*?{b}'),
  'folder with a colon and a backslash': () => moved('c:\\x'),
  'folder named .git inside of a worktree': () => {
    const { repo, leaks } = leaky()
    repo.git('clone', '-q', '--bare', '.', join(repo.dir, 'sub/.git'))
    return { dir: join(repo.dir, 'sub'), leaks }
  },
  submodule: () => {
    const { repo, leaks } = leaky()
    const outer = withPast()
    outer.git('submodule', '--quiet', 'add', repo.dir, 'inner')
    return { dir: join(outer.dir, 'inner'), leaks }
  },
  'linked worktree of a submodule': () => {
    const { repo, leaks } = leaky()
    const [outer, tree] = [withPast(), join(temporary(), 'tree')]
    outer.git('submodule', '--quiet', 'add', repo.dir, 'inner')
    outer.git('-C', 'inner', 'worktree', 'add', '-q', '--detach', tree)
    return { dir: tree, leaks }
  },
  'sparse checkout': () => {
    const { repo, leaks } = leaky()
    repo.git('sparse-checkout', 'set', 'nothing-here')
    return { dir: repo.dir, leaks }
  },
  'sparse index': () => {
    const { repo, leaks } = leaky()
    repo.commit({ 'in/a.txt': '1', 'out/b/c.txt': '2' })
    repo.git('sparse-checkout', 'init', '--cone', '--sparse-index')
    repo.git('sparse-checkout', 'set', 'in')
    return { dir: repo.dir, leaks }
  },
  'split index': () => {
    const { repo, leaks } = leaky()
    repo.git('update-index', '--split-index')
    repo.commit({ 'b.txt': '1' })
    return { dir: repo.dir, leaks }
  },
  'worktree that was emptied': () => {
    const { repo, leaks } = leaky()
    renameSync(join(repo.dir, 'a.txt'), join(temporary(), 'a.txt'))
    return { dir: repo.dir, leaks }
  },
})

/** Leaked and taken back. */
function leaky(repo = withPast()): { repo: Repo; leaks: Situation['leaks'] } {
  const token = randomToken()
  const introducedBy = repo.commit({ 'k.txt': token })
  const removedBy = repo.commit({ 'k.txt': 'none' })
  return { repo, leaks: [{ token, count: 1, at: { introducedBy, removedBy, path: { text: 'k.txt' } } }] }
}

function sha256(put: (repo: Repo) => void): Situation {
  const { repo, leaks } = leaky(withPast('--object-format=sha256'))
  const name = randomToken()
  repo.commit({ [`${name}/a.txt`]: '1' })
  put(repo)
  return { dir: repo.dir, leaks: [...leaks, { token: name, at: { path: { text: name } } }] }
}

/** Scanned as an operand, from the folder above. */
function moved(name: string): Situation {
  const { repo, leaks } = leaky()
  const parent = temporary()
  renameSync(repo.dir, join(parent, name))
  return { dir: parent, operand: name, leaks }
}

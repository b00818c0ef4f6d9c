import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { expectedToFail } from '../sources/git/conformance/expected-to-fail.ts'
import { markedOrHolds } from '../sources/git/conformance/situation.ts'
import { Repo, temporary, write, pipe } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { bareEnvironment } from './command.ts'
import { endsWithin } from './limited.ts'

/** Changes a repository with a leak; gives what else is to be said of the outcome. */
type Harm = (repo: Repo) => Outcome | string | void
interface Outcome {
  /** Default: 1, the leak is found. */
  readonly codes?: readonly number[]
}

/** With nothing found the scan must be incomplete, or refuse. */
const unread: Outcome = { codes: [1, 2, 3] }

/** Files of the git folder that never end, or wait for somebody for ever. */
const table: Readonly<Record<string, Harm>> = {
  'alternates: its own objects': (repo) => alternates(repo, join(repo.dir, '.git/objects')),
  'alternates: its own objects by another path': (repo) => alternates(repo, '../objects/../objects'),
  'alternates: /dev/zero': (repo) => alternates(repo, '/dev/zero'),
  'alternates: a pipe': (repo) => alternates(repo, pipe(repo, '.git/alternate')),
  'alternates: two repositories that borrow from each other': (repo) => {
    const other = new Repo()
    alternates(other, join(repo.dir, '.git/objects'))
    alternates(repo, join(other.dir, '.git/objects'))
  },
  'alternates: 2000 folders that are not there': (repo) =>
    alternates(repo, ...Array.from({ length: 2000 }, (_, at) => `/nowhere/${at}`)),
  'alternates is a pipe': (repo) => (pipe(repo, '.git/objects/info/alternates'), unread),
  'alternates is /dev/zero': (repo) => (link(repo, '.git/objects/info/alternates', '/dev/zero'), unread),
  'HEAD is a pipe': (repo) => (pipe(repo, '.git/HEAD'), unread),
  'HEAD is /dev/zero': (repo) => (link(repo, '.git/HEAD', '/dev/zero'), unread),
  'configuration is a pipe': (repo) => (pipe(repo, '.git/config'), unread),
  'configuration includes a pipe': (repo) => {
    writeFileSync(join(repo.dir, '.git/config'), `[include]\n\tpath = ${pipe(repo, '.git/more')}\n`)
    return unread
  },
  'configuration includes itself': (repo) => {
    writeFileSync(join(repo.dir, '.git/config'), '[include]\n\tpath = config\n')
    return unread
  },
  'packed-refs is a pipe': (repo) => (pipe(repo, '.git/packed-refs'), unread),
  'a ref is a pipe': (repo) => (pipe(repo, '.git/refs/heads/pipe'), unread),
  'a ref is a link to /etc/passwd': (repo) => link(repo, '.git/refs/heads/out', '/etc/passwd'),
  'a ref is a link to /dev/zero': (repo) => (link(repo, '.git/refs/heads/out', '/dev/zero'), unread),
  'refs that point at each other': (repo) => {
    write(repo.dir, {
      '.git/refs/heads/a': 'ref: refs/heads/b\n',
      '.git/refs/heads/b': 'ref: refs/heads/a\n',
    })
  },
  'refs folder that is a link to itself': (repo) => link(repo, '.git/refs/heads/loop', '.'),
  'pack is a pipe': (repo) => {
    repo.git('repack', '-q', '-a', '-d')
    const [pack = ''] = execFileSync('find', [join(repo.dir, '.git/objects/pack'), '-name', '*.pack'], {
      encoding: 'utf8',
    }).split('\n')
    rmSync(pack)
    execFileSync('mkfifo', [pack])
    return unread
  },
  'index of a pack is a pipe': (repo) => {
    const name = `pack-${'ab'.repeat(20)}`
    write(repo.dir, { [`.git/objects/pack/${name}.pack`]: 'PACK' })
    pipe(repo, `.git/objects/pack/${name}.idx`)
    return unread
  },
  'multi-pack index is a pipe': (repo) => (pipe(repo, '.git/objects/pack/multi-pack-index'), unread),
  'commit graph is a pipe': (repo) => (pipe(repo, '.git/objects/info/commit-graph'), unread),
  'loose object is a pipe': (repo) => (pipe(repo, `.git/objects/ab/${'cd'.repeat(19)}`), unread),
  'loose object is /dev/zero': (repo) => (
    link(repo, `.git/objects/ab/${'cd'.repeat(19)}`, '/dev/zero'), unread
  ),
  'objects folder is a link to /': (repo) => link(repo, '.git/objects/ab', '/'),
  'index is a pipe': (repo) => (pipe(repo, '.git/index'), unread),
  'shallow is a pipe': (repo) => (pipe(repo, '.git/shallow'), unread),
  'grafts are a pipe': (repo) => pipe(repo, '.git/info/grafts'),
  'reflog is a pipe': (repo) => (pipe(repo, '.git/logs/HEAD'), unread),
  'reflog of a branch is a pipe': (repo) => (pipe(repo, '.git/logs/refs/heads/main'), unread),
  'hook is a pipe': (repo) => pipe(repo, '.git/hooks/pre-commit'),
  'hook is /dev/zero': (repo) => link(repo, '.git/hooks/pre-commit', '/dev/zero'),
  'message is a pipe': (repo) => pipe(repo, '.git/COMMIT_EDITMSG'),
  'message is /dev/zero': (repo) => link(repo, '.git/MERGE_MSG', '/dev/zero'),
  'attributes are a pipe': (repo) => pipe(repo, '.git/info/attributes'),
  '.git is a file that names itself': (repo) => {
    rmSync(join(repo.dir, '.git'), { recursive: true })
    writeFileSync(join(repo.dir, '.git'), 'gitdir: .git\n')
    return { codes: [2, 3] }
  },
  '.git is a pipe': (repo) => {
    rmSync(join(repo.dir, '.git'), { recursive: true })
    pipe(repo, '.git')
    return { codes: [2, 3] }
  },
  'commondir names itself': (repo) => (write(repo.dir, { '.git/commondir': '.\n' }), unread),
  'commondir is a pipe': (repo) => (pipe(repo, '.git/commondir'), unread),
  'worktree whose files are pipes': (repo) => {
    for (const name of ['HEAD', 'gitdir', 'commondir', 'index', 'logs/HEAD'])
      pipe(repo, `.git/worktrees/w/${name}`)
    return unread
  },
  'git folder of a submodule is made of pipes': (repo) => {
    for (const name of ['HEAD', 'config', 'index', 'packed-refs', 'objects/info/alternates'])
      pipe(repo, `.git/modules/m/${name}`)
    mkdirSync(join(repo.dir, '.git/modules/m/refs'))
    return unread
  },
  'git folder of a submodule is a link to this one': (repo) => {
    mkdirSync(join(repo.dir, '.git/modules'))
    link(repo, '.git/modules/m', '../..')
    return unread
  },
  'git folder of a submodule holds itself': (repo) => {
    write(repo.dir, { '.git/modules/m/HEAD': 'ref: refs/heads/main\n', '.git/modules/m/refs/x': '' })
    link(repo, '.git/modules/m/objects', '../../objects')
    link(repo, '.git/modules/m/modules', '..')
    return unread
  },
  'LFS object is a pipe': (repo) => (pipe(repo, `.git/lfs/objects/ab/cd/${'abcd'.repeat(16)}`), unread),
  'LFS object is /dev/zero': (repo) => (
    link(repo, `.git/lfs/objects/ab/cd/${'abcd'.repeat(16)}`, '/dev/zero'), unread
  ),
  '.gitmodules is a pipe': (repo) => pipe(repo, '.gitmodules'),
  'folders 400 deep among refs and reflogs': (repo) => {
    for (const folder of ['refs/heads', 'logs/refs/heads', 'hooks', 'modules'])
      mkdirSync(join(repo.dir, '.git', folder, 'd/'.repeat(400)), { recursive: true })
  },
}

/** Each row starts the command: some of them in every run, all of them, and what is known to hang, in prove. */
const isProving = process.env['PROVE'] === '1'
const names = Object.keys(table).filter(
  (name, at) => isProving || (at % 6 === 0 && !(`hostile files: ${name}` in expectedToFail)),
)

test.concurrent.each(names)('%s', { timeout: 60_000 }, async (name) => {
  const [repo, token] = [new Repo(), randomToken()]
  repo.commit({ 'k.txt': token })
  try {
    const { codes } = outcomeOf(table[name]?.(repo))
    const marked = `hostile files: ${name}`
    const limit = marked in expectedToFail ? 4_000 : 20_000
    await markedOrHolds(marked, async () => {
      const env = bareEnvironment({ GIT_CEILING_DIRECTORIES: dirname(repo.dir) })
      const ended = await endsWithin(limit, ['scan', 'git'], { cwd: repo.dir, env })
      expect(codes, ended.stdout + ended.stderr).toContain(ended.code)
      expect(ended.stdout + ended.stderr).not.toContain('root:x:0')
    })
  } finally {
    rmSync(repo.dir, { recursive: true, force: true })
  }
})

test('names with terminal escapes are shown escaped', async () => {
  const [repo, token] = [new Repo(), randomToken()]
  const name = 'a\u001b]0;title\u0007\u001b[2J\u009b31m\r\n.txt'
  repo.commit({ [name]: token, [`${name}.gz`]: Buffer.from([0x1f, 0x8b, 8, 0, 1]) }, `\u001b[31mred`)
  const env = { GIT_AUTHOR_NAME: '\u001b[5mAnn' }
  repo.gitWith({ env }, 'commit', '-q', '--amend', '--reset-author', '-m', 'x')
  const folder = temporary()
  renameSync(repo.dir, join(folder, '\u001b[1mrepo'))
  const how = { cwd: folder, env: bareEnvironment() }
  const ended = await endsWithin(20_000, ['scan', 'git', '\u001b[1mrepo'], how)
  expect(ended.code, ended.stderr).toBe(1)
  expect(ended.stdout + ended.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  expect(ended.stdout).toMatch(/title/)
})

function alternates(repo: Repo, ...folders: readonly string[]): void {
  write(repo.dir, { '.git/objects/info/alternates': folders.map((folder) => `${folder}\n`).join('') })
}

function link(repo: Repo, name: string, target: string): void {
  const file = join(repo.dir, name)
  mkdirSync(dirname(file), { recursive: true })
  rmSync(file, { force: true })
  symlinkSync(target, file)
}

function outcomeOf(said: Outcome | string | void): { codes: readonly number[] } {
  return { codes: typeof said === 'object' ? (said.codes ?? [1]) : [1] }
}

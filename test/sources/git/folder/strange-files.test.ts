import { execFileSync } from 'node:child_process'
import { rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gitSource } from '../../../../src/sources/git/source.ts'
import { refuseStrangeFiles } from '../../../../src/sources/git/folder/strange-files.ts'
import { stagedSource } from '../../../../src/sources/staged/source.ts'
import { randomToken } from '../../../support.ts'
import { contextAt, Repo, scan, temporary, write, pipe } from '../../support.ts'

/** Each makes something that git must not be asked beside; gives where it is asked from. */
const refused: Readonly<Record<string, (repo: Repo) => string | void>> = {
  'a link to a pipe': (repo) => link(repo, '.git/packed-refs', pipe(repo, 'pipe')),
  'from a folder of the working tree': (repo) => {
    write(repo.dir, { 'a/b/c.txt': '' })
    pipe(repo, '.git/HEAD')
    return join(repo.dir, 'a/b')
  },
  'behind a folder that only looks like a git folder': (repo) => {
    write(repo.dir, { 'a/HEAD': 'no\n', 'a/objects/x': '', 'a/refs/x': '' })
    pipe(repo, '.git/config')
    return join(repo.dir, 'a')
  },
  'the head of a merge': (repo) => void pipe(repo, '.git/MERGE_HEAD'),
  'a ref in a folder behind a link': (repo) => {
    const folder = temporary()
    execFileSync('mkfifo', [join(folder, 'main')])
    link(repo, '.git/refs/remotes', folder)
  },
  'an index of a pack that is borrowed': (repo) => {
    const lender = new Repo(temporary(), '--bare')
    pipe(lender, `objects/pack/pack-${'ab'.repeat(20)}.idx`)
    write(repo.dir, { '.git/objects/info/alternates': `${lender.dir}/objects\n` })
  },
  'the configuration of a linked worktree, seen from there': (repo) => {
    const tree = join(temporary(), 'tree')
    repo.git('worktree', 'add', '-q', tree)
    pipe(repo, '.git/worktrees/tree/config.worktree')
    return tree
  },
  'a HEAD of a gigabyte': (repo) => truncateSync(join(repo.dir, '.git/HEAD'), 2 ** 30),
  'a link from a ref to a gigabyte': (repo) => {
    writeFileSync(join(repo.dir, 'large'), '')
    truncateSync(join(repo.dir, 'large'), 2 ** 30)
    link(repo, '.git/refs/heads/large', join(repo.dir, 'large'))
  },
}

test.each(Object.entries(refused))('%s is refused', (_, make) => {
  const repo = committed()
  const cwd = make(repo) ?? repo.dir
  expect(() => refuseStrangeFiles({ env: {}, cwd, inherit: false })).toThrow(/: it is/)
})

const accepted: Readonly<Record<string, (repo: Repo) => string | void>> = {
  'a link to /dev/null': (repo) => link(repo, '.git/shallow', '/dev/null'),
  'a link to nothing': (repo) => link(repo, '.git/HEAD', 'refs/heads/unborn'),
  'links in a circle': (repo) => {
    link(repo, '.git/refs/heads/a', '..')
    link(repo, '.git/refs/heads/b', 'b')
  },
  'refs and objects behind links': (repo) => {
    const other = committed()
    for (const name of ['refs', 'objects', 'config'])
      link(repo, `.git/${name}`, join(other.dir, '.git', name))
  },
  'what git does not open': (repo) => {
    for (const name of ['COMMIT_EDITMSG', 'hooks/pre-commit', 'objects/ab/other']) pipe(repo, `.git/${name}`)
  },
  'no repository': () => temporary(),
}

test.each(Object.entries(accepted))('%s is not refused', (_, make) => {
  const repo = committed()
  const cwd = make(repo) ?? repo.dir
  expect(() => refuseStrangeFiles({ env: {}, cwd, inherit: false })).not.toThrow()
})

test('of a submodule only that is left out', async () => {
  const [repo, token] = [committed(), randomToken()]
  repo.commit({ 'k.txt': token })
  const inner = committed()
  repo.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', inner.dir, 'lib')
  pipe(repo, '.git/modules/lib/config')
  const signal = AbortSignal.timeout(15_000)
  const result = await scan(await gitSource(contextAt(repo.dir), undefined, signal), { signal })
  expect(result.findings).toHaveLength(1)
  expect(result.skipped).toContainEqual(
    expect.objectContaining({ skipped: '.git/modules/lib', reason: expect.stringMatching(/it is a pipe/) }),
  )
})

test.each(['objects', 'index'])('what is staged is not known where git would wait: %s', async (which) => {
  const repo = committed()
  write(repo.dir, { 'new.txt': 'new' })
  repo.git('add', '.')
  const id = repo.git('hash-object', 'new.txt')
  pipe(repo, which === 'index' ? '.git/index' : `.git/objects/${id.slice(0, 2)}/${id.slice(2)}`)
  const signal = AbortSignal.timeout(15_000)
  await expect(scan(stagedSource(contextAt(repo.dir)), { signal })).rejects.toThrow(/it is a pipe/)
})

test('a working tree that is gone, asked from elsewhere', async () => {
  const [repo, token] = [committed(), randomToken()]
  repo.commit({ 'k.txt': token })
  repo.git('config', 'core.worktree', '/nonexistent/place')
  const signal = AbortSignal.timeout(15_000)
  const result = await scan(await gitSource(contextAt('/'), repo.dir, signal), { signal })
  expect(result).toMatchObject({ findings: [{ occurrences: [{}] }], complete: true })
})

function committed(): Repo {
  const repo = new Repo()
  repo.commit({ 'a.txt': 'nothing\n' })
  return repo
}

function link(repo: Repo, name: string, target: string): void {
  const file = join(repo.dir, name)
  rmSync(file, { recursive: true, force: true })
  symlinkSync(target, file)
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { randomToken } from '../../../support.ts'
import { Repo, temporary } from '../../support.ts'
import { placeOf, placesIn, scanGit } from './support.ts'

test('all kinds of refs, in the order of their names, and no more than a hundred', async () => {
  const repo = new Repo()
  const token = randomToken()
  const leak = repo.commit({ 'a.txt': token })
  repo.commit({ 'a.txt': '2' })
  repo.git('tag', '-a', '-m', 'one', 'annotated')
  repo.git('tag', '-a', '-m', 'tag of a tag', 'twice', 'annotated')
  repo.git('update-ref', 'refs/pull/1/head', leak)
  repo.git('update-ref', 'refs/remotes/origin/main', leak)
  expect((await placeOf(repo, token)).commit).toEqual({
    id: leak,
    author: 'Ann <ann@example.com>',
    date: '2023-11-14T22:14:20.000Z',
    refs: [
      'refs/heads/main',
      'refs/pull/1/head',
      'refs/remotes/origin/main',
      'refs/tags/annotated',
      'refs/tags/twice',
    ],
    unreachable: false,
  })
  const many = Array.from({ length: 120 }, (_, at) => `create refs/x/${at} ${leak}\n`)
  repo.gitWith({ input: many.join('') }, 'update-ref', '--stdin')
  expect((await placeOf(repo, token)).commit?.refs.length).toBe(100)
})

test('the HEAD of another worktree and its bisect refs reach, a ref to what is missing does no harm', async () => {
  const repo = new Repo()
  const [detached, bisected, own] = [randomToken(), randomToken(), randomToken()]
  const base = repo.commit({ 'a.txt': '1' })
  const other = join(temporary(), 'tree')
  repo.git('worktree', 'add', '-q', '--detach', other)
  const there = new Repo(other)
  there.commit({ 'b.txt': bisected })
  there.git('update-ref', 'refs/bisect/bad', 'HEAD')
  there.git('reset', '-q', '--hard', base)
  there.commit({ 'c.txt': detached })
  repo.git('checkout', '-q', '--detach')
  repo.commit({ 'd.txt': own })
  writeFileSync(join(repo.dir, '.git/refs/heads/broken'), `${'ab'.repeat(20)}\n`)
  const result = await scanGit(repo.dir)
  const refsOf = (token: string) => placesIn(result, token)[0]?.commit
  expect(refsOf(detached)).toMatchObject({ refs: ['worktrees/tree/HEAD'], unreachable: false })
  expect(refsOf(bisected)).toMatchObject({ refs: ['worktrees/tree/refs/bisect/bad'], unreachable: false })
  expect(refsOf(own)).toMatchObject({ refs: ['HEAD'], unreachable: false })
  const fromThere = await scanGit(other)
  expect(placesIn(fromThere, own)[0]?.commit?.refs).toEqual(['main-worktree/HEAD'])
  expect(placesIn(fromThere, bisected)[0]?.commit?.refs).toEqual(['refs/bisect/bad'])
})

test('stashes by what `git stash list` calls them, what was staged in them too; a dropped one is lost', async () => {
  const repo = new Repo()
  const [first, staged, untracked, dropped] = [randomToken(), randomToken(), randomToken(), randomToken()]
  repo.commit({ 'a.txt': '1' })
  repo.stage({ 'a.txt': first })
  repo.git('stash', '-q')
  repo.stage({ 'a.txt': dropped })
  repo.git('stash', '-q')
  repo.git('stash', 'drop', '-q')
  repo.stage({ 'a.txt': staged })
  repo.git('stash', '-q')
  repo.stage({ 'u.txt': untracked })
  repo.git('rm', '-q', '--cached', 'u.txt')
  repo.git('stash', '-q', '-u')
  const result = await scanGit(repo.dir)
  const commitOf = (token: string) => placesIn(result, token)[0]?.commit
  expect(commitOf(untracked)).toMatchObject({ refs: ['refs/stash'], unreachable: false })
  expect(commitOf(staged)).toMatchObject({ refs: ['stash@{1}'], unreachable: false })
  expect(commitOf(first)).toMatchObject({ refs: ['stash@{2}'], unreachable: false })
  expect(commitOf(first)?.prunedAfter).toBeUndefined()
  expect(commitOf(dropped)).toMatchObject({ refs: [], unreachable: true, reflog: null })
})

test('notes, messages of commits and of tags, a tag of a tag, a tag that is gone', async () => {
  const repo = new Repo()
  const [note, message, inner, outer, gone] = [
    randomToken(),
    randomToken(),
    randomToken(),
    randomToken(),
    randomToken(),
  ]
  const commit = repo.commit({ 'a.txt': '1' }, `with ${message}`)
  repo.git('notes', 'add', '-m', note)
  repo.git('tag', '-a', '-m', inner, 'inner')
  repo.git('tag', '-a', '-m', outer, 'outer', 'inner')
  repo.git('tag', '-d', 'inner')
  repo.git('tag', '-a', '-m', gone, 'gone')
  repo.git('tag', '-d', 'gone')
  const result = await scanGit(repo.dir)
  const place = (token: string) => placesIn(result, token)[0]
  expect(place(note)).toMatchObject({
    path: { text: commit },
    introducedBy: repo.git('rev-parse', 'refs/notes/commits'),
    commit: { refs: ['refs/notes/commits'] },
  })
  expect(place(message)).toMatchObject({
    path: null,
    introducedBy: commit,
    commit: { id: commit, refs: ['refs/heads/main', 'refs/tags/outer'] },
  })
  for (const token of [inner, outer])
    expect(place(token)).toMatchObject({ ref: 'refs/tags/outer', introducedBy: null, commit: null })
  expect(place(outer)?.stray).toBeUndefined()
  expect(place(gone)).toMatchObject({ ref: null, stray: { staged: false } })
})

test('a ref that names a file itself, one in the index alone, one in nothing', async () => {
  const repo = new Repo()
  const [named, staged, nowhere] = [randomToken(), randomToken(), randomToken()]
  repo.commit({ 'a.txt': '1' })
  const blob = (content: string) => repo.gitWith({ input: content }, 'hash-object', '-w', '--stdin')
  repo.git('update-ref', 'refs/keys/one', blob(named))
  blob(nowhere)
  repo.stage({ 'src/new.txt': staged })
  const result = await scanGit(repo.dir)
  const place = (token: string) => placesIn(result, token)[0]
  expect(place(named)).toMatchObject({ ref: 'refs/keys/one', path: null, commit: null })
  expect(place(named)?.stray).toBeUndefined()
  expect(place(staged)).toMatchObject({
    path: { text: 'src/new.txt' },
    introducedBy: null,
    stray: { staged: true, prunedAfter: null },
  })
  expect(place(nowhere)).toMatchObject({ path: null, paths: [], stray: { staged: false } })
})

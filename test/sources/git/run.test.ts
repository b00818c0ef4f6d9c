import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { porcelain, repositoryFacts } from '../../../src/sources/git/porcelain.ts'
import { gitSource } from '../../../src/sources/git/source.ts'
import { stagedSource } from '../../../src/sources/staged/source.ts'
import { randomToken } from '../../support.ts'
import { contextAt, found, never, Repo, scan, temporary } from '../support.ts'
import { makeHostile } from './hostile.ts'

test('nothing of a hostile repository runs, and nothing of it changes what is found', async () => {
  const repo = new Repo()
  const marker = join(temporary(), 'ran')
  const [past, staged] = [randomToken(), randomToken()]
  repo.commit({ 'old.txt': past, env: 'x' })
  repo.commit({ 'old.txt': 'gone' })
  repo.stage({ 'new.txt': `a\n${staged}\n`, '.env': staged })
  makeHostile(repo, marker)
  const context = contextAt(repo.dir)
  const index = await scan(stagedSource(context), { context })
  const history = await scan(await gitSource(context, undefined, never), { context })
  const facts = await repositoryFacts(context, repo.dir)
  expect(found(index, staged).occurrenceCount).toBe(2)
  expect(found(history, past).occurrences[0]?.location.path?.text).toBe('old.txt')
  expect(facts).toMatchObject({ topLevel: repo.dir, bare: false })
  expect(existsSync(marker)).toBe(false)
  // The bait works: an ordinary git takes it.
  repo.gitWith({ env: {} }, 'status')
  expect(existsSync(marker)).toBe(true)
})

test('facts: remotes, a bare repository, no repository', async () => {
  const repo = new Repo()
  repo.git('remote', 'add', 'origin', 'https://example.com/a.git')
  mkdirSync(join(repo.dir, 'sub'))
  const facts = await repositoryFacts(contextAt('/'), join(repo.dir, 'sub'))
  expect(facts).toEqual({
    topLevel: repo.dir,
    gitDir: join(repo.dir, '.git'),
    bare: false,
    remotes: [{ name: 'origin', url: 'https://example.com/a.git' }],
  })
  const bare = temporary()
  repo.git('init', '-q', '--bare', bare)
  expect(await repositoryFacts(contextAt('/'), bare)).toEqual({
    topLevel: null,
    gitDir: bare,
    bare: true,
    remotes: [],
  })
  expect(await repositoryFacts(contextAt('/'), temporary())).toBeNull()
})

test('the porcelain makes repositories too', async () => {
  const dir = temporary()
  const git = porcelain(contextAt('/'), dir, ['user.name=Drill', 'user.email=drill@example.com'])
  await git.init()
  writeFileSync(join(dir, 'a'), '1')
  await git.add('a')
  await git.commit('first')
  expect((await git.log()).total).toBe(1)
})

test('no git, no repository, not a folder, another owner: an error with a hint, exit code 2', async () => {
  const folder = temporary()
  await expect(gitSource(contextAt(folder), undefined, never)).rejects.toMatchObject({
    code: 'not-a-repository',
    exitCode: 2,
  })
  await expect(gitSource(contextAt(folder), 'nowhere', never)).rejects.toMatchObject({
    code: 'missing-path',
    exitCode: 2,
  })
  const noGit = contextAt(folder, { env: { PATH: '/nonexistent' } })
  await expect(gitSource(noGit, undefined, never)).rejects.toMatchObject({ code: 'no-git', exitCode: 2 })
  await expect(scan(stagedSource(contextAt(folder)))).rejects.toMatchObject({
    code: 'not-a-repository',
    exitCode: 2,
  })
  await expect(scan(stagedSource(noGit))).rejects.toMatchObject({ code: 'no-git', exitCode: 2 })
})

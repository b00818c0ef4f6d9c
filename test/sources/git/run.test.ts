import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { porcelain, repositoryFacts } from '../../../src/sources/git/porcelain.ts'
import { gitSource } from '../../../src/sources/git/source.ts'
import { stagedSource } from '../../../src/sources/staged/source.ts'
import { randomToken } from '../../support.ts'
import { contextAt, found, never, Repo, scan, temporary } from '../support.ts'

/** Everything a repository's configuration can make git run, set to leave a mark. */
function hostile(repo: Repo, marker: string): void {
  const bait = join(repo.dir, '.git', 'bait')
  writeFileSync(bait, `#!/bin/sh\necho "$0 $*" >> ${marker}\ncat\n`)
  chmodSync(bait, 0o755)
  const settings: Record<string, string> = {
    'core.fsmonitor': bait,
    'diff.external': bait,
    'diff.bait.textconv': bait,
    'diff.bait.command': bait,
    'filter.bait.clean': bait,
    'filter.bait.smudge': bait,
    'filter.bait.process': bait,
    'core.sshCommand': bait,
    'core.alternateRefsCommand': bait,
    'core.pager': bait,
    'gpg.program': bait,
    'log.showSignature': 'true',
    'credential.helper': bait,
    'core.askPass': bait,
    'core.gitProxy': bait,
    'uploadpack.packObjectsHook': bait,
    'pager.log': bait,
    'core.editor': bait,
    'alias.cat-file': `!${bait}`,
    'color.ui': 'always',
    'diff.renames': 'copies',
    'diff.noprefix': 'true',
    'diff.relative': 'true',
    'core.quotePath': 'true',
    'core.abbrev': '4',
    'remote.origin.url': `ext::${bait}`,
    'remote.origin.promisor': 'true',
  }
  const hooks = join(repo.dir, '.git', 'own-hooks')
  mkdirSync(hooks)
  for (const hook of ['pre-commit', 'post-index-change', 'reference-transaction', 'post-checkout'])
    symlinkSync(bait, join(hooks, hook))
  writeFileSync(join(repo.dir, '.git', 'info', 'attributes'), '* diff=bait filter=bait\n')
  for (const [name, value] of Object.entries(settings)) repo.git('config', name, value)
  repo.git('config', 'core.hooksPath', hooks)
}

test('nothing of a hostile repository runs, and nothing of it changes what is found', async () => {
  const repo = new Repo()
  const marker = join(temporary(), 'ran')
  const [past, staged] = [randomToken(), randomToken()]
  repo.commit({ 'old.txt': past, env: 'x' })
  repo.commit({ 'old.txt': 'gone' })
  repo.stage({ 'new.txt': `a\n${staged}\n`, '.env': staged })
  hostile(repo, marker)
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

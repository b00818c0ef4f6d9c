import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { randomToken } from '../../../support.ts'
import { Repo } from '../../support.ts'
import { placeOf } from './support.ts'

const day = 86_400
const now = Math.floor(Date.now() / 1000)
const iso = (seconds: number) => new Date(seconds * 1000).toISOString()

/** A commit that was reset away; `made`: when, by its reflog and by its files. */
function withLost(made: number): { repo: Repo; token: string; lost: string } {
  const repo = new Repo()
  const token = randomToken()
  const date = `${made} +0000`
  repo.commit({ 'a.txt': '1' })
  repo.stage({ 'b.txt': token })
  repo.gitWith({ env: { GIT_COMMITTER_DATE: date } }, 'commit', '-q', '-m', 'leak')
  const lost = repo.git('rev-parse', 'HEAD')
  repo.gitWith({ env: { GIT_COMMITTER_DATE: date } }, 'reset', '-q', '--hard', 'HEAD~1')
  utimesSync(looseFile(repo, lost), made, made)
  return { repo, token, lost }
}

const looseFile = (repo: Repo, id: string) => join(repo.dir, '.git/objects', id.slice(0, 2), id.slice(2))
const pruning = async (repo: Repo, token: string) => {
  const { commit } = await placeOf(repo, token)
  expect(commit).toMatchObject({ unreachable: true, refs: [] })
  return { after: commit?.prunedAfter, reflog: commit?.reflog }
}

test('held by a reflog: 30 days from its entry, or as it is set', async () => {
  const { repo, token } = withLost(now - 10 * day)
  expect(await pruning(repo, token)).toEqual({ after: iso(now + 20 * day), reflog: 'HEAD@{1}' })
  repo.git('config', 'gc.reflogExpireUnreachable', '100 days')
  expect((await pruning(repo, token)).after).toBe(iso(now + 80 * day))
  repo.git('config', 'gc.reflogExpire', '40.days.ago')
  expect((await pruning(repo, token)).after).toBe(iso(now + 30 * day))
  repo.git('config', 'gc.refs/heads/*.reflogExpireUnreachable', '60 days')
  expect(await pruning(repo, token)).toEqual({ after: iso(now + 50 * day), reflog: 'main@{1}' })
  repo.git('config', 'gc.refs/heads/*.reflogExpireUnreachable', 'never')
  expect(await pruning(repo, token)).toEqual({ after: null, reflog: 'main@{1}' })
})

test('held by nothing: two weeks from when it was written, or as it is set', async () => {
  const { repo, token } = withLost(now - 10 * day)
  repo.git('reflog', 'expire', '--expire=now', '--all')
  expect(await pruning(repo, token)).toEqual({ after: iso(now + 4 * day), reflog: null })
  repo.git('config', 'gc.pruneExpire', '3.days.ago')
  expect((await pruning(repo, token)).after).toBe(iso(now - 7 * day))
  repo.git('config', 'gc.pruneExpire', 'never')
  expect((await pruning(repo, token)).after).toBe(null)
  repo.git('config', 'gc.pruneExpire', 'now')
  expect((await pruning(repo, token)).after).toBe(iso(now - 10 * day))
})

test('a later commit on top of it keeps it as long as itself', async () => {
  const { repo, token, lost } = withLost(now - 10 * day)
  repo.git('reflog', 'expire', '--expire=now', '--all')
  const tree = repo.git('rev-parse', `${lost}^{tree}`)
  const onTop = repo.git('commit-tree', '-p', lost, '-m', 'on top', tree)
  utimesSync(looseFile(repo, onTop), now - day, now - day)
  expect((await pruning(repo, token)).after).toBe(iso(now + 13 * day))
})

test('packed: by the time of the pack; in a cruft pack by its own; a kept pack is kept', async () => {
  const { repo, token } = withLost(now - 10 * day)
  // As a reflog would have it: packed with everything else.
  repo.git('repack', '-q', '-a', '-d')
  repo.git('reflog', 'expire', '--expire=now', '--all')
  const folder = join(repo.dir, '.git/objects/pack')
  const [pack = ''] = readdirSync(folder).filter((name) => name.endsWith('.pack'))
  utimesSync(join(folder, pack), now - 5 * day, now - 5 * day)
  expect((await pruning(repo, token)).after).toBe(iso(now + 9 * day))
  writeFileSync(join(folder, pack.replace('.pack', '.keep')), '')
  expect((await pruning(repo, token)).after).toBe(null)
})

test('a cruft pack knows when each of its objects was written', async ({ skip }) => {
  const { repo, token } = withLost(now - 10 * day)
  repo.git('reflog', 'expire', '--expire=now', '--all')
  try {
    repo.git('repack', '-q', '--cruft', '-d')
  } catch {
    skip('git before 2.37 makes no cruft packs')
  }
  expect(readdirSync(join(repo.dir, '.git/objects/pack')).some((name) => name.endsWith('.mtimes'))).toBe(true)
  expect((await pruning(repo, token)).after).toBe(iso(now + 4 * day))
})

test('in no commit: two weeks from when it was written', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ 'a.txt': '1' })
  const id = repo.gitWith({ input: token }, 'hash-object', '-w', '--stdin')
  utimesSync(looseFile(repo, id), now - day, now - day)
  expect((await placeOf(repo, token)).stray).toEqual({ staged: false, prunedAfter: iso(now + 13 * day) })
})

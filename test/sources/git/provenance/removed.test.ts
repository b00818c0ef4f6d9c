import { expect, test } from 'vitest'
import { randomToken } from '../../../support.ts'
import { Repo } from '../../support.ts'
import { onBranch, placeOf } from './support.ts'

test('added again, then removed again: the last removal', async () => {
  const repo = new Repo()
  const token = randomToken()
  const leak = repo.commit({ 'a.txt': token })
  repo.commit({ 'a.txt': 'gone' })
  repo.commit({ 'other.txt': token })
  const last = repo.commit({ 'other.txt': 'gone' })
  expect(await placeOf(repo, token)).toMatchObject({ introducedBy: leak, removedBy: last })
  const again = new Repo()
  const first = again.commit({ 'a.txt': token })
  again.commit({ 'a.txt': 'gone' })
  again.commit({ 'a.txt': token })
  expect(await placeOf(again, token)).toMatchObject({ introducedBy: first, removedBy: null })
})

test('of two copies, the removal of the last one; a rename on the way is none', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ 'a.txt': token, 'b.txt': token })
  repo.commit({ 'a.txt': 'gone' })
  repo.git('mv', 'b.txt', 'c.txt')
  repo.commit({})
  const fix = repo.commit({ 'c.txt': 'gone' })
  expect(await placeOf(repo, token)).toMatchObject({ removedBy: fix })
})

test('removed on a branch and merged: the commit on the branch, not the merge', async () => {
  const repo = new Repo()
  const token = randomToken()
  const leak = repo.commit({ 'a.txt': token })
  const fix = onBranch(repo, 'fix', leak, () => repo.commit({ 'a.txt': 'gone' }))
  repo.commit({ 'b.txt': '2' })
  repo.git('merge', '-q', '--no-ff', '-m', 'merge', 'fix')
  expect(await placeOf(repo, token)).toMatchObject({ introducedBy: leak, removedBy: fix })
})

test('a merge that drops what one side had: the merge', async () => {
  const repo = new Repo()
  const token = randomToken()
  const base = repo.commit({ 'a.txt': '1' })
  const leak = onBranch(repo, 'side', base, () => repo.commit({ 'b.txt': token }))
  repo.commit({ 'c.txt': '3' })
  repo.git('merge', '-q', '-s', 'ours', '-m', 'ours', 'side')
  expect(await placeOf(repo, token)).toMatchObject({
    introducedBy: leak,
    removedBy: repo.git('rev-parse', 'HEAD'),
  })
})

test('told of the history of HEAD: older branches and tags keep nothing from being removed', async () => {
  const repo = new Repo()
  const token = randomToken()
  const leak = repo.commit({ 'a.txt': token })
  repo.git('tag', 'v1')
  onBranch(repo, 'stale', leak, () => repo.commit({ 'b.txt': '2' }))
  const fix = repo.commit({ 'a.txt': 'gone' })
  expect(await placeOf(repo, token)).toMatchObject({
    removedBy: fix,
    commit: { refs: ['refs/heads/main', 'refs/heads/stale', 'refs/tags/v1'] },
  })
  repo.git('checkout', '-q', 'stale')
  expect(await placeOf(repo, token)).toMatchObject({ removedBy: null })
})

test('never in the history of HEAD: removed once no other branch ends with it', async () => {
  const repo = new Repo()
  const token = randomToken()
  const base = repo.commit({ 'a.txt': '1' })
  const leak = onBranch(repo, 'one', base, () => repo.commit({ 'b.txt': token }))
  const fix = onBranch(repo, 'two', leak, () => repo.commit({ 'b.txt': 'gone' }))
  expect(await placeOf(repo, token)).toMatchObject({ introducedBy: leak, removedBy: fix })
  onBranch(repo, 'three', leak, () => repo.commit({ 'c.txt': '3' }))
  expect(await placeOf(repo, token)).toMatchObject({ introducedBy: leak, removedBy: null })
})

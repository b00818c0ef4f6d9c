import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { randomToken } from '../../../support.ts'
import { Repo, temporary } from '../../support.ts'
import { onBranch, placeOf, placesIn, scanGit } from './support.ts'

test('what none of the merged has is the merge, of two and of five', async () => {
  const repo = new Repo()
  const [of2, of5] = [randomToken(), randomToken()]
  const base = repo.commit({ 'a.txt': '1' })
  const sides = ['b', 'c', 'd', 'e', 'f']
  for (const side of sides) onBranch(repo, side, base, () => repo.commit({ [`${side}.txt`]: side }))
  repo.git('merge', '-q', '--no-commit', '--no-ff', 'b')
  const evil = repo.commit({ 'a.txt': of2 }, 'merge')
  repo.git('merge', '-q', '--no-commit', 'c', 'd', 'e', 'f')
  const octopus = repo.commit({ 'deep/in/x.txt': of5 }, 'octopus')
  expect(repo.git('rev-list', '--parents', '-1', 'HEAD').split(' ').length).toBe(6)
  const result = await scanGit(repo.dir)
  expect(placesIn(result, of2)[0]).toMatchObject({ introducedBy: evil, removedBy: null })
  expect(placesIn(result, of5)[0]).toMatchObject({
    introducedBy: octopus,
    paths: [{ text: 'deep/in/x.txt' }],
  })
})

test('the name of a file that only the merge adds is the merge', async () => {
  const repo = new Repo()
  const token = randomToken()
  const base = repo.commit({ 'd/a.txt': '1' })
  onBranch(repo, 'side', base, () => repo.commit({ 'd/b.txt': '2' }))
  repo.commit({ 'd/c.txt': '3' })
  repo.git('merge', '-q', '--no-commit', '--no-ff', 'side')
  const merge = repo.commit({ [`d/${token}`]: 'x' }, 'merge')
  expect(await placeOf(repo, token)).toMatchObject({
    introducedBy: merge,
    object: { type: 'tree' },
    path: { text: `d/${token}` },
  })
})

test('brought by a side of an octopus: that side', async () => {
  const repo = new Repo()
  const token = randomToken()
  const base = repo.commit({ 'a.txt': '1' })
  onBranch(repo, 'b', base, () => repo.commit({ 'b.txt': '2' }))
  const leak = onBranch(repo, 'c', base, () => repo.commit({ 'c.txt': token }))
  repo.git('merge', '-q', '-m', 'octopus', 'b', 'c')
  expect(await placeOf(repo, token)).toMatchObject({ introducedBy: leak, commit: { id: leak } })
})

test('an amended commit is not blamed for what its successor has as well', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ 'a.txt': '1' })
  const before = repo.commit({ 'b.txt': token })
  repo.git('commit', '-q', '--amend', '-m', 'better')
  const after = repo.git('rev-parse', 'HEAD')
  expect(after).not.toBe(before)
  expect(await placeOf(repo, token)).toMatchObject({
    introducedBy: after,
    commit: { refs: ['refs/heads/main'], unreachable: false },
  })
})

test('the first of several: a root commit, a copy later, another root', async () => {
  const repo = new Repo()
  const token = randomToken()
  const root = repo.commit({ 'a.txt': token })
  repo.commit({ 'copy.txt': token })
  repo.git('checkout', '-q', '--orphan', 'other')
  repo.commit({ 'c.txt': token })
  const place = await placeOf(repo, token)
  expect(place).toMatchObject({ introducedBy: root, commit: { refs: ['refs/heads/main'] } })
  expect(place.paths.map(({ text }) => text)).toEqual(['a.txt', 'copy.txt', 'c.txt'])
})

test('at the edge of a shallow clone nobody is blamed; behind it as ever', async () => {
  const repo = new Repo()
  const [old, recent] = [randomToken(), randomToken()]
  repo.commit({ 'a.txt': old })
  repo.commit({ 'b.txt': '2' })
  const leak = repo.commit({ 'c.txt': recent })
  const fix = repo.commit({ 'a.txt': 'gone' })
  const clone = temporary()
  repo.git('clone', '-q', '--depth', '3', `file://${repo.dir}`, clone)
  const result = await scanGit(clone)
  expect(result.skipped.map(({ reason }) => reason).join()).toMatch(/^shallow clone[^,]*$/)
  expect(placesIn(result, old)[0]).toMatchObject({
    introducedBy: null,
    commit: null,
    removedBy: fix,
    path: { text: 'a.txt' },
  })
  expect(placesIn(result, recent)[0]).toMatchObject({ introducedBy: leak, removedBy: null })
})

test.each(['commit', 'tree'] as const)(
  'a missing %s: the walk goes on behind it, and says so',
  async (kind) => {
    const repo = new Repo()
    const [early, late] = [randomToken(), randomToken()]
    const first = repo.commit({ 'a.txt': early })
    const lost = repo.commit({ 'd/b.txt': '2' })
    repo.commit({ 'c.txt': '3' })
    const leak = repo.commit({ 'd/e.txt': late })
    const id = repo.git('rev-parse', kind === 'commit' ? lost : `${lost}^{tree}`)
    rmSync(join(repo.dir, '.git/objects', id.slice(0, 2), id.slice(2)))
    const result = await scanGit(repo.dir)
    expect(placesIn(result, late)[0]).toMatchObject({ introducedBy: leak, paths: [{ text: 'd/e.txt' }] })
    expect(placesIn(result, early)[0]).toMatchObject({ path: { text: 'a.txt' } })
    // Without the commit between them nobody knows that the branch goes on from the first one.
    const by = placesIn(result, early)[0]?.introducedBy
    expect(by).toBe(kind === 'commit' ? null : first)
    expect(result.skipped.map(({ reason }) => reason).join('\n')).toMatch(
      /where findings came from is not known/,
    )
  },
)

test('odd headers: a date that is none, an encoding, no mail, parents twice', async () => {
  const repo = new Repo()
  const token = randomToken()
  const base = repo.commit({ 'a.txt': '1' })
  repo.stage({ 'b.txt': token })
  const tree = repo.git('write-tree')
  const made = (author: string, extra = '') =>
    repo.gitWith(
      {
        input: Buffer.from(
          `tree ${tree}\nparent ${base}\nparent ${base}\nauthor ${author}\ncommitter C <c@x> nonsense\n${extra}\nodd\n`,
          'latin1',
        ),
      },
      'hash-object',
      '-t',
      'commit',
      '--literally',
      '-w',
      '--stdin',
    )
  const cases = [
    [
      'J\u00f6rg <j@x> 1600000000 +051800',
      'encoding ISO-8859-1\n',
      'J\u00f6rg <j@x>',
      '2020-09-13T12:26:40.000Z',
    ],
    ['A <a@x> 99999999999999999999 +0000', '', 'A <a@x>', ''],
    ['nobody', 'encoding no-such\n', 'nobody', ''],
    ['E\u001b[2J <e@x> -86400 +0000', '', 'E\u001b[2J <e@x>', '1969-12-31T00:00:00.000Z'],
  ] as const
  for (const [header, extra, author, date] of cases) {
    const id = made(header, extra)
    repo.git('update-ref', 'refs/heads/odd', id)
    expect(await placeOf(repo, token)).toMatchObject({ introducedBy: id, commit: { id, author, date } })
  }
})

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { randomToken } from '../../../support.ts'
import { Repo } from '../../support.ts'
import { placesIn, scanGit } from './support.ts'

const troubles = (result: Awaited<ReturnType<typeof scanGit>>) =>
  result.skipped.map(({ skipped, reason }) => `${skipped}: ${reason}`).join('\n')

function commitOf(repo: Repo, tree: string, parents: readonly string[] = []): string {
  return repo.git('commit-tree', '-m', 'made', ...parents.flatMap((parent) => ['-p', parent]), tree)
}

test('a folder that unfolds to ten thousand millions of files: named, and the rest of the history is followed', async () => {
  const repo = new Repo()
  const [token, other] = [randomToken(), randomToken()]
  const blob = repo.gitWith({ input: token }, 'hash-object', '-w', '--stdin')
  let entry = `100644 blob ${blob}`
  for (let depth = 0; depth < 10; depth++) {
    const names = Array.from({ length: 10 }, (_, at) => `${entry}\tn${at}\n`)
    entry = `040000 tree ${repo.gitWith({ input: names.join('') }, 'mktree')}`
  }
  const bomb = commitOf(repo, entry.split(' ')[2] ?? '')
  repo.git('update-ref', 'refs/heads/main', bomb)
  repo.git('symbolic-ref', 'HEAD', 'refs/heads/next')
  const leak = repo.commit({ 'b.txt': other })
  const result = await scanGit(repo.dir)
  expect(placesIn(result, other)[0]).toMatchObject({ introducedBy: leak, paths: [{ text: 'b.txt' }] })
  expect(placesIn(result, token)[0]?.paths.length).toBe(10_000)
  expect(troubles(result)).toMatch(/too many places/)
})

test('folders in folders, deeper than any path: said, and the rest is followed', async () => {
  const repo = new Repo()
  const [token, other] = [randomToken(), randomToken()]
  const leak = repo.commit({ 'b.txt': other })
  const blob = repo.gitWith({ input: token }, 'hash-object', '-w', '--stdin')
  const path = `${'d/'.repeat(1200)}f`
  const header = 'commit refs/heads/deep\ncommitter A <a@x> 1700000000 +0000\ndata 0\n'
  repo.gitWith({ input: `${header}M 100644 ${blob} ${path}\n\n` }, 'fast-import', '--quiet')
  const result = await scanGit(repo.dir)
  expect(placesIn(result, other)[0]).toMatchObject({ introducedBy: leak })
  expect(placesIn(result, token)[0]).toMatchObject({ introducedBy: null, paths: [] })
  expect(placesIn(result, token)[0]?.stray).toBeUndefined()
  expect(troubles(result)).toMatch(/more than 1000 deep/)
})

test('merges of thirty and of three hundred', async () => {
  const repo = new Repo()
  const [evil, wide, side] = [randomToken(), randomToken(), randomToken()]
  const base = repo.commit({ 'a.txt': '1' })
  const blob = repo.gitWith({ input: side }, 'hash-object', '-w', '--stdin')
  const streams = Array.from(
    { length: 300 },
    (_, at) =>
      `commit refs/sides/${at}\ncommitter A <a@x> 1700000000 +0000\ndata 0\nfrom ${base}\nM 100644 ${blob} s${at}\n\n`,
  )
  repo.gitWith({ input: streams.join('') }, 'fast-import', '--quiet')
  const sides = repo.git('for-each-ref', '--format=%(objectname)', 'refs/sides').split('\n')
  const merged = (content: string, parents: readonly string[]) => {
    repo.stage({ 'a.txt': content })
    return commitOf(repo, repo.git('write-tree'), parents)
  }
  const thirty = merged(evil, sides.slice(0, 30))
  const all = merged(wide, [...sides, thirty])
  repo.git('update-ref', 'refs/heads/main', all)
  const result = await scanGit(repo.dir)
  // All of them are as old.
  expect(placesIn(result, side)[0]?.introducedBy).toBe([...sides].sort()[0])
  expect(placesIn(result, evil)[0]).toMatchObject({ introducedBy: thirty })
  expect(placesIn(result, wide)[0]).toMatchObject({ introducedBy: all })
  expect(result.complete).toBe(true)
})

test('many damaged commits one after the other: what is between them is followed', async () => {
  const repo = new Repo()
  const tokens = Array.from({ length: 6 }, () => randomToken())
  const lost: string[] = []
  const leaks = tokens.map((token, at) => {
    const leak = repo.commit({ [`keys/${at}`]: token })
    lost.push(repo.git('rev-parse', `${repo.commit({ [`d/x${at}`]: `${at}` })}:d`))
    return leak
  })
  for (const id of lost) rmSync(join(repo.dir, '.git/objects', id.slice(0, 2), id.slice(2)))
  const result = await scanGit(repo.dir)
  for (const [at, token] of tokens.entries())
    expect(placesIn(result, token)[0]).toMatchObject({ introducedBy: leaks[at], removedBy: null })
})

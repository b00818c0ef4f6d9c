import { randomBytes } from 'node:crypto'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { gitSource } from '../../../src/sources/git/source.ts'
import { randomToken } from '../../support.ts'
import { contextAt, found, never, Repo, scan, temporary } from '../support.ts'

const scanGit = async (dir: string, operand?: string) =>
  scan(await gitSource(contextAt(dir), operand, never), { context: contextAt(dir) })

test('a commit that was deleted again: found, with the commit that brought it and the one that removed it', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ 'a.txt': 'nothing\n' })
  const leak = repo.commit({ 'src/config.py': `one\nKEY = "${token}"\n` })
  const fix = repo.commit({ 'src/config.py': 'one\nKEY = load()\n' })
  const result = await scanGit(repo.dir)
  expect(result.complete).toBe(true)
  const { occurrences, occurrenceCount, severity, firstSeen } = found(result, token)
  expect(occurrenceCount).toBe(1)
  expect(severity).toBe('high')
  expect(occurrences[0]).toMatchObject({
    surface: 'git-history',
    encodings: [],
    location: {
      path: { text: 'src/config.py' },
      line: 2,
      column: 8,
      introducedBy: leak,
      removedBy: fix,
      commit: { id: leak, author: 'Ann <ann@example.com>', refs: ['refs/heads/main'], unreachable: false },
      object: { type: 'blob' },
    },
  })
  expect(firstSeen).toBe(occurrences[0]?.location.commit?.date)
})

test('still there, under two names after a rename: no removing commit', async () => {
  const repo = new Repo()
  const token = randomToken()
  const leak = repo.commit({ 'old.txt': token })
  repo.git('mv', 'old.txt', 'new.txt')
  repo.commit({})
  const location = found(await scanGit(repo.dir), token).occurrences[0]?.location
  expect(location).toMatchObject({ introducedBy: leak, removedBy: null })
  expect(location?.paths.map((path) => path.text).sort()).toEqual(['new.txt', 'old.txt'])
})

test('an evil merge is blamed on the merge', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ 'a.txt': '1' })
  repo.git('checkout', '-q', '-b', 'side')
  repo.commit({ 'b.txt': '2' })
  repo.git('checkout', '-q', 'main')
  repo.commit({ 'c.txt': '3' })
  repo.git('merge', '-q', '--no-commit', '--no-ff', 'side')
  const merge = repo.commit({ 'a.txt': token }, 'merge')
  expect(found(await scanGit(repo.dir), token).occurrences[0]?.location.introducedBy).toBe(merge)
})

test('a merged branch is blamed on the branch, not on the merge', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ 'a.txt': '1' })
  repo.git('checkout', '-q', '-b', 'side')
  const leak = repo.commit({ 'b.txt': token })
  repo.git('checkout', '-q', 'main')
  repo.commit({ 'c.txt': '3' })
  repo.git('merge', '-q', '--no-ff', '-m', 'merge', 'side')
  expect(found(await scanGit(repo.dir), token).occurrences[0]?.location).toMatchObject({
    introducedBy: leak,
    removedBy: null,
  })
})

test('messages, tags, names of branches, files and folders, reflog and configuration', async () => {
  const repo = new Repo()
  const tokens = Array.from({ length: 8 }, () => randomToken())
  const [message, tag, branch, file, folder, amended, url, root] = tokens as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  const commit = repo.commit(
    { 'a.txt': '1', [`x/${file}.txt`]: '2', [`y/${folder}/z`]: '3', [root]: '4' },
    `uses ${message}`,
  )
  repo.git('tag', '-a', '-m', `tagged ${tag}`, 'v1')
  repo.git('branch', `try-${branch}`)
  repo.git('commit', '-q', '--allow-empty', '-m', `oops ${amended}`)
  repo.git('commit', '-q', '--amend', '--allow-empty', '-m', 'better')
  repo.git('remote', 'add', 'origin', `https://x:${url}@example.com/r.git`)
  const result = await scanGit(repo.dir)
  expect(found(result, message).occurrences[0]?.location).toMatchObject({
    path: null,
    introducedBy: commit,
    object: { type: 'commit' },
  })
  expect(found(result, tag).occurrences[0]?.location).toMatchObject({
    ref: 'refs/tags/v1',
    object: { type: 'tag' },
  })
  const branchPlaces = found(result, branch).occurrences.map(
    ({ location }) => location.ref ?? location.via[0],
  )
  expect(branchPlaces).toContain(`refs/heads/try-${branch}`)
  const places = (token: string) => found(result, token).occurrences.map(({ location }) => location)
  expect(places(file).find((place) => place.object !== null)).toMatchObject({
    path: { text: `x/${file}.txt` },
    line: null,
    introducedBy: commit,
  })
  expect(places(folder).find((place) => place.object !== null)?.path?.text).toBe(`y/${folder}`)
  expect(places(root).find((place) => place.object !== null)).toMatchObject({
    path: { text: root },
    introducedBy: commit,
  })
  const places3 = places(amended)
  expect(places3.find(({ object }) => object !== null)?.commit?.unreachable).toBe(true)
  expect(places3.some(({ via }) => via[0] === '.git/logs/HEAD')).toBe(true)
  expect(places(url)[0]?.via).toEqual(['.git/config'])
  for (const token of tokens) expect(found(result, token)).toBeDefined()
})

test('what no ref reaches: stash, dropped commit, bare object; each object once', async () => {
  const repo = new Repo()
  const [stashed, dropped, loose] = [randomToken(), randomToken(), randomToken()]
  repo.commit({ 'a.txt': '1' })
  repo.stage({ 'a.txt': stashed })
  repo.git('stash', '-q')
  const gone = repo.commit({ 'b.txt': dropped })
  repo.git('reset', '-q', '--hard', 'HEAD~1')
  repo.git('reflog', 'expire', '--expire=now', '--all')
  repo.gitWith({ input: loose }, 'hash-object', '-w', '--stdin')
  const result = await scanGit(repo.dir)
  expect(found(result, stashed).occurrences[0]?.location.path?.text).toBe('a.txt')
  expect(found(result, dropped).occurrences[0]?.location).toMatchObject({
    introducedBy: gone,
    commit: { unreachable: true, refs: [] },
  })
  expect(found(result, loose).occurrences[0]?.location).toMatchObject({
    path: null,
    commit: null,
    object: { type: 'blob' },
  })
  repo.git('repack', '-q', '-A', '-d')
  const again = await scanGit(repo.dir)
  for (const token of [stashed, dropped, loose]) expect(found(again, token).occurrenceCount).toBe(1)
})

test('binary, -diff, UTF-16, gzip, and a name that is no UTF-8', async () => {
  const repo = new Repo()
  const [binary, hidden, wide, zipped, odd] = [
    randomToken(),
    randomToken(),
    randomToken(),
    randomToken(),
    randomToken(),
  ]
  repo.commit({
    '.gitattributes': '*.dat -diff binary\n',
    'a.bin': Buffer.concat([Buffer.from([0, 1, 2, 255]), Buffer.from(binary), Buffer.from([0])]),
    'b.dat': hidden,
    'c.txt': Buffer.from(`\ufeffkey ${wide} end`, 'utf16le'),
    'log.gz': gzipSync(`first\nsecond ${zipped}\n`),
  })
  const id = repo.gitWith({ input: odd }, 'hash-object', '-w', '--stdin')
  const entry = Buffer.concat([
    Buffer.from(`100644 blob ${id}\t`),
    Buffer.from([0x66, 0xff, 0x0a, 0x67]),
    Buffer.from([0]),
  ])
  const tree = repo.gitWith({ input: entry }, 'mktree', '-z')
  const commit = repo.git('commit-tree', '-m', 'odd', tree)
  repo.git('update-ref', 'refs/heads/odd', commit)
  const result = await scanGit(repo.dir)
  for (const token of [binary, hidden, wide]) expect(found(result, token).occurrenceCount).toBe(1)
  expect(found(result, wide).occurrences[0]?.encodings).toEqual(['utf-16le'])
  expect(found(result, zipped).occurrences[0]).toMatchObject({
    encodings: ['gzip'],
    location: { line: 2, path: { text: 'log.gz' } },
  })
  const path = found(result, odd).occurrences[0]?.location.path
  expect(Buffer.from(path?.raw ?? [])).toEqual(Buffer.from([0x66, 0xff, 0x0a, 0x67]))
})

test('bare, SHA-256, worktree, sub-folder, empty: all are repositories', async () => {
  const token = randomToken()
  const bare = temporary()
  const repo = new Repo()
  repo.commit({ 'sub/a.txt': token })
  repo.git('clone', '-q', '--bare', '.', join(bare, 'b.git'))
  expect(found(await scanGit(join(bare, 'b.git')), token).occurrenceCount).toBe(1)
  expect(found(await scanGit('/', join(repo.dir, 'sub')), token).occurrenceCount).toBe(1)
  repo.git('worktree', 'add', '-q', join(bare, 'tree'), '-b', 'other')
  expect(found(await scanGit(join(bare, 'tree')), token).occurrenceCount).toBe(1)
  const other = new Repo(temporary(), '--object-format=sha256')
  other.commit({ [`${randomToken()}/a.txt`]: token })
  const result = await scanGit(other.dir)
  expect(result.findings.length).toBe(2)
  expect(found(result, token).occurrences[0]?.location.introducedBy).toMatch(/^[0-9a-f]{64}$/)
  const empty = await scanGit(new Repo().dir)
  expect(empty).toMatchObject({ complete: true, findings: [] })
})

test('a blob larger than any buffer streams: found at its very end', async () => {
  const repo = new Repo()
  const [token, next, zipped] = [randomToken(), randomToken(), randomToken()]
  const noise = randomBytes(2_000_000)
    .toString('base64url')
    .replaceAll(/(.{30})/g, '$1 ')
  writeFileSync(
    join(repo.dir, 'big.txt'),
    Buffer.concat([Buffer.alloc(9_000_000, 'some text\n'), Buffer.from(token)]),
  )
  repo.commit({ 'small.txt': next, 'big.gz': gzipSync(`${noise}\n${zipped}\n`) })
  const result = await scanGit(repo.dir)
  expect(found(result, token).occurrences[0]?.location).toMatchObject({
    byteOffset: 9_000_000,
    line: 900_001,
  })
  expect(found(result, next).occurrenceCount).toBe(1)
  expect(found(result, zipped).occurrences).toMatchObject([{ encodings: ['gzip'], location: { line: 2 } }])
})

test('links in the git folder are counted, not followed: neither round in circles nor out of it', async () => {
  const repo = new Repo()
  repo.commit({ 'a.txt': 'nothing\n' })
  const token = randomToken()
  writeFileSync(join(repo.dir, 'outside'), token)
  for (const folder of ['info', 'hooks', 'logs'])
    symlinkSync(join(repo.dir, '.git'), join(repo.dir, '.git', folder, 'loop'))
  symlinkSync(join(repo.dir, 'outside'), join(repo.dir, '.git/info/out'))
  const result = await scanGit(repo.dir)
  expect(result.findings).toEqual([])
  expect(result.excluded).toMatchObject({ links: 4 })
  expect(result.complete).toBe(true)
})

test('a large file among the hooks streams', async () => {
  const repo = new Repo()
  repo.commit({ 'a.txt': 'nothing\n' })
  const token = randomToken()
  writeFileSync(
    join(repo.dir, '.git/hooks/big'),
    Buffer.concat([Buffer.alloc(5_000_000, 'x\n'), Buffer.from(token)]),
  )
  const result = await scanGit(repo.dir)
  expect(found(result, token).occurrences[0]?.location).toMatchObject({
    path: null,
    via: ['.git/hooks/big'],
    line: 2_500_001,
  })
})

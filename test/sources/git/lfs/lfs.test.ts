import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { lfsPointer } from '../../../../src/sources/git/lfs/lfs-pointer.ts'
import { parseRange } from '../../../../src/sources/git/range/selection.ts'
import { rangeSource } from '../../../../src/sources/git/range/source.ts'
import { gitSource } from '../../../../src/sources/git/source.ts'
import { randomToken } from '../../../support.ts'
import { contextAt, found, never, Repo, scan, temporary } from '../../support.ts'

const scanGit = async (dir: string) =>
  scan(await gitSource(contextAt(dir), undefined, never), { context: contextAt(dir) })
const oidOf = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
const pointerTo = (content: string | Uint8Array) =>
  `version https://git-lfs.github.com/spec/v1\noid sha256:${oidOf(content)}\nsize ${content.length}\n`

/** As `git lfs` lays it down. */
function keep(gitDir: string, content: string | Uint8Array, storage = 'lfs'): string {
  const oid = oidOf(content)
  const file = join(gitDir, storage, 'objects', oid.slice(0, 2), oid.slice(2, 4), oid)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

test.each<[string, string, boolean]>([
  ['as of today', pointerTo('x'), true],
  ['with extensions', pointerTo('x').replace('oid', `ext-0-foo sha256:${oidOf('y')}\noid`), true],
  ['of an older name', pointerTo('x').replace('git-lfs.github.com', 'hawser.github.com'), true],
  ['with line ends of Windows', pointerTo('x').replaceAll('\n', '\r\n'), true],
  ['without an oid', pointerTo('x').replace('oid', 'id'), false],
  ['with a short oid', pointerTo('x').replace(oidOf('x'), 'abc'), false],
  ['of something else', 'version https://example.com/\noid sha256:\nsize 1\n', false],
  ['too long', pointerTo('x') + 'x'.repeat(1024), false],
  ['nothing', '', false],
])('a pointer %s', (_, text, isOne) => {
  expect(lfsPointer(Buffer.from(text))).toEqual(isOne ? { oid: oidOf('x'), size: 1 } : null)
})

test('content that is here is read, under the names and commits of its pointer, also after it was removed', async () => {
  const repo = new Repo()
  const [token, zipped, large] = [randomToken(), randomToken(), randomToken()]
  const contents = [
    `key ${token}\n`,
    gzipSync(`x\n${zipped}\n`),
    Buffer.concat([Buffer.alloc(3_000_000, 'x\n'), Buffer.from(large)]),
  ]
  const leak = repo.commit(
    Object.fromEntries(contents.map((content, at) => [`assets/${at}.bin`, pointerTo(content)])),
  )
  const fix = repo.commit({ 'assets/0.bin': pointerTo('nothing') })
  for (const content of [...contents, 'nothing']) keep(join(repo.dir, '.git'), content)
  const result = await scanGit(repo.dir)
  expect(result).toMatchObject({ complete: true, skipped: [] })
  expect(found(result, token).occurrences).toMatchObject([
    {
      location: {
        path: { text: 'assets/0.bin' },
        line: 1,
        column: 5,
        introducedBy: leak,
        removedBy: fix,
        via: [`LFS object ${oidOf(contents[0] ?? '')}`],
      },
    },
  ])
  expect(found(result, zipped).occurrences).toMatchObject([{ encodings: ['gzip'], location: { line: 2 } }])
  expect(found(result, large).occurrences).toMatchObject([{ location: { byteOffset: 3_000_000 } }])
})

test('content that is not here is skipped: once an object, in any commit; an empty file has none', async () => {
  const repo = new Repo()
  repo.commit({ a: pointerTo('one'), b: pointerTo('one'), c: pointerTo('one').replace('https', 'http') })
  repo.commit({ a: pointerTo('two'), empty: pointerTo('') })
  const { skipped } = await scanGit(repo.dir)
  expect(skipped.map((one) => one.skipped).sort()).toEqual(
    ['one', 'two'].map((text) => `LFS object ${oidOf(text)}`).sort(),
  )
  expect(skipped[0]).toMatchObject({
    reason: expect.stringContaining('only the pointer'),
    hint: 'git lfs fetch --all',
  })
})

test('of many that are not here a hundred are named', async () => {
  const repo = new Repo()
  repo.commit(Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`f${at}`, pointerTo(`${at}`)])))
  const { skipped } = await scanGit(repo.dir)
  expect(skipped.length).toBe(101)
  expect(skipped.at(-1)).toMatchObject({ skipped: 'LFS objects', reason: '50 more are not here' })
})

test('content that nothing points to, half of one, what was cut off', async () => {
  const repo = new Repo()
  const tokens = [randomToken(), randomToken(), randomToken()] as [string, string, string]
  const git = join(repo.dir, '.git')
  const orphan = keep(git, tokens[0])
  repo.commit({ a: pointerTo(`${tokens[1]} and more`) })
  writeFileSync(keep(git, `${tokens[1]} and more`), tokens[1])
  mkdirSync(join(git, 'lfs/incomplete'))
  writeFileSync(join(git, 'lfs/incomplete/x.part'), tokens[2])
  const result = await scanGit(repo.dir)
  const [first, second, third] = tokens.map((token) => found(result, token).occurrences[0]?.location.via)
  expect(first).toEqual([orphan.replace(repo.dir, '').slice(1)])
  expect(second).toEqual([`LFS object ${oidOf(`${tokens[1]} and more`)}`])
  expect(third).toEqual(['.git/lfs/incomplete/x.part'])
  expect(result.skipped).toMatchObject([{ reason: expect.stringContaining('damaged') }])
})

test('lfs.storage is followed in the git folder alone, nor does a link lead out of it', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ a: pointerTo(token) })
  keep(join(repo.dir, '.git'), token, 'other')
  repo.git('config', 'lfs.storage', 'other')
  const inside = await scanGit(repo.dir)
  expect(inside.complete).toBe(true)
  expect(found(inside, token).occurrences).toContainEqual(
    expect.objectContaining({ location: expect.objectContaining({ path: { text: 'a', raw: null } }) }),
  )
  const outside = temporary()
  renameSync(join(repo.dir, '.git/other/objects'), join(outside, 'objects'))
  repo.git('config', 'lfs.storage', outside)
  expect(await scanGit(repo.dir)).toMatchObject({
    findings: [],
    skipped: [{ skipped: 'LFS objects', reason: expect.stringContaining(outside) }],
  })
  repo.git('config', '--unset', 'lfs.storage')
  rmSync(join(repo.dir, '.git/lfs'), { recursive: true, force: true })
  symlinkSync(outside, join(repo.dir, '.git/lfs'))
  expect(await scanGit(repo.dir)).toMatchObject({
    findings: [],
    skipped: [{ skipped: 'LFS objects', reason: expect.stringContaining('outside') }],
  })
})

test('a clone that borrows objects borrows the content of its lender; a submodule has its own', async () => {
  const [lender, outer] = [new Repo(), new Repo()]
  const token = randomToken()
  lender.commit({ a: pointerTo(token) })
  keep(join(lender.dir, '.git'), token)
  const clone = temporary()
  lender.git('clone', '-q', '--shared', lender.dir, clone)
  const borrowed = await scanGit(clone)
  expect(borrowed.complete).toBe(true)
  expect(found(borrowed, token).occurrences[0]?.location.path?.text).toBe('a')
  outer.git('submodule', '--quiet', 'add', lender.dir, 'lib')
  outer.commit({})
  expect((await scanGit(outer.dir)).skipped).toMatchObject([
    { skipped: `submodule lib: LFS object ${oidOf(token)}` },
  ])
  keep(join(outer.dir, '.git/modules/lib'), token)
  expect(found(await scanGit(outer.dir), token).occurrences[0]?.location).toMatchObject({
    path: { text: 'lib/a' },
    via: ['submodule lib', `LFS object ${oidOf(token)}`],
  })
})

test('a range reads what the pointers that it adds stand for, and no other content', async () => {
  const repo = new Repo()
  const [old, added, orphan] = [randomToken(), randomToken(), randomToken()]
  const base = repo.commit({ 'old.bin': pointerTo(old) })
  const leak = repo.commit({ 'new.bin': pointerTo(added), 'gone.bin': pointerTo('gone') })
  for (const content of [old, added, orphan]) keep(join(repo.dir, '.git'), content)
  const context = contextAt(repo.dir)
  const selection = { range: parseRange(`${base}..HEAD`), branches: [], notReachableFrom: [], since: null }
  const result = await scan(await rangeSource(context, undefined, selection, never), { context })
  expect(result.findings.length).toBe(1)
  expect(found(result, added).occurrences).toMatchObject([
    { location: { path: { text: 'new.bin' }, introducedBy: leak } },
  ])
  expect(result.skipped).toMatchObject([{ skipped: `LFS object ${oidOf('gone')}` }])
})

import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { FileSystem } from '../../../src/context.ts'
import { dirSource, logSource } from '../../../src/sources/files/source.ts'
import { randomToken } from '../../support.ts'
import { contextAt, found, never, Repo, scan, temporary, write } from '../support.ts'

const scanDir = async (cwd: string, operands: string[] = [], excludes: string[] = []) =>
  scan(await dirSource(contextAt(cwd), { operands, excludes }), { context: contextAt(cwd) })
const paths = (result: Awaited<ReturnType<typeof scanDir>>) =>
  result.findings
    .flatMap(({ occurrences }) => occurrences.map(({ location }) => location.path?.text ?? ''))
    .sort()

const makePipe = (path: string) => execFileSync('sh', ['-c', 'mkfifo "$0"', path])

/** A file system that refuses some names, as a test that runs as root cannot have it. */
function refusing(code: string, ...names: string[]): FileSystem {
  const refuse = (path: unknown) => {
    if (names.some((name) => String(path).endsWith(name))) throw Object.assign(new Error(code), { code })
  }
  const openSync = ((path, ...rest) => {
    refuse(path)
    return fs.openSync(path, ...rest)
  }) as typeof fs.openSync
  const readdirSync = ((path: fs.PathLike, options: never) => {
    refuse(path)
    return fs.readdirSync(path, options)
  }) as unknown as typeof fs.readdirSync
  return { ...fs, openSync, readdirSync }
}

test('ignored files, dot-files and node_modules too; .git, links and devices are left out and counted', async () => {
  const repo = new Repo()
  const tokens = [randomToken(), randomToken(), randomToken()] as const
  const away = randomToken()
  write(repo.dir, {
    '.gitignore': 'ignored\n',
    'ignored/a.txt': tokens[0],
    '.hidden': tokens[1],
    'node_modules/x/i.js': tokens[2],
    '.git/secret': away,
  })
  const outside = temporary()
  write(outside, { 'b.txt': away })
  symlinkSync(outside, join(repo.dir, 'link'))
  symlinkSync('.', join(repo.dir, 'loop'))
  symlinkSync('nowhere', join(repo.dir, 'broken'))
  makePipe(join(repo.dir, 'pipe'))
  const result = await scanDir(repo.dir)
  expect(paths(result)).toEqual(['.hidden', 'ignored/a.txt', 'node_modules/x/i.js'])
  expect(result).toMatchObject({ complete: true, target: '.', excluded: { links: 3, devices: 1, git: 1 } })
})

test('paths: relative to the one folder; to the working folder for a file and for several operands', async () => {
  const cwd = temporary()
  const token = randomToken()
  write(cwd, { 'a/b/c.txt': token, 'd.txt': token })
  expect(paths(await scanDir(cwd, ['a']))).toEqual(['b/c.txt'])
  expect(paths(await scanDir('/', [join(cwd, 'a')]))).toEqual(['b/c.txt'])
  expect(paths(await scanDir(cwd, ['a/b/c.txt']))).toEqual(['a/b/c.txt'])
  expect(paths(await scanDir(cwd, ['a', 'd.txt', './a/b']))).toEqual(['a/b/c.txt', 'd.txt'])
  expect(paths(await scanDir(join(cwd, 'a'), ['../d.txt']))).toEqual(['../d.txt'])
})

test('a pipe that a person names is not silently left out', async () => {
  const cwd = temporary()
  makePipe(join(cwd, 'pipe'))
  expect(await scanDir(cwd, ['pipe'])).toMatchObject({ complete: false, skipped: [{ skipped: 'pipe' }] })
  expect(await scanDir(cwd, ['p*'])).toMatchObject({ complete: true, excluded: { devices: 1 } })
})

test('a link that a person names is followed', async () => {
  const cwd = temporary()
  const token = randomToken()
  write(cwd, { 'real/a.txt': token })
  symlinkSync('real', join(cwd, 'folder'))
  symlinkSync('real/a.txt', join(cwd, 'file'))
  expect(paths(await scanDir(cwd, ['folder']))).toEqual(['a.txt'])
  expect(paths(await scanDir(cwd, ['file']))).toEqual(['file'])
})

test('patterns: dot-files too, links and .git never, folders as in a shell', async () => {
  const cwd = temporary()
  const token = randomToken()
  write(cwd, {
    '.env': token,
    'a/.env': token,
    'a/x.log': token,
    '.git/x.log': token,
    'b/c/d.txt': token,
    'we[ird].txt': token,
  })
  symlinkSync('a', join(cwd, 'link'))
  expect(paths(await scanDir(cwd, ['**/.env']))).toEqual(['.env', 'a/.env'])
  expect(paths(await scanDir(cwd, ['**/*.log']))).toEqual(['a/x.log'])
  expect(paths(await scanDir(cwd, ['b*']))).toEqual(['b/c/d.txt'])
  expect(paths(await scanDir(cwd, ['we[ird].txt']))).toEqual(['we[ird].txt'])
  expect(paths(await scanDir(cwd, ['a', '*/x.log']))).toEqual(['a/.env', 'a/x.log'])
})

test('a missing path or a pattern that matches nothing: 2 before anything is read, also beside good ones', async () => {
  const cwd = temporary()
  write(cwd, { 'a.txt': randomToken() })
  await expect(scanDir(cwd, ['a.txt', 'b.txt'])).rejects.toMatchObject({ code: 'missing-path', exitCode: 2 })
  await expect(scanDir(cwd, ['*.txt', '*.log'])).rejects.toMatchObject({ code: 'no-match', exitCode: 2 })
})

test('the operator leaves out by glob: counted, and the scan is complete', async () => {
  const cwd = temporary()
  const token = randomToken()
  write(cwd, { 'a.txt': token, 'x/b.md': token, 'vendor/c/d.txt': token, 'vendor/e.txt': token })
  const result = await scanDir(cwd, [], ['vendor', '*.md'])
  expect(paths(result)).toEqual(['a.txt'])
  expect(result).toMatchObject({ complete: true, excluded: { operator: 2 } })
})

test('names that are no UTF-8, with newlines; a token in a name', async () => {
  const cwd = temporary()
  const [token, named] = [randomToken(), randomToken()]
  const raw = Buffer.from([0x61, 0xff, 0x0a, 0x62])
  mkdirSync(Buffer.concat([Buffer.from(`${cwd}/`), raw]))
  writeFileSync(Buffer.concat([Buffer.from(`${cwd}/`), raw, Buffer.from('/x')]), token)
  write(cwd, { [`d-${named}/one.txt`]: '1', [`d-${named}/two.txt`]: '2' })
  const result = await scanDir(cwd)
  expect(result.complete).toBe(true)
  expect(Buffer.from(found(result, token).occurrences[0]?.location.path?.raw ?? [])).toEqual(
    Buffer.concat([raw, Buffer.from('/x')]),
  )
  expect(found(result, named)).toMatchObject({
    occurrenceCount: 1,
    occurrences: [{ location: { path: { text: `d-${named}` }, line: null } }],
  })
})

test.each(['EACCES', 'ENOENT', 'EIO'])(
  'what cannot be read (%s) is skipped with its reason',
  async (code) => {
    const cwd = temporary()
    const token = randomToken()
    write(cwd, {
      'a.txt': token,
      'closed.txt': token,
      'locked/b.txt': token,
      'large.bin': Buffer.alloc(2 << 20),
    })
    const context = contextAt(cwd, { fs: refusing(code, 'closed.txt', 'locked') })
    const result = await scan(await dirSource(context, { operands: [] }), { context })
    expect(paths(result)).toEqual(['a.txt'])
    expect(result.complete).toBe(false)
    expect(result.skipped.map(({ skipped }) => skipped).sort()).toEqual(['closed.txt', 'locked'])
    expect(result.skipped[0]?.reason).toContain(code)
  },
)

test('a large file that breaks off in the middle: what was read is scanned, the rest is said', async () => {
  const cwd = temporary()
  const token = randomToken()
  write(cwd, { 'large.log': Buffer.concat([Buffer.from(`${token}\n`), Buffer.alloc(5 << 20, 'x\n')]) })
  let reads = 0
  const readSync = ((...args: Parameters<typeof fs.readSync>) => {
    reads += 1
    if (reads > 3) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
    return fs.readSync(...args)
  }) as typeof fs.readSync
  const context = contextAt(cwd, { fs: { ...fs, readSync } })
  const result = await scan(await logSource(context, { operands: ['large.log'] }), { context })
  expect(found(result, token).occurrences[0]?.surface).toBe('log')
  expect(result.skipped).toMatchObject([{ skipped: 'large.log', reason: expect.stringContaining('EIO') }])
})

test('tokens over every boundary of batches and chunks are found once', async () => {
  const cwd = temporary()
  const token = randomToken()
  const sizes = [1, (1 << 20) - 20, 1 << 20, (1 << 20) + 1, (2 << 20) - 30, 3 << 20]
  for (const size of sizes) write(cwd, { [`${size}.txt`]: `${' '.repeat(size)}${token}\n` })
  const finding = found(await scanDir(cwd), token)
  expect(finding.occurrences.map(({ location }) => location.byteOffset).sort((a, b) => a - b)).toEqual(
    sizes.sort((a, b) => a - b),
  )
})

test('an aborted scan stops', async () => {
  const cwd = temporary()
  write(cwd, { 'a.txt': 'a' })
  const source = await dirSource(contextAt(cwd), { operands: [] })
  await expect(scan(source, { signal: AbortSignal.abort('SIGTERM') })).rejects.toBe('SIGTERM')
  expect(never.aborted).toBe(false)
})

import { createHash, randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createDetector } from '../../../../src/detect/index.ts'
import { knownKeys } from '../../../../src/inventory/known.ts'
import type { KeyEntry } from '../../../../src/inventory/types.ts'
import { createIdSet, kept } from '../../../../src/sources/git/memory/id-set.ts'
import { gitSource } from '../../../../src/sources/git/source.ts'
import { isSkipped } from '../../../../src/sources/types.ts'
import { randomToken } from '../../../support.ts'
import { contextAt, found, keyEntry, keysOf, never, Repo, scan, temporary, write } from '../../support.ts'

/** As the command does it. */
async function scanAgain(repo: Repo, folder: string, entries: readonly KeyEntry[] = [], rules = 'one') {
  const known = entries.map(({ fingerprint, bodyLength, alphanumeric }) => ({
    fingerprint: fingerprint ?? '',
    isUsual: bodyLength === 48 && alphanumeric === true,
  }))
  const source = await gitSource(contextAt(repo.dir), undefined, never, { memory: { folder, rules, known } })
  const detector = createDetector({ onBareBody: source.bareBody, known: knownKeys(entries) })
  let objects = 0
  async function* counted() {
    for await (const batch of source.units(never)) {
      objects += batch.filter((item) => !isSkipped(item) && item.origin.kind === 'object').length
      yield batch
    }
  }
  const options = { context: contextAt(repo.dir), detector, keys: keysOf(...entries) }
  const result = await scan({ ...source, units: counted }, options)
  if (result.complete) source.keep()
  return { ...result, objects }
}

function repoOf(commits = 3): Repo {
  const repo = new Repo()
  for (let i = 0; i < commits; i++) repo.commit({ 'a.txt': `version ${i}\n`, [`${i}.txt`]: `${i}` })
  return repo
}

test('what was clean is not read again, whether it is loose, packed or packed anew', async () => {
  const repo = repoOf()
  const folder = temporary()
  expect((await scanAgain(repo, folder)).objects).toBeGreaterThan(8)
  const again = await scanAgain(repo, folder)
  expect(again.objects).toBe(0)
  expect(again.excluded['remembered']).toBeGreaterThan(8)
  repo.git('repack', '-adq')
  expect((await scanAgain(repo, folder)).objects).toBe(0)
  repo.commit({ 'a.txt': 'new' })
  expect((await scanAgain(repo, folder)).objects).toBe(3)
  expect((await scanAgain(repo, folder)).objects).toBe(0)
  repo.git('repack', '-adFq', '--depth=1')
  expect((await scanAgain(repo, folder)).objects).toBe(0)
})

test('what was found is found again every time, in a pack that is known as well', async () => {
  const repo = repoOf()
  const folder = temporary()
  const token = randomToken()
  const leak = repo.commit({ 'leak.txt': token })
  repo.commit({ 'leak.txt': 'gone' })
  for (const step of ['loose', 'packed']) {
    if (step === 'packed') repo.git('repack', '-adq')
    const result = await scanAgain(repo, folder)
    expect(found(result, token).occurrences[0]?.location.introducedBy, step).toBe(leak)
    expect(result.complete).toBe(true)
  }
  expect((await scanAgain(repo, folder)).objects).toBe(1)
})

test('a new leak in a delta of something that is remembered', async () => {
  const repo = repoOf()
  const folder = temporary()
  const text = Array.from({ length: 400 }, (_, line) => `line ${line} ${(line * 7919) % 1009}`).join('\n')
  repo.commit({ 'big.txt': text })
  repo.git('repack', '-adq')
  await scanAgain(repo, folder)
  const token = randomToken()
  repo.commit({ 'big.txt': `${text}\n${token}\n` })
  repo.git('repack', '-adFq')
  const result = await scanAgain(repo, folder)
  expect(found(result, token).occurrenceCount).toBe(1)
  expect(result.objects).toBe(3)
})

test('nothing is remembered of a scan that was not complete', async () => {
  const repo = repoOf()
  const folder = temporary()
  const blob = repo.git('rev-parse', 'HEAD:a.txt')
  rmSync(join(repo.dir, '.git/objects', blob.slice(0, 2), blob.slice(2)))
  expect((await scanAgain(repo, folder)).complete).toBe(false)
  expect(readdirSync(folder)).toEqual([])
  const again = await scanAgain(repo, folder)
  expect(again.complete).toBe(false)
  expect(again.objects).toBeGreaterThan(5)
})

test('other rules, and a damaged memory: everything is read', async () => {
  const repo = repoOf()
  const folder = temporary()
  const all = (await scanAgain(repo, folder)).objects
  expect((await scanAgain(repo, folder, [], 'two')).objects).toBe(all)
  const file = join(folder, readdirSync(folder)[0] ?? '')
  const bytes = readFileSync(file)
  for (const damaged of [bytes.subarray(0, -1), Buffer.alloc(0), Buffer.from(bytes).fill(1, 40, 60)]) {
    writeFileSync(file, damaged)
    expect((await scanAgain(repo, folder, [], 'two')).objects).toBe(all)
  }
})

test('a key that the inventory learns later: looked up, and read again only where its bare body was seen', async () => {
  const repo = repoOf()
  const folder = temporary()
  const bare = randomToken()
  repo.commit({ 'bare.txt': `id: ${bare.slice(5)}\n` })
  const all = (await scanAgain(repo, folder)).objects
  expect((await scanAgain(repo, folder, [keyEntry(randomToken())])).objects).toBe(0)
  const result = await scanAgain(repo, folder, [keyEntry(bare)])
  expect(found(result, bare).confidence).toBe('known')
  expect(result.objects).toBe(all)
  // It is one of those with a hit from now on.
  expect(found(await scanAgain(repo, folder, [keyEntry(bare)]), bare).occurrenceCount).toBe(1)
  const odd = keyEntry(`pplx-${'odd_'.repeat(6)}`, { bodyLength: 24, alphanumeric: false })
  expect((await scanAgain(repo, folder, [keyEntry(bare), odd])).objects).toBe(all)
  expect((await scanAgain(repo, folder, [keyEntry(bare), odd])).objects).toBe(1)
})

test('containers: one with nothing in it is done with, one that holds a key is not', async () => {
  const repo = repoOf()
  const folder = temporary()
  const token = randomToken()
  repo.commit({ 'empty.gz': gzipSync('nothing'), 'full.gz': gzipSync(token) })
  await scanAgain(repo, folder)
  const again = await scanAgain(repo, folder)
  expect(again.objects).toBe(1)
  expect(found(again, token).occurrenceCount).toBe(1)
})

describe('what is gone is noticed', () => {
  function leaking() {
    const repo = repoOf()
    const token = randomToken()
    repo.commit({ 'leak.txt': token })
    const blob = repo.git('rev-parse', 'HEAD:leak.txt')
    repo.commit({ 'leak.txt': 'gone' })
    return { repo, token, folder: temporary(), file: looseFileOf(repo, blob) }
  }
  const looseFileOf = (repo: Repo, id: string) => join(repo.dir, '.git/objects', id.slice(0, 2), id.slice(2))

  test('an object with a hit, and a clean one', async () => {
    const { repo, folder, file } = leaking()
    expect((await scanAgain(repo, folder)).findings).toHaveLength(1)
    rmSync(file)
    expect((await scanAgain(repo, folder)).complete).toBe(false)
    const other = leaking()
    await scanAgain(other.repo, other.folder)
    rmSync(looseFileOf(other.repo, other.repo.git('rev-parse', 'HEAD~4:a.txt')))
    expect((await scanAgain(other.repo, other.folder)).complete).toBe(false)
  })

  test('another clone in the same place, and the first one again', async () => {
    const { repo, token, folder } = leaking()
    repo.git('repack', '-adq')
    repo.git('branch', 'clean', 'HEAD~2')
    expect(found(await scanAgain(repo, folder), token).occurrenceCount).toBe(1)
    const [kept, other] = [`${repo.dir}.kept`, new Repo()]
    onTestFinished(() => rmSync(kept, { recursive: true, force: true }))
    other.git('fetch', '-q', repo.dir, 'clean')
    other.git('reset', '-q', '--hard', 'FETCH_HEAD')
    renameSync(join(repo.dir, '.git'), kept)
    cpSync(join(other.dir, '.git'), join(repo.dir, '.git'), { recursive: true })
    expect((await scanAgain(repo, folder)).findings).toEqual([])
    rmSync(join(repo.dir, '.git'), { recursive: true })
    renameSync(kept, join(repo.dir, '.git'))
    expect(found(await scanAgain(repo, folder), token).occurrenceCount).toBe(1)
  })

  test('a clone without contents in the same place', async () => {
    const { repo, folder } = leaking()
    repo.git('repack', '-adq')
    await scanAgain(repo, folder)
    const partial = new Repo()
    partial.git('config', 'remote.origin.promisor', 'true')
    partial.git('config', 'remote.origin.url', repo.dir)
    repo.git('config', 'uploadpack.allowFilter', 'true')
    partial.git('fetch', '-q', '--filter=blob:none', `file://${repo.dir}`, 'main:refs/heads/other')
    rmSync(join(repo.dir, '.git'), { recursive: true })
    cpSync(join(partial.dir, '.git'), join(repo.dir, '.git'), { recursive: true })
    expect((await scanAgain(repo, folder)).complete).toBe(false)
  })

  test('a submodule whose git folder moves', async () => {
    const { repo, token, folder } = leaking()
    mkdirSync(join(repo.dir, 'inner'))
    const inner = new Repo(join(repo.dir, 'inner'))
    const other = randomToken()
    inner.commit({ a: other })
    inner.commit({ a: 'gone' })
    inner.git('repack', '-adq')
    write(repo.dir, { '.gitmodules': '[submodule "inner"]\n\tpath = inner\n\turl = ./inner\n' })
    repo.git('add', 'inner', '.gitmodules')
    repo.git('commit', '-q', '-m', 'inner')
    for (const step of ['inside', 'absorbed', 'again']) {
      if (step === 'absorbed') repo.git('submodule', 'absorbgitdirs')
      const result = await scanAgain(repo, folder)
      for (const one of [token, other]) expect(found(result, one).occurrenceCount, step).toBe(1)
    }
  })

  test('objects that were pruned and came back', async () => {
    const { repo, token, folder } = leaking()
    repo.git('branch', 'leak')
    repo.git('reset', '-q', '--hard', 'HEAD~2')
    repo.git('repack', '-adq')
    const copy = `${repo.dir}.copy`
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }))
    cpSync(join(repo.dir, '.git'), copy, { recursive: true })
    expect(found(await scanAgain(repo, folder), token).occurrenceCount).toBe(1)
    repo.git('branch', '-q', '-D', 'leak')
    repo.git('reflog', 'expire', '--expire=now', '--all')
    repo.git('gc', '-q', '--prune=now')
    expect((await scanAgain(repo, folder)).findings).toEqual([])
    rmSync(join(repo.dir, '.git'), { recursive: true })
    cpSync(copy, join(repo.dir, '.git'), { recursive: true })
    expect(found(await scanAgain(repo, folder), token).occurrenceCount).toBe(1)
  })

  test('a byte of a pack that was read before', async () => {
    const { repo, folder } = leaking()
    repo.git('repack', '-adq')
    await scanAgain(repo, folder)
    const packs = join(repo.dir, '.git/objects/pack')
    const pack = join(packs, readdirSync(packs).find((name) => name.endsWith('.pack')) ?? '')
    const bytes = readFileSync(pack)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
    rmSync(pack)
    writeFileSync(pack, bytes)
    expect((await scanAgain(repo, folder)).complete).toBe(false)
  })

  test('content of Git LFS that is taken away, or becomes other content', async () => {
    const repo = repoOf()
    const folder = temporary()
    const oid = 'ab'.repeat(32)
    const place = `.git/lfs/objects/ab/ab/${oid}`
    const token = randomToken()
    repo.commit({
      'big.bin': `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${token.length}\n`,
    })
    write(repo.dir, { [place]: 'x'.repeat(token.length) })
    expect((await scanAgain(repo, folder)).complete).toBe(true)
    write(repo.dir, { [place]: token })
    expect(found(await scanAgain(repo, folder), token).occurrenceCount).toBe(1)
    rmSync(join(repo.dir, place))
    expect((await scanAgain(repo, folder)).complete).toBe(false)
  })
})

test('the set holds what was put in, and nothing else', () => {
  const set = createIdSet()
  const ids = Array.from({ length: 5000 }, () => randomBytes(20))
  for (const id of ids) set.add(id, 0)
  set.add(Buffer.alloc(8), 0)
  expect(set.size).toBe(5001)
  const copy = createIdSet(set.bytes())
  expect(copy.size).toBe(5001)
  expect(set.bytes().length).toBe(5001 * kept)
  for (const id of [...ids, Buffer.alloc(8)]) expect(copy.has(id, 0)).toBe(true)
  for (let i = 0; i < 5000; i++) expect(copy.has(randomBytes(20), 0)).toBe(false)
})

test('submodules and content of Git LFS are remembered as well, and what was found there is found again', async () => {
  const [inner, outer] = [repoOf(), repoOf()]
  const [leak, large] = [randomToken(), randomToken()]
  inner.commit({ k: leak })
  const keep = (content: string) => {
    const oid = createHash('sha256').update(content).digest('hex')
    const folder = join(outer.dir, '.git/lfs/objects', oid.slice(0, 2), oid.slice(2, 4))
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, oid), content)
    return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`
  }
  outer.git('submodule', '--quiet', 'add', inner.dir, 'lib')
  outer.commit({ 'clean.bin': keep('nothing'), 'leak.bin': keep(large) })
  const folder = temporary()
  const first = await scanAgain(outer, folder)
  for (let times = 0; times < 2; times++) {
    const again = await scanAgain(outer, folder)
    expect(again).toMatchObject({ complete: true, skipped: [] })
    // The leak, both pointers and what they point to, which may be gone or another by now.
    expect(again.objects).toBe(5)
    expect(again.units).toBeLessThan(first.units - 10)
    for (const token of [leak, large])
      expect(found(again, token).occurrences).toEqual(found(first, token).occurrences)
    expect(found(again, large).occurrences[0]?.location.path?.text).toBe('leak.bin')
    expect(found(again, leak).occurrences[0]?.location.path?.text).toBe('lib/k')
  }
})

import { isUtf8 } from 'node:buffer'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { shallowGap } from '../../../src/sources/git/gaps.ts'
import { findRepository } from '../../../src/sources/git/find-repository.ts'
import { repositoryError } from '../../../src/sources/git/run.ts'
import { gitSource } from '../../../src/sources/git/source.ts'
import { randomToken } from '../../support.ts'
import { asNobody, contextAt, found, never, Repo, scan, temporary, write } from '../support.ts'

const scanGit = async (dir: string) =>
  scan(await gitSource(contextAt(dir), undefined, never), { context: contextAt(dir) })
const looseFile = (repo: Repo, id: string) => join(repo.dir, '.git', 'objects', id.slice(0, 2), id.slice(2))
const reasons = (result: { skipped: readonly { skipped: string; reason: string }[] }) =>
  result.skipped.map(({ skipped, reason }) => `${skipped}: ${reason}`).join('\n')

/** Many objects, so that what comes after a damaged one is more than a buffer's rest. */
function withHistory(): { repo: Repo; tokens: string[] } {
  const repo = new Repo()
  const tokens = [randomToken(), randomToken(), randomToken()]
  tokens.forEach((token, at) =>
    repo.commit({ [`f${at}.txt`]: `${at} ${token}`, [`g${at}.txt`]: `nothing ${at}` }),
  )
  return { repo, tokens }
}

test('a shallow clone is incomplete, and says how to repair it', async () => {
  const { repo } = withHistory()
  const clone = temporary()
  repo.git('clone', '-q', '--depth', '1', `file://${repo.dir}`, clone)
  const result = await scanGit(clone)
  expect(result.complete).toBe(false)
  expect(result.skipped[0]).toMatchObject({ hint: 'git fetch --unshallow' })
})

test.each<[string, Buffer]>([
  ['a newline', Buffer.from('two\nlines')],
  ['a newline at its end', Buffer.from('end\n')],
  ['bytes that are no UTF-8', Buffer.from([0x6e, 0xff, 0xfe])],
])('a shallow clone in a folder whose name holds %s is incomplete too', async (_, name) => {
  const { repo } = withHistory()
  const parent = temporary()
  const clone = join(parent, 'clone')
  repo.git('clone', '-q', '--depth', '1', `file://${repo.dir}`, clone)
  const moved = Buffer.concat([Buffer.from(`${parent}/`), name])
  renameSync(clone, moved)
  // A name that is no UTF-8 cannot be given as an operand, but a linked worktree leads there.
  const worktree = join(parent, 'worktree')
  if (!isUtf8(name))
    execFileSync('sh', ['-c', 'cd [!w]* && git worktree add -q "$0"', worktree], { cwd: parent })
  const result = await scanGit(isUtf8(name) ? moved.toString() : worktree)
  expect(reasons(result)).toMatch(/shallow clone/)
})

test('a partial clone is incomplete, and nothing is fetched', async () => {
  const { repo, tokens } = withHistory()
  repo.commit({ 'f0.txt': 'gone' })
  repo.git('config', 'uploadpack.allowFilter', 'true')
  const clone = temporary()
  repo.git('clone', '-q', '--filter=blob:none', `file://${repo.dir}`, clone)
  const before = readdirSync(join(clone, '.git', 'objects', 'pack')).length
  const result = await scanGit(clone)
  expect(reasons(result)).toMatch(/partial clone/)
  expect(result.findings.length).toBe(2)
  expect(found(result, tokens[1] ?? '').occurrenceCount).toBe(1)
  expect(readdirSync(join(clone, '.git', 'objects', 'pack')).length).toBe(before)
})

test.each(['blob', 'tree', 'commit'])('a missing %s is named, the rest is scanned', async (kind) => {
  const { repo, tokens } = withHistory()
  const id = repo.git(
    'rev-parse',
    { blob: 'HEAD:g0.txt', tree: 'HEAD~1^{tree}', commit: 'HEAD~1' }[kind] ?? '',
  )
  unlinkSync(looseFile(repo, id))
  const result = await scanGit(repo.dir)
  expect(result.complete).toBe(false)
  expect(reasons(result)).toContain(id)
  expect(result.findings.length).toBe(tokens.length)
})

test('a missing commit that only the commit graph remembers', async () => {
  const { repo } = withHistory()
  const id = repo.git('rev-parse', 'HEAD~1')
  repo.git('commit-graph', 'write', '--reachable')
  unlinkSync(looseFile(repo, id))
  expect(reasons(await scanGit(repo.dir))).toContain(id)
})

test.each([0.1, 0.5, 0.9])(
  'a damaged loose object (at %d of its length) is named, the rest is scanned',
  async (place) => {
    const { repo, tokens } = withHistory()
    for (const name of ['g0.txt', 'g2.txt']) {
      const file = looseFile(repo, repo.git('rev-parse', `HEAD:${name}`))
      const bytes = readFileSync(file)
      chmodSync(file, 0o644)
      bytes.fill(0x55, Math.floor(bytes.length * place), Math.floor(bytes.length * place) + 3)
      writeFileSync(file, bytes)
    }
    const result = await scanGit(repo.dir)
    for (const name of ['g0.txt', 'g2.txt'])
      expect(reasons(result)).toContain(repo.git('rev-parse', `HEAD:${name}`))
    for (const token of tokens) expect(found(result, token).occurrenceCount).toBe(1)
  },
)

test('a damaged object of several megabytes', async () => {
  const repo = new Repo()
  const token = randomToken()
  const noise = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * at * 7 + at) % 251))
  repo.commit({ 'big.bin': noise, 'a.txt': token, 'z.txt': 'z' })
  const id = repo.git('rev-parse', 'HEAD:big.bin')
  const file = looseFile(repo, id)
  const bytes = readFileSync(file)
  chmodSync(file, 0o644)
  writeFileSync(file, bytes.fill(0x55, bytes.length - 20_000, bytes.length - 19_000))
  const result = await scanGit(repo.dir)
  expect(reasons(result)).toContain(id)
  expect(found(result, token).occurrenceCount).toBe(1)
})

test('a damaged pack, one without its index, one cut off', async () => {
  for (const damage of ['flip', 'no index', 'cut'] as const) {
    const { repo } = withHistory()
    repo.git('repack', '-q', '-a', '-d')
    const folder = join(repo.dir, '.git', 'objects', 'pack')
    const pack = readdirSync(folder).find((name) => name.endsWith('.pack')) ?? ''
    const bytes = readFileSync(join(folder, pack))
    chmodSync(join(folder, pack), 0o644)
    if (damage === 'flip')
      writeFileSync(join(folder, pack), bytes.fill(0x55, bytes.length >> 1, (bytes.length >> 1) + 8))
    if (damage === 'cut') writeFileSync(join(folder, pack), bytes.subarray(0, bytes.length - 60))
    if (damage === 'no index') rmSync(join(folder, pack.replace(/pack$/, 'idx')))
    const result = await scanGit(repo.dir)
    expect([damage, result.complete]).toEqual([damage, false])
  }
})

test('a delta that would take too much memory is named, the rest is scanned', async () => {
  const { repo, tokens } = withHistory()
  const body = randomBytes(150_000).toString('hex')
  repo.commit({ 'one.bin': body, 'two.bin': `${body}x` })
  repo.git('repack', '-q', '-a', '-d', '-f')
  const context = contextAt(repo.dir)
  const heavy = await scan(await gitSource(context, undefined, never, { delta: 200_000 }), { context })
  const ids = [repo.git('rev-parse', 'HEAD:one.bin'), repo.git('rev-parse', 'HEAD:two.bin')]
  expect(heavy.skipped.length).toBe(1)
  expect(ids).toContain(heavy.skipped[0]?.skipped.replace('object ', ''))
  expect(heavy.findings.length).toBe(tokens.length)
  expect((await scanGit(repo.dir)).complete).toBe(true)
})

test('borrowed objects are read; a lender that is gone is named', async () => {
  const { repo, tokens } = withHistory()
  const clone = temporary()
  repo.git('clone', '-q', '--shared', repo.dir, clone)
  expect((await scanGit(clone)).findings.length).toBe(tokens.length)
  renameSync(repo.dir, `${repo.dir}.gone`)
  mkdirSync(repo.dir)
  try {
    const result = await scanGit(clone)
    expect(reasons(result)).toMatch(/alternate .*not there/)
  } finally {
    rmSync(`${repo.dir}.gone`, { recursive: true })
  }
})

test('an aborted scan ends its children and says so', async () => {
  const { repo } = withHistory()
  const stop = new AbortController()
  const source = await gitSource(contextAt(repo.dir), undefined, stop.signal)
  stop.abort('SIGINT')
  await expect(scan(source, { signal: stop.signal, context: contextAt(repo.dir) })).rejects.toBe('SIGINT')
})

test('a shallow clone whose list of ends cannot be read', async () => {
  const { repo } = withHistory()
  mkdirSync(join(repo.dir, '.git/shallow'))
  expect(shallowGap(await findRepository(contextAt(repo.dir), undefined, never))).toMatchObject([
    { reason: expect.stringContaining('EISDIR') },
  ])
})

test('a partial clone is known by its configuration too', async () => {
  const { repo } = withHistory()
  repo.git('repack', '-q', '-a', '-d')
  const id = repo.commit({ 'gone.txt': 'x' }) && repo.git('rev-parse', 'HEAD:gone.txt')
  unlinkSync(looseFile(repo, id))
  expect(reasons(await scanGit(repo.dir))).toContain(`object ${id}: missing`)
  repo.git('config', 'remote.origin.promisor', 'true')
  expect(reasons(await scanGit(repo.dir))).toContain(`object ${id}: not here: this is a partial clone`)
})

test('packs and indexes without each other, garbage, what a fetch left, here and where objects are borrowed from', async () => {
  const { repo, tokens } = withHistory()
  repo.git('repack', '-q', '-a', '-d')
  const clone = temporary()
  repo.git('clone', '-q', '--shared', repo.dir, clone)
  const folder = join(repo.dir, '.git', 'objects', 'pack')
  const pack = readdirSync(folder).find((name) => name.endsWith('.pack')) ?? ''
  write(folder, {
    'pack-a b.pack': readFileSync(join(folder, pack)),
    'pack-gone.idx': readFileSync(join(folder, pack.replace(/pack$/, 'idx'))),
    'pack-bad.pack': 'no pack at all, but long enough for a head',
    'pack-worse.pack': '',
    'pack-worse.idx': readFileSync(join(folder, pack.replace(/pack$/, 'idx'))),
    'pack-bad.idx': readFileSync(join(folder, pack.replace(/pack$/, 'idx'))),
    'pack-odd.pack': readFileSync(join(folder, pack)),
    'pack-odd.idx': 'no index at all',
    tmp_pack_x: 'PACK',
    tmp_idx_x: '',
  })
  for (const dir of [repo.dir, clone]) {
    const result = await scanGit(dir)
    for (const token of tokens) expect(found(result, token).occurrenceCount).toBe(1)
    const said = result.skipped.map(({ skipped }) => skipped)
    for (const name of ['a b.pack', 'bad', 'worse', 'gone.idx', 'odd'])
      expect(said).toContain(`pack pack-${name}`)
    expect(said).toContain('pack tmp_pack_x')
    expect(result.skipped.find(({ skipped }) => skipped === 'pack pack-a b.pack')?.hint).toBe(
      `git index-pack '${folder}/pack-a b.pack'`,
    )
  }
})

test('folders of objects that cannot be read', async () => {
  const { repo } = withHistory()
  repo.git('repack', '-q', '-a', '-d')
  repo.commit({ 'more.txt': 'x' })
  const id = repo.git('rev-parse', 'HEAD:more.txt')
  const objects = join(repo.dir, '.git', 'objects')
  for (const name of [id.slice(0, 2), 'pack']) chmodSync(join(objects, name), 0)
  const result = await asNobody(repo.dir, () => scanGit(repo.dir))
  const said = reasons(result)
  for (const name of [id.slice(0, 2), 'pack']) expect(said).toContain(`objects/${name}: EACCES`)
})

test('objects that were not written to their end, strangers among objects, a push that was never taken up', async () => {
  const { repo } = withHistory()
  const [half, whole, stranger, pushed, packed] = Array.from({ length: 5 }, () => randomToken()) as [
    string,
    string,
    string,
    string,
    string,
  ]
  const objects = join(repo.dir, '.git', 'objects')
  const long = Buffer.concat([Buffer.from(`blob 9999999\0${half} `), randomBytes(300_000)])
  const other = new Repo()
  other.commit({ a: packed })
  other.git('repack', '-adq')
  other.commit({ b: pushed })
  cpSync(join(other.dir, '.git/objects'), join(objects, 'incoming-x1'), { recursive: true })
  write(objects, {
    'aa/tmp_obj_half': deflateSync(long).subarray(0, 200_000),
    'aa/tmp_obj_whole': deflateSync(`blob ${whole.length}\0${whole}`),
    'aa/tmp_obj_empty': '',
    'aa/tmp_obj_odd': 'this is not zlib at all',
    'aa/notes.txt': stranger,
  })
  const result = await scanGit(repo.dir)
  const places = (token: string) => found(result, token).occurrences.map(({ location }) => location)
  expect(result).toMatchObject({ complete: true, skipped: [] })
  expect(places(half)[0]?.via).toEqual(['.git/objects/aa/tmp_obj_half'])
  expect(places(whole)[0]?.via).toEqual(['.git/objects/aa/tmp_obj_whole'])
  expect(places(stranger)[0]?.via).toEqual(['.git/objects/aa/notes.txt'])
  for (const token of [pushed, packed]) expect(places(token)).toMatchObject([{ object: { type: 'blob' } }])
})

test('a repository of another user: what git says becomes what to do, its path quoted', () => {
  const hintOf = (stderr: string) => repositoryError({ code: 128, stderr }, '/somewhere')
  expect(hintOf("fatal: detected dubious ownership in repository at '/srv/it's my/repo'\n")).toMatchObject({
    code: 'unsafe-repository',
    message: "git refuses /srv/it's my/repo: it belongs to another user",
    hint: expect.stringContaining(String.raw`--add safe.directory '/srv/it'\''s my/repo' (or`),
  })
  expect(hintOf("fatal: unsafe repository ('/srv/repo' is owned by someone else)\n").hint).toMatch(
    /safe\.directory \/srv\/repo /,
  )
  expect(
    hintOf("fatal: cannot use bare repository '/srv/b.git' (safe.bareRepository is 'explicit')\n").hint,
  ).toContain('GIT_DIR=/srv/b.git ')
})

test.skipIf(process.getuid?.() !== 0)(
  'a repository of another user, with a submodule, in a container',
  async () => {
    const [inner, outer] = [new Repo(), new Repo()]
    const token = randomToken()
    inner.commit({ k: token })
    outer.git('submodule', '--quiet', 'add', inner.dir, 'lib')
    outer.commit({})
    execFileSync('chown', ['-R', '65534', outer.dir])
    const home = temporary()
    const context = contextAt(outer.dir, {
      env: { ...process.env, HOME: home, GIT_CONFIG_GLOBAL: join(home, 'c') },
    })
    const source = () => gitSource(context, undefined, never)
    await expect(source()).rejects.toMatchObject({ code: 'unsafe-repository', exitCode: 2 })
    writeFileSync(join(home, 'c'), `[safe]\n\tdirectory = ${outer.dir}\n`)
    expect(found(await scan(await source(), { context }), token).occurrenceCount).toBe(1)
  },
)

test('bytes behind the end of a loose object: what git reads of it is found, the rest is a gap', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ a: token })
  const id = repo.git('rev-parse', 'HEAD:a')
  const file = join(repo.dir, '.git/objects', id.slice(0, 2), id.slice(2))
  chmodSync(file, 0o644)
  appendFileSync(file, randomToken())
  const result = await scanGit(repo.dir)
  expect(found(result, token).occurrenceCount).toBe(1)
  expect(result.skipped.map(({ skipped }) => skipped)).toEqual([`object ${id}`])
})

test('a commit that only a reflog names and that is not here', async () => {
  const repo = new Repo()
  repo.commit({ a: '1' })
  const lost = repo.commit({ a: '2' })
  repo.git('reset', '-q', '--hard', 'HEAD~1')
  expect((await scanGit(repo.dir)).complete).toBe(true)
  unlinkSync(join(repo.dir, '.git/objects', lost.slice(0, 2), lost.slice(2)))
  const { complete, skipped } = await scanGit(repo.dir)
  expect(complete).toBe(false)
  expect(skipped[0]).toMatchObject({ skipped: `object ${lost}`, reason: expect.stringContaining('HEAD@{') })
})

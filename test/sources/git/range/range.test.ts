import { execFileSync } from 'node:child_process'
import { rmSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ScanResult } from '../../../../src/pipeline/types.ts'
import { secretOf } from '../../../../src/secret/index.ts'
import { stepsOf } from '../../../../src/sources/git/range/steps.ts'
import { findRepository } from '../../../../src/sources/git/find-repository.ts'
import { parseRange, type Selection } from '../../../../src/sources/git/range/selection.ts'
import { rangeSource } from '../../../../src/sources/git/range/source.ts'
import { randomToken } from '../../../support.ts'
import { contextAt, found, never, Repo, scan, temporary } from '../../support.ts'

const everything: Selection = { range: null, branches: [], notReachableFrom: [], since: null }

async function scanPart(dir: string, part: Partial<Selection> | string): Promise<ScanResult> {
  const selection = typeof part === 'string' ? { range: parseRange(part) } : part
  const context = contextAt(dir)
  return scan(await rangeSource(context, undefined, { ...everything, ...selection }, never), { context })
}

const print = (token: string) => secretOf(token).fingerprint
const prints = (findings: readonly { fingerprint: string }[] = []) =>
  findings.map(({ fingerprint }) => fingerprint).sort()

/** What a scan comes to. */
const told = ({ skipped, findings, preexisting }: ScanResult) => ({
  skipped,
  findings: prints(findings),
  preexisting: prints(preexisting),
})

/** These are findings, these were there before, and all was read. */
const exactly = (findings: readonly string[], preexisting: readonly string[] = []) => ({
  skipped: [],
  findings: findings.map(print).sort(),
  preexisting: preexisting.map(print).sort(),
})

const body = Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join('')

test('a line of commits: contents, messages and names of the range and nothing else', async () => {
  const repo = new Repo()
  const [before, content, gone, message, named] = [1, 2, 3, 4, 5].map(() => randomToken()) as [
    string,
    string,
    string,
    string,
    string,
  ]
  const base = repo.commit({ 'old.txt': before }, before)
  const leak = repo.commit({ 'a.txt': content, 'b.txt': gone })
  rmSync(join(repo.dir, 'b.txt'))
  repo.commit({ [`dir/${named}`]: 'x' }, message)
  const result = await scanPart(repo.dir, `${base}..HEAD`)
  expect(told(result)).toEqual(exactly([content, gone, message, named]))
  expect(found(result, content).occurrences[0]?.location).toMatchObject({
    path: { text: 'a.txt' },
    introducedBy: leak,
    commit: { id: leak, refs: ['refs/heads/main'] },
  })
  expect(found(result, named).occurrences[0]?.location.path?.text).toBe(`dir/${named}`)
  expect(told(await scanPart(repo.dir, `${base}..${leak}`))).toEqual(exactly([content, gone]))
  expect(told(await scanPart(repo.dir, `${base}..`))).toEqual(exactly([content, gone, message, named]))
})

test('an old file is touched: what it held is preexisting, what comes to it is not', async () => {
  const repo = new Repo()
  const [old, fresh] = [randomToken(), randomToken()]
  repo.commit({ 'a.txt': `${old}\n`, 'deep/er/b.txt': `${old}\n` })
  repo.git('tag', 'base')
  repo.commit({ 'a.txt': `${old}\nmore\n` })
  repo.commit({ 'a.txt': `${old}\nmore\n${fresh}\n`, 'deep/er/b.txt': `x\n${old}\n` })
  const result = await scanPart(repo.dir, 'base..main')
  expect(told(result)).toEqual(exactly([fresh], [old]))
  expect(result.preexisting?.[0]).toMatchObject({ occurrenceCount: 3 })
  expect(result.preexisting?.[0]?.occurrences.map(({ location }) => location.path?.text).sort()).toEqual([
    'a.txt',
    'a.txt',
    'deep/er/b.txt',
  ])
})

test('in the old file and in a new one: found in the new one, and there before in the old one', async () => {
  const repo = new Repo()
  const token = randomToken()
  const base = repo.commit({ 'a.txt': `${token}\n` })
  repo.commit({ 'a.txt': `${token}\nmore\n`, 'b.txt': token })
  const result = await scanPart(repo.dir, `${base}..`)
  expect(told(result)).toEqual(exactly([token], [token]))
  expect(found(result, token).occurrences.map(({ location }) => location.path?.text)).toEqual(['b.txt'])
})

test('the very same content under a second name is an exposure of its own', async () => {
  const repo = new Repo()
  const token = randomToken()
  const base = repo.commit({ 'a.txt': `${token}\n` })
  const copy = repo.commit({ 'b.txt': `${token}\n` })
  const result = await scanPart(repo.dir, `${base}..`)
  expect(told(result)).toEqual(exactly([token]))
  expect(found(result, token).occurrences[0]?.location).toMatchObject({
    path: { text: 'b.txt' },
    introducedBy: copy,
  })
  const touched = repo.commit({ 'a.txt': `${token}\nx`, 'c.txt': `${token}\nx` })
  const mixed = found(await scanPart(repo.dir, `${copy}..`), token)
  expect(mixed.occurrences[0]?.location).toMatchObject({ path: { text: 'c.txt' }, introducedBy: touched })
})

test('a rename keeps its past: with changes, twice, back and forth, without any', async () => {
  const repo = new Repo()
  const [changed, same, moved] = [randomToken(), randomToken(), randomToken()]
  const base = repo.commit({
    'one.txt': `${body}${changed}\n`,
    'same.txt': same,
    'from.txt': `${body}${moved}\n`,
  })
  repo.git('mv', 'one.txt', 'two.txt')
  repo.git('mv', 'same.txt', 'else.txt')
  repo.commit({ 'two.txt': `${body}changed\n${changed}\n` })
  repo.git('mv', 'two.txt', 'three.txt')
  repo.commit({ 'three.txt': `${body}changed\nagain\n${changed}\n` })
  repo.git('mv', 'three.txt', 'one.txt')
  repo.commit({ 'one.txt': `${body}changed\nagain and again\n${changed}\n` })
  expect(told(await scanPart(repo.dir, `${base}..`))).toEqual(exactly([], [changed, same]))
  // A line that goes to another file is no rename.
  repo.commit({ 'from.txt': body, 'to.txt': `begin\n${moved}\n` })
  expect(told(await scanPart(repo.dir, `${base}..`))).toEqual(exactly([moved], [changed, same]))
})

test('a name that another file bore before the range does not help', async () => {
  const repo = new Repo()
  const token = randomToken()
  const base = repo.commit({ 'a.txt': `${body}${token}\n`, 'b.txt': `other\n${body.toUpperCase()}` })
  repo.git('rm', '-q', 'a.txt')
  repo.git('mv', 'b.txt', 'c.txt')
  repo.commit({ 'c.txt': `other\n${body.toUpperCase()}${token}\n` })
  expect(told(await scanPart(repo.dir, `${base}..`))).toEqual(exactly([token]))
})

test('removed long ago and back again: new, also as the very same content', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ 'a.txt': token })
  const base = repo.commit({ 'a.txt': 'clean' })
  const back = repo.commit({ 'a.txt': token })
  const result = await scanPart(repo.dir, `${base}..`)
  expect(told(result)).toEqual(exactly([token]))
  expect(found(result, token).occurrences[0]?.location.introducedBy).toBe(back)
})

test('a name with a token in it is new once', async () => {
  const repo = new Repo()
  const [named, folder] = [randomToken(), randomToken()]
  const base = repo.commit({ [`x/${named}`]: 'x', [`${folder}/a`]: '1' })
  repo.commit({ 'x/other': 'x', [`${folder}/a`]: '2', top: '1' })
  expect(told(await scanPart(repo.dir, `${base}..`))).toEqual(exactly([], [named, folder]))
})

test('a side branch from before the base counts whole; what the other side added does not', async () => {
  const repo = new Repo()
  const [side, ours, old] = [randomToken(), randomToken(), randomToken()]
  repo.commit({ 'a.txt': 'a', 'old.txt': `${old}\n` })
  repo.git('checkout', '-q', '-b', 'side')
  const leak = repo.commit({ 's.txt': side, 'old.txt': `${old}\nside\n` })
  repo.git('checkout', '-q', 'main')
  repo.commit({ 'm.txt': ours })
  // The side has no merge yet: the two ends do not reach each other.
  expect(told(await scanPart(repo.dir, 'main..side'))).toEqual(exactly([side], [old]))
  expect(told(await scanPart(repo.dir, 'main...side'))).toEqual(exactly([side], [old]))
  expect(told(await scanPart(repo.dir, 'side..main'))).toEqual(exactly([ours]))
  repo.git('tag', 'base')
  repo.git('merge', '-q', '--no-ff', '-m', 'merge', 'side')
  const result = await scanPart(repo.dir, 'base..main')
  expect(told(result)).toEqual(exactly([side], [old]))
  expect(found(result, side).occurrences[0]?.location.introducedBy).toBe(leak)
})

test('a branch that merges the base: what comes from there is not its own, renamed or not', async () => {
  const repo = new Repo()
  const [old, theirs, evil] = [randomToken(), randomToken(), randomToken()]
  repo.commit({ 'a.txt': `${body}${old}\n`, 'both.txt': `first\n${body}last\n` })
  repo.git('checkout', '-q', '-b', 'work')
  repo.commit({ 'a.txt': `work\n${body}${old}\n`, 'both.txt': `first\n${body}work\n` })
  repo.git('checkout', '-q', 'main')
  repo.git('mv', 'a.txt', 'renamed.txt')
  repo.commit({ 'both.txt': `${theirs}\n${body}last\n` })
  repo.git('checkout', '-q', 'work')
  repo.git('merge', '-q', '-m', 'merge', 'main')
  expect(told(await scanPart(repo.dir, 'main..work'))).toEqual(exactly([], [old, theirs]))
  repo.commit({})
  repo.git('checkout', '-q', '-b', 'other', 'main')
  repo.commit({ 'c.txt': 'c' })
  repo.git('merge', '-q', '--no-commit', '--no-ff', 'work')
  const merge = repo.commit({ 'c.txt': evil }, 'evil merge')
  const result = await scanPart(repo.dir, 'main..other')
  expect(told(result)).toEqual(exactly([evil], [old, theirs]))
  expect(found(result, evil).occurrences[0]?.location.introducedBy).toBe(merge)
})

test('the base removed a key: a branch from before it may touch the file, and may not bring it back', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ 'a.txt': `${body}${token}\n` })
  repo.git('checkout', '-q', '-b', 'work')
  repo.commit({ 'a.txt': `work\n${body}${token}\n` })
  repo.git('checkout', '-q', 'main')
  repo.commit({ 'a.txt': body })
  repo.git('checkout', '-q', 'work')
  repo.git('merge', '-q', '-m', 'merge', 'main')
  expect(told(await scanPart(repo.dir, 'main..work'))).toEqual(exactly([], [token]))
  const back = repo.commit({ 'a.txt': `work again\n${body}${token}\n` })
  const result = await scanPart(repo.dir, 'main..work')
  expect(told(result)).toEqual(exactly([token], [token]))
  expect(found(result, token).occurrences.map(({ location }) => location.introducedBy)).toEqual([back])
})

test('an octopus: what it adds itself, and its arms', async () => {
  const repo = new Repo()
  const [arm, own] = [randomToken(), randomToken()]
  const base = repo.commit({ 'a.txt': 'a' })
  for (const name of ['x', 'y', 'z']) {
    repo.git('checkout', '-q', '-b', name, base)
    repo.commit({ [`${name}.txt`]: name === 'y' ? arm : name })
  }
  const tree = repo.git('merge-tree', '--write-tree', 'x', 'y').split('\n')[0] ?? ''
  repo.git('checkout', '-q', '--detach', 'x')
  repo.git('read-tree', '-u', '-m', tree)
  repo.stage({ 'z.txt': 'z', 'own.txt': own })
  const parents = ['x', 'y', 'z'].flatMap((name) => ['-p', name])
  const octopus = repo.git('commit-tree', ...parents, '-m', 'octopus', repo.git('write-tree'))
  const result = await scanPart(repo.dir, `${base}..${octopus}`)
  expect(told(result)).toEqual(exactly([arm, own]))
  expect(found(result, own).occurrences[0]?.location.introducedBy).toBe(octopus)
})

test('from the first commit on, and a history of its own', async () => {
  const repo = new Repo()
  const [first, other] = [randomToken(), randomToken()]
  repo.commit({ 'a.txt': first })
  repo.git('checkout', '-q', '--orphan', 'apart')
  repo.git('rm', '-rqf', '.')
  repo.commit({ 'b.txt': other })
  expect(told(await scanPart(repo.dir, 'main..apart'))).toEqual(exactly([other]))
  expect(told(await scanPart(repo.dir, `${'0'.repeat(40)}..main`))).toEqual(exactly([first]))
  expect(told(await scanPart(repo.dir, { branches: ['main'] }))).toEqual(exactly([first]))
})

test('nothing in the range: nothing read, complete', async () => {
  const repo = new Repo()
  repo.commit({ 'a.txt': randomToken() })
  expect(await scanPart(repo.dir, 'HEAD..HEAD')).toMatchObject({ complete: true, units: 0, findings: [] })
  expect(await scanPart(new Repo().dir, { since: 0 })).toMatchObject({ complete: true, units: 0 })
})

test('branches: a tag or a file of the same name is not meant, nor another branch', async () => {
  const repo = new Repo()
  const [base, ours, theirs] = [randomToken(), randomToken(), randomToken()]
  repo.commit({ work: base })
  repo.git('tag', 'other')
  repo.git('checkout', '-q', '-b', 'work')
  repo.commit({ 'w.txt': ours })
  repo.git('checkout', '-q', '-b', 'other', 'main')
  repo.commit({ 'o.txt': theirs })
  expect(told(await scanPart(repo.dir, 'main..work'))).toEqual(exactly([ours]))
  expect(told(await scanPart(repo.dir, { branches: ['work'] }))).toEqual(exactly([base, ours]))
  expect(told(await scanPart(repo.dir, { branches: ['other', 'work'], notReachableFrom: ['main'] }))).toEqual(
    exactly([ours, theirs]),
  )
  expect(told(await scanPart(repo.dir, { notReachableFrom: ['heads/other'] }))).toEqual(exactly([ours]))
  expect(told(await scanPart(repo.dir, { notReachableFrom: ['main', 'work', 'heads/other'] }))).toEqual(
    exactly([]),
  )
})

test('annotated tags: ends of the range, of its commits, of tags; not those of the excluded side', async () => {
  const repo = new Repo()
  const [token, old, first, second, third, nested] = Array.from({ length: 6 }, () => randomToken()) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  const tag = (name: string, message: string, ...of: string[]) =>
    repo.git('-c', 'advice.nestedTag=false', 'tag', '-a', '-m', message, name, ...of)
  repo.commit({ 'a.txt': 'a' })
  tag('v1', old)
  const middle = repo.commit({ 'b.txt': token })
  tag('within', first)
  tag('outer', nested, 'within')
  repo.git('tag', '-d', 'within')
  repo.commit({ 'c.txt': 'c' })
  tag('v2', second)
  repo.git('tag', 'light')
  const result = await scanPart(repo.dir, 'v1..v2')
  expect(told(result)).toEqual(exactly([token, first, nested, second]))
  expect(found(result, second).occurrences[0]?.location).toMatchObject({
    object: { id: repo.git('rev-parse', 'v2'), type: 'tag' },
    ref: 'refs/tags/v2',
  })
  expect(told(await scanPart(repo.dir, 'v1..light'))).toEqual(exactly([token, first, nested, second]))
  expect(told(await scanPart(repo.dir, `${middle}..v2`))).toEqual(exactly([second]))
  expect(told(await scanPart(repo.dir, `v1..${middle}`))).toEqual(exactly([token, first, nested]))
  expect(told(await scanPart(repo.dir, { notReachableFrom: [middle] }))).toEqual(exactly([second]))
  // The end itself is new, although its commit is not.
  tag('v3', third)
  repo.git('update-ref', 'refs/other/v3', 'v3')
  repo.git('tag', '-d', 'v3')
  expect(told(await scanPart(repo.dir, 'v2..refs/other/v3'))).toEqual(exactly([third]))
  expect(told(await scanPart(repo.dir, 'v2..v2'))).toEqual(exactly([]))
  expect(told(await scanPart(repo.dir, { branches: ['main'], notReachableFrom: ['v1'] }))).toEqual(
    exactly([token, first, nested, second, third]),
  )
})

test('since: a recent tag of an old commit', async () => {
  const repo = new Repo()
  const [recent, old, message] = [randomToken(), randomToken(), randomToken()]
  const first = repo.commit({ 'a.txt': old }, message)
  repo.git('tag', '-a', '-m', old, 'old')
  const env = { GIT_COMMITTER_DATE: '2026-11-20T12:00:00Z' }
  repo.gitWith({ env }, 'tag', '-a', '-m', recent, 'recent')
  const since = Date.parse('2026-11-15T00:00:00Z')
  expect(told(await scanPart(repo.dir, { since }))).toEqual(exactly([recent]))
  expect(told(await scanPart(repo.dir, { since, branches: ['main'] }))).toEqual(exactly([recent]))
  expect(told(await scanPart(repo.dir, { since, notReachableFrom: [first] }))).toEqual(exactly([]))
})

test('since: by the date of each commit, however the clocks went', async () => {
  const repo = new Repo()
  const [first, skewed, last, old] = [randomToken(), randomToken(), randomToken(), randomToken()]
  const at = (day: string, files: Record<string, string>) => {
    repo.stage(files)
    const env = { GIT_COMMITTER_DATE: `2026-11-${day}T12:00:00Z` }
    repo.gitWith({ env }, 'commit', '-q', '-m', 'change')
    return repo.git('rev-parse', 'HEAD')
  }
  at('01', { 'a.txt': `${old}\n`, 'first.txt': first })
  const recent = at('20', { 'skewed.txt': skewed, 'a.txt': `${old}\nx\n` })
  at('02', { 'b.txt': 'a clock that was behind' })
  at('21', { 'c.txt': last })
  const since = Date.parse('2026-11-15T00:00:00Z')
  const result = await scanPart(repo.dir, { since })
  expect(told(result)).toEqual(exactly([skewed, last], [old]))
  expect(found(result, skewed).occurrences[0]?.location.introducedBy).toBe(recent)
  expect(told(await scanPart(repo.dir, { since, range: parseRange(`${recent}..main`) }))).toEqual(
    exactly([last]),
  )
  expect(told(await scanPart(repo.dir, { since: Date.parse('2026-11-21T12:00:00Z') }))).toEqual(
    exactly([last]),
  )
  const [tree, parent] = repo.git('rev-parse', 'main^{tree}', 'main').split('\n')
  const dateless = `tree ${tree}\nparent ${parent}\nauthor A <a@b>\ncommitter A <a@b>\n\n${first}\n`
  const args = ['-t', 'commit', '--literally', '-w', '--stdin']
  const id = repo.gitWith({ input: dateless }, 'hash-object', ...args)
  expect(told(await scanPart(repo.dir, { since, range: parseRange(`main..${id}`) }))).toEqual(
    exactly([first]),
  )
})

test('submodules are counted; names that are no UTF-8 and new lines keep their past', async () => {
  const repo = new Repo()
  const token = randomToken()
  const odd = Buffer.concat([Buffer.from('we"ird\n'), Buffer.from([0xff])])
  const tree = (content: string, more: Buffer) => {
    const blob = repo.gitWith({ input: content }, 'hash-object', '-w', '--stdin')
    const entry = Buffer.concat([Buffer.from(`100644 blob ${blob}\t`), odd, Buffer.from([0]), more])
    return repo.gitWith({ input: entry }, 'mktree', '-z', '--missing')
  }
  const base = repo.git('commit-tree', '-m', '1', tree(token, Buffer.alloc(0)))
  const link = Buffer.from(`160000 commit ${base}\tsub\0`)
  const tip = repo.git('commit-tree', '-p', base, '-m', '2', tree(`${token} `, link))
  const result = await scanPart(repo.dir, `${base}..${tip}`)
  expect(told(result)).toEqual(exactly([], [token]))
  expect(result.excluded).toEqual({ submodules: 1 })
})

test('a repository of SHA-256', async () => {
  const repo = new Repo(temporary(), '--object-format=sha256')
  const [old, fresh] = [randomToken(), randomToken()]
  const base = repo.commit({ 'd/a.txt': `${old}\n` })
  repo.commit({ 'd/a.txt': `${old}\n${fresh}` })
  expect(told(await scanPart(repo.dir, `${base}..`))).toEqual(exactly([fresh], [old]))
  expect(told(await scanPart(repo.dir, `${'0'.repeat(64)}..main`))).toEqual(exactly([old, fresh]))
})

test('a revision that is not here: incomplete, with the command that fetches it', async () => {
  const repo = new Repo()
  repo.commit({ 'a.txt': randomToken() })
  const reasonOf = async (part: Partial<Selection> | string) => {
    const result = await scanPart(repo.dir, part)
    expect(result).toMatchObject({ complete: false, units: 0, findings: [] })
    return result.skipped.map(({ skipped, reason }) => `${skipped}: ${reason}`).join()
  }
  expect(await reasonOf('mian..HEAD')).toMatch(/^mian: not in this clone: there is no remote/)
  repo.git('remote', 'add', 'origin', 'https://example.com/x.git')
  expect(await reasonOf('v1..HEAD')).toContain('`git fetch origin v1:v1`')
  expect(await reasonOf('origin/main..HEAD')).toContain(
    '`git fetch origin +refs/heads/main:refs/remotes/origin/main`',
  )
  const id = 'a'.repeat(40)
  expect(await reasonOf(`${id}..HEAD`)).toContain(`\`git fetch origin ${id}\``)
  expect(await reasonOf({ branches: ["x';rm -rf y"] })).toContain(String.raw`'x'\'';rm -rf y:x'\'';rm -rf y'`)
})

test('a shallow clone: complete where the range is in it, else incomplete with the command', async () => {
  const repo = new Repo()
  const [old, fresh] = [randomToken(), randomToken()]
  const first = repo.commit({ 'a.txt': `${old}\n` })
  repo.commit({ 'b.txt': 'b' })
  const third = repo.commit({ 'a.txt': `${old}\nx\n` })
  const last = repo.commit({ 'a.txt': `${old}\ny\n` })
  const clone = (depth: number) => {
    const dir = temporary()
    repo.git('clone', '-q', '--depth', String(depth), `file://${repo.dir}`, dir)
    return dir
  }
  const two = clone(2)
  expect(told(await scanPart(two, `${third}..${last}`))).toEqual(exactly([], [old]))
  const absent = await scanPart(two, `${first}..HEAD`)
  expect(absent.skipped[0]).toMatchObject({
    skipped: first,
    reason: `not in this clone, which is shallow: \`git fetch --unshallow origin ${first}\` gets it`,
  })
  // What stood in its oldest commit may be older than the range: it is not found, and not called clean.
  for (const part of [{ branches: ['main'] }, { since: 0 }, `${'0'.repeat(40)}..HEAD`]) {
    const cut = await scanPart(two, part)
    expect(cut.findings).toEqual([])
    expect(cut.skipped[0]?.reason).toContain('`git fetch --unshallow` gets it')
  }
  repo.git('checkout', '-q', '-b', 'side', first)
  const side = repo.commit({ 'c.txt': fresh })
  const one = clone(1)
  execFileSync('git', ['fetch', '-q', '--depth', '1', 'origin', last], { cwd: one })
  const apart = told(await scanPart(one, `${last}..${side}`))
  expect(apart).toEqual({ ...exactly([fresh], [old]), skipped: [expect.anything()] })
})

test('the merge of a pull request, fetched two deep: what it brings in is read, and known to be cut', async () => {
  const repo = new Repo()
  const [leak, old, moved, gone, message, named] = Array.from({ length: 6 }, () => randomToken()) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  repo.commit({ 'a.txt': `${old}\n`, 'from.txt': `${body}${moved}\n`, 'gone.txt': gone, same: 'same' })
  repo.git('checkout', '-q', '-b', 'work')
  repo.commit({ 'a.txt': `${old}\nwork\n` })
  repo.git('mv', 'from.txt', 'to.txt')
  repo.commit({ 'deep/leak.txt': leak, 'to.txt': `${body}x\n${moved}\n`, [named]: 'x' }, message)
  repo.git('checkout', '-q', 'main')
  repo.git('rm', '-q', 'gone.txt')
  repo.commit({ 'b.txt': 'b' })
  repo.git('checkout', '-q', '--detach')
  repo.git('merge', '-q', '--no-ff', '-m', 'merge', 'work')
  repo.git('update-ref', 'refs/pull/1/merge', 'HEAD')
  const fetched = (depth: number) => {
    const clone = new Repo()
    clone.git('fetch', '-q', `--depth=${depth}`, `file://${repo.dir}`, 'refs/pull/1/merge')
    clone.git('checkout', '-q', 'FETCH_HEAD')
    return clone.dir
  }
  const result = await scanPart(fetched(2), 'HEAD^1..HEAD')
  expect(result).toMatchObject({ complete: false })
  const cut = expect.objectContaining({ reason: expect.stringContaining('`git fetch --unshallow` gets it') })
  expect(told(result)).toEqual({ ...exactly([leak, message, named], [old, moved]), skipped: [cut] })
  expect(found(result, leak).occurrences[0]?.location).toMatchObject({
    path: { text: 'deep/leak.txt' },
    introducedBy: null,
  })
  expect(told(await scanPart(fetched(4), 'HEAD^1..HEAD'))).toEqual(
    exactly([leak, message, named], [old, moved]),
  )
  expect(await scanPart(fetched(1), 'HEAD^1..HEAD')).toMatchObject({ complete: false, units: 0 })
})

test('attributes that are a pipe: finding renames has an end', async () => {
  const repo = new Repo()
  const base = repo.commit({ 'a.txt': body })
  repo.git('mv', 'a.txt', 'b.txt')
  const tip = repo.commit({ 'b.txt': `${body}more` })
  execFileSync('mkfifo', [join(repo.dir, '.gitattributes')])
  const { git } = await findRepository(contextAt(repo.dir), undefined, never)
  const ends = { tips: [tip], excluded: [base], since: null, tags: { named: [], excluded: [] } }
  const { failed } = await stepsOf(git, ends, new Set(), '-M', never, 300)
  expect(failed).toMatch(/^git did not answer for 0.3 s/)
  expect((await stepsOf(git, ends, new Set(), '-M100%', never)).failed).toBe(null)
})

test('a partial clone: what the range lacks is named, and nothing is fetched', async () => {
  const repo = new Repo()
  const [token, old] = [randomToken(), randomToken()]
  repo.git('config', 'uploadpack.allowFilter', 'true')
  const base = repo.commit({ 'a.txt': `${old}\n` })
  repo.commit({ 'b.txt': token })
  repo.commit({ 'b.txt': 'b', 'a.txt': `${old}\nx\n` })
  const clone = (filter: string) => {
    const dir = temporary()
    repo.git('clone', '-q', '--bare', `--filter=${filter}`, `file://${repo.dir}`, dir)
    return dir
  }
  const count = (dir: string) =>
    execFileSync('git', ['cat-file', '--batch-all-objects', '--batch-check'], {
      cwd: dir,
      stdio: 'pipe',
      encoding: 'utf8',
    }).split('\n').length
  for (const filter of ['blob:none', 'tree:0']) {
    const dir = clone(filter)
    const before = count(dir)
    const result = await scanPart(dir, `${base}..main`)
    expect(result.complete).toBe(false)
    expect(result.skipped.map(({ hint }) => hint)).toContain('git fetch --refetch --no-filter')
    const reasons = result.skipped.map(({ reason }) => reason).join()
    expect(reasons).toContain('partial clone')
    expect(reasons).not.toMatch(/fetch .* from|transport/)
    expect(count(dir)).toBe(before)
    execFileSync(
      'git',
      [
        '-c',
        'protocol.file.allow=always',
        'fetch',
        '-q',
        '--refetch',
        '--no-filter',
        'origin',
        '+refs/*:refs/*',
      ],
      { cwd: dir, stdio: 'pipe' },
    )
    expect(told(await scanPart(dir, `${base}..main`))).toEqual(exactly([token], [old]))
  }
})

test('damage in the range is named, damage elsewhere is not its matter', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ 'old.txt': 'old' })
  const oldBlob = repo.git('rev-parse', 'HEAD:old.txt')
  const base = repo.commit({ 'old.txt': 'older' })
  const middle = repo.commit({ 'a.txt': 'a' })
  repo.commit({ 'b.txt': token })
  const blob = repo.git('rev-parse', 'HEAD:a.txt')
  const remove = (id: string) => unlinkSync(join(repo.dir, '.git', 'objects', id.slice(0, 2), id.slice(2)))
  remove(oldBlob)
  expect(told(await scanPart(repo.dir, `${base}..`))).toEqual(exactly([token]))
  remove(blob)
  const result = await scanPart(repo.dir, `${base}..`)
  expect(prints(result.findings)).toEqual([print(token)])
  expect(result.skipped.map(({ skipped }) => skipped)).toEqual([`object ${blob}`])
  remove(middle)
  expect(await scanPart(repo.dir, `${base}..`)).toMatchObject({ complete: false })
})

test('ten thousand commits, a key that stood before in many of them', async () => {
  const repo = new Repo()
  const [old, fresh] = [randomToken(), randomToken()]
  const base = repo.commit({ 'a.txt': `${old}\n` })
  const parts: string[] = []
  for (let n = 1; n <= 10_000; n += 1) {
    const content = n === 7001 ? fresh : `${n} ${n % 400 === 0 ? old : ''}`
    const path = n === 7001 ? 'new.txt' : n % 400 === 0 ? 'a.txt' : `f${n % 10}`
    parts.push(`commit refs/heads/long\ncommitter A <a@b> ${1_700_000_000 + n} +0000\ndata 1\nx\n`)
    if (n === 1) parts.push(`from ${base}\n`)
    parts.push(`M 100644 inline ${path}\ndata ${content.length}\n${content}\n`)
  }
  repo.gitWith({ input: parts.join('') }, 'fast-import', '--quiet')
  const result = await scanPart(repo.dir, 'main..long')
  expect(told(result)).toEqual(exactly([fresh], [old]))
  expect(result.preexisting?.[0]?.occurrenceCount).toBe(25)
})

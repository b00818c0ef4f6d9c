import { chmodSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { stagedSource } from '../../../src/sources/staged/source.ts'
import { randomToken } from '../../support.ts'
import { contextAt, found, Repo, scan, temporary, write } from '../support.ts'

const scanStaged = (dir: string, env: Record<string, string> = {}) => {
  const context = contextAt(dir, { env: { ...process.env, ...env } })
  return scan(stagedSource(context), { context })
}
const paths = (result: Awaited<ReturnType<typeof scanStaged>>) =>
  result.findings
    .flatMap(({ occurrences }) => occurrences.map(({ location }) => location.path?.text ?? ''))
    .sort()

test('before the first commit', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.stage({ 'src/a.ts': `x\n  ${token}` })
  const result = await scanStaged(repo.dir)
  expect(result).toMatchObject({ complete: true, source: 'staged' })
  expect(found(result, token).occurrences[0]).toMatchObject({
    surface: 'source-code',
    location: { path: { text: 'src/a.ts' }, line: 2, column: 3, commit: null, object: { type: 'blob' } },
  })
})

test('by object: the working folder does not matter', async () => {
  const repo = new Repo()
  const [staged, unstaged] = [randomToken(), randomToken()]
  repo.commit({ 'a.txt': '1' })
  repo.stage({ 'a.txt': staged })
  write(repo.dir, { 'a.txt': unstaged, 'b.txt': unstaged })
  const result = await scanStaged(repo.dir)
  expect(result.findings.length).toBe(1)
  expect(found(result, staged)).toBeDefined()
})

test('what the parent had there is nothing new; a second token beside it is', async () => {
  const repo = new Repo()
  const [old, fresh] = [randomToken(), randomToken()]
  repo.commit({ 'a.txt': `${old}\n`, 'b.txt': 'b' })
  repo.stage({ 'a.txt': `${old}\nmore\n${fresh}\n`, 'b.txt': 'changed' })
  const result = await scanStaged(repo.dir)
  expect(result.findings.map(({ fingerprint }) => fingerprint)).toEqual([found(result, fresh).fingerprint])
  repo.stage({ 'copy.txt': old })
  expect(paths(await scanStaged(repo.dir))).toContain('copy.txt')
})

test('no configuration keeps git from finding renames', async () => {
  const repo = new Repo()
  const body = Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join('')
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const all = Object.fromEntries(names.map((name) => [name, `${name}\n${body}${randomToken()}\n`]))
  repo.commit(Object.fromEntries(names.map((name) => [`old/${name}.txt`, all[name] as string])))
  repo.git('rm', '-r', '-q', 'old')
  repo.stage(Object.fromEntries(names.map((name) => [`new/${name}1.md`, `${all[name]}more\n`])))
  const settings = {
    'diff.renameLimit': '1',
    'diff.renames': 'false',
    'diff.algorithm': 'patience',
    'diff.orderFile': 'absent',
    'diff.relative': 'true',
    'diff.ignoreSubmodules': 'all',
    'diff.noprefix': 'true',
    'diff.external': 'false',
    'diff.wordRegex': '.',
    'diff.dirstat': 'lines',
    'core.quotePath': 'true',
    'core.ignoreCase': 'true',
    'core.whitespace': 'cr-at-eol',
    'core.abbrev': '4',
    'status.renames': 'false',
    'status.renameLimit': '1',
    'merge.renameLimit': '1',
  }
  for (const [key, value] of Object.entries(settings)) repo.git('config', key, value)
  const result = await scanStaged(repo.dir)
  expect(result).toMatchObject({ complete: true, findings: [] })
})

test('a rename keeps its past, with and without a change', async () => {
  const repo = new Repo()
  const [token, moved] = [randomToken(), randomToken()]
  const body = Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join('')
  repo.commit({ 'old.txt': `${body}${token}\n`, 'same.txt': moved })
  repo.git('mv', 'old.txt', 'new.txt')
  repo.git('mv', 'same.txt', 'elsewhere.txt')
  repo.stage({ 'new.txt': `${body}changed\n${token}\n` })
  expect((await scanStaged(repo.dir)).findings).toEqual([])
})

test('a merge in progress: what either parent had is nothing new, what the merge adds is', async () => {
  const repo = new Repo()
  const [ours, theirs, evil] = [randomToken(), randomToken(), randomToken()]
  repo.commit({ 'a.txt': 'a' })
  repo.git('checkout', '-q', '-b', 'side')
  repo.commit({ 'b.txt': theirs, 'a.txt': `side ${theirs}` })
  repo.git('checkout', '-q', 'main')
  repo.commit({ 'a.txt': `main ${ours}` })
  expect(() => repo.git('merge', '-q', '--no-commit', '--no-ff', 'side')).toThrow('merge')
  expect((await scanStaged(repo.dir)).skipped[0]?.reason).toMatch(/unmerged/)
  repo.stage({ 'a.txt': `both ${ours} ${theirs}\n`, 'c.txt': evil })
  const result = await scanStaged(repo.dir)
  expect(paths(result)).toEqual(['c.txt'])
  expect(result.complete).toBe(true)
})

test('submodules and intent-to-add are no content; a link is scanned as the text it is', async () => {
  const repo = new Repo()
  const [intended, linked] = [randomToken(), randomToken()]
  const other = new Repo()
  other.commit({ 'a.txt': '1' })
  repo.commit({ 'a.txt': '1' })
  repo.git('update-index', '--add', '--cacheinfo', `160000,${other.git('rev-parse', 'HEAD')},sub`)
  symlinkSync(`/run/${linked}`, join(repo.dir, 'link'))
  repo.git('add', 'link')
  write(repo.dir, { 'later.txt': intended })
  repo.git('add', '-N', 'later.txt')
  const result = await scanStaged(repo.dir)
  expect(paths(result)).toEqual(['link'])
  expect(result.excluded).toMatchObject({ submodules: 1 })
  expect(result.complete).toBe(true)
})

test('a type change, a mode change, a deletion', async () => {
  const repo = new Repo()
  const [kept, changed] = [randomToken(), randomToken()]
  repo.commit({ 'a.txt': kept, 'b.txt': 'b', 'c.txt': kept })
  repo.git('rm', '-q', 'c.txt')
  chmodSync(join(repo.dir, 'a.txt'), 0o755)
  unlinkSync(join(repo.dir, 'b.txt'))
  symlinkSync(changed, join(repo.dir, 'b.txt'))
  repo.git('add', '-A')
  expect(paths(await scanStaged(repo.dir))).toEqual(['b.txt'])
})

test('from a worktree, from a sub-folder, and from an alternative index', async () => {
  const repo = new Repo()
  const [inTree, inIndex] = [randomToken(), randomToken()]
  repo.commit({ 'sub/a.txt': '1', 'top.txt': '1' })
  const tree = join(temporary(), 'tree')
  repo.git('worktree', 'add', '-q', tree, '-b', 'other')
  write(tree, { 'w.txt': inTree })
  repo.git('-C', tree, 'add', 'w.txt')
  expect(paths(await scanStaged(tree))).toEqual(['w.txt'])
  expect(paths(await scanStaged(repo.dir))).toEqual([])
  const index = join(temporary(), 'index')
  write(repo.dir, { 'top.txt': inIndex })
  repo.gitWith({ env: { GIT_INDEX_FILE: index } }, 'read-tree', 'HEAD')
  repo.gitWith({ env: { GIT_INDEX_FILE: index } }, 'add', 'top.txt')
  expect(paths(await scanStaged(join(repo.dir, 'sub'), { GIT_INDEX_FILE: index }))).toEqual(['top.txt'])
  expect(paths(await scanStaged(join(repo.dir, 'sub')))).toEqual([])
})

test('names with newlines, quotes and bytes that are no UTF-8; a token as a name', async () => {
  const repo = new Repo()
  const [token, named] = [randomToken(), randomToken()]
  const odd = Buffer.concat([Buffer.from(`${repo.dir}/we"ird\n`), Buffer.from([0xff]), Buffer.from('.txt')])
  writeFileSync(odd, token)
  repo.stage({ [`${named}/x`]: 'content', [`${named}/y`]: 'content' })
  const result = await scanStaged(repo.dir)
  expect(Buffer.from(found(result, token).occurrences[0]?.location.path?.raw ?? []).toString('latin1')).toBe(
    'we"ird\n\xff.txt',
  )
  expect(found(result, named)).toMatchObject({
    occurrenceCount: 1,
    occurrences: [{ location: { path: { text: named }, line: null } }],
  })
})

test('a folder whose name held a token already is nothing new, a name in it and what the file holds are', async () => {
  const repo = new Repo()
  const [old, fresh] = [randomToken(), randomToken()]
  repo.commit({ [`src/${old}/x`]: 'content' })
  repo.stage({ [`src/${old}/y`]: 'content', [`src/${old}/deeper/z`]: 'content' })
  expect((await scanStaged(repo.dir)).findings).toEqual([])
  repo.stage({
    [`src/${old}/w`]: old,
    [`src/${old}/${old}`]: 'content',
    [`${old}/x`]: '',
    [`src/${fresh}/x`]: '',
  })
  const result = await scanStaged(repo.dir)
  const places = found(result, old).occurrences.map(({ location }) => location.path?.text)
  expect(places).toContain(`src/${old}/w`)
  expect(places).toContain(`src/${old}`)
  expect(places).toContain(old)
  expect(found(result, fresh).occurrenceCount).toBe(1)
})

test('gzip is read through, and what the parent had in it is nothing new', async () => {
  const repo = new Repo()
  const [old, fresh] = [randomToken(), randomToken()]
  repo.commit({ 'log.gz': gzipSync(old) })
  repo.stage({ 'log.gz': gzipSync(`${old}\n${fresh}`) })
  const result = await scanStaged(repo.dir)
  expect(result.findings.length).toBe(1)
  expect(found(result, fresh).occurrences[0]).toMatchObject({ encodings: ['gzip'], location: { line: 2 } })
})

test('a missing object is skipped; a broken index and a bare repository are errors', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ 'a.txt': '1' })
  repo.stage({ 'b.txt': 'b', 'c.txt': token, 'd.txt': 'd' })
  const id = repo.git('rev-parse', ':b.txt')
  unlinkSync(join(repo.dir, '.git', 'objects', id.slice(0, 2), id.slice(2)))
  const result = await scanStaged(repo.dir)
  expect(result.skipped.map(({ skipped }) => skipped)).toEqual(['b.txt'])
  expect(paths(result)).toEqual(['c.txt'])
  const index = join(repo.dir, '.git', 'index')
  const whole = readFileSync(index)
  for (const damaged of [
    whole.subarray(0, 10),
    whole.subarray(0, 50),
    Buffer.from(whole).fill(0x55, 20, 60),
  ]) {
    writeFileSync(index, damaged)
    await expect(scanStaged(repo.dir)).rejects.toMatchObject({ code: 'broken-repository', exitCode: 2 })
  }
  const bare = temporary()
  repo.git('init', '-q', '--bare', bare)
  await expect(scanStaged(bare)).rejects.toMatchObject({ code: 'bare-repository', exitCode: 2 })
})

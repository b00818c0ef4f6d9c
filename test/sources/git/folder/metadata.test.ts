import { chmodSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { ScanResult } from '../../../../src/pipeline/types.ts'
import { gitSource } from '../../../../src/sources/git/source.ts'
import { randomToken } from '../../../support.ts'
import { asNobody, contextAt, found, never, Repo, scan, temporary, write } from '../../support.ts'

const scanGit = async (dir: string, env: Record<string, string> = {}) => {
  const context = contextAt(dir, { env: { ...process.env, ...env } })
  return scan(await gitSource(context, undefined, never), { context })
}
const placesOf = (result: ScanResult, token: string) =>
  found(result, token).occurrences.map(({ location }) => location.via[0] ?? location.ref)

test('files that git and other tools leave in the git folder, whatever their names', async () => {
  const repo = new Repo()
  repo.commit({ a: '1' })
  const files = [
    'COMMIT_EDITMSG',
    'MERGE_MSG',
    'NOTES_EDITMSG',
    'EDIT_DESCRIPTION',
    'FETCH_HEAD',
    'ORIG_HEAD',
    'config.worktree',
    'description',
    'hooks/pre-push.sample',
    'info/exclude',
    'info/attributes',
    'info/sparse-checkout',
    'info/grafts',
    'logs/refs/heads/gone',
    'rebase-merge/message',
    'rebase-apply/0001',
    'rebase-apply/author-script',
    'sequencer/todo',
    'rr-cache/0123456789012345678901234567890123456789/preimage',
    'BISECT_LOG',
    'branches/old',
    'remotes/old',
    'lost-found/other/0123456789012345678901234567890123456789',
    'svn/.metadata',
    'worktrees/w/logs/HEAD',
    'worktrees/w/COMMIT_EDITMSG',
    'refs/heads/broken',
    'objects/info/http-alternates',
    'objects/pack/pack-x.keep',
    'objects/notes.txt',
    'lfs/tmp/half',
    'lfs/incomplete/half',
    'modules.txt',
    'any thing/at all/.git/config',
  ]
  const tokens = files.map((file) => [file, randomToken()] as const)
  write(join(repo.dir, '.git'), Object.fromEntries(tokens.map(([file, token]) => [file, `a ${token}\n`])))
  const result = await scanGit(repo.dir)
  for (const [file, token] of tokens) expect(placesOf(result, token)).toEqual([`.git/${file}`])
})

test('the diff that git commit -v shows, and a stash of conflicts that rerere keeps', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ a: '1' })
  repo.stage({ a: `x ${token}` })
  const editor = join(temporary(), 'editor')
  writeFileSync(editor, '#!/bin/sh\nexit 1\n')
  chmodSync(editor, 0o755)
  expect(() => repo.gitWith({ env: { GIT_EDITOR: editor } }, 'commit', '-v')).toThrow(/editor/)
  expect(placesOf(await scanGit(repo.dir), token)).toContain('.git/COMMIT_EDITMSG')
})

test('packed refs, loose refs, and refs that git does not take for one: names and what they hold', async () => {
  const repo = new Repo()
  repo.commit({ a: '1' })
  const [packed, loose, locked, foreign] = [randomToken(), randomToken(), randomToken(), randomToken()]
  repo.git('branch', packed)
  repo.git('pack-refs', '--all')
  repo.git('branch', loose)
  const id = repo.git('rev-parse', 'HEAD')
  write(join(repo.dir, '.git/refs/heads'), { [`${locked}.lock`]: `${id}\n`, 'x..y': foreign })
  const result = await scanGit(repo.dir)
  expect(placesOf(result, packed)).toContain(`refs/heads/${packed}`)
  expect(placesOf(result, packed)).toContain('.git/packed-refs')
  expect(placesOf(result, loose)).toContain(`refs/heads/${loose}`)
  expect(placesOf(result, loose)).not.toContain(`name of .git/refs/heads/${loose}`)
  expect(placesOf(result, locked)).toEqual([`name of .git/refs/heads/${locked}.lock`])
  expect(placesOf(result, foreign)).toEqual(['.git/refs/heads/x..y'])
})

test.each([2, 3, 4])('names in an index of version %d that no tree has', async (version) => {
  const repo = new Repo()
  const [first, second, inside, removed, wanted] = Array.from({ length: 5 }, () => randomToken()) as [
    string,
    string,
    string,
    string,
    string,
  ]
  repo.commit({ a: '1' })
  repo.git('config', 'index.version', String(version))
  // Version 4 takes off what two names share, and a name of 53 letters has a `5` in front.
  repo.stage({ [first]: '', [first.slice(0, 20)]: '', [`d/${inside}/1`]: '', [`d/${inside}/2`]: '' })
  repo.stage({ [second]: '', [`${second.slice(0, 6)}/x`]: '' })
  write(repo.dir, { [wanted]: 'x' })
  if (version === 3) repo.git('add', '-N', wanted)
  if (version === 4) repo.git('update-index', '--index-version', '4')
  repo.git('update-index', '--untracked-cache')
  write(repo.dir, { [removed]: '' })
  repo.git('status')
  const result = await scanGit(repo.dir)
  expect(readFileSync(join(repo.dir, '.git/index')).readUInt32BE(4)).toBe(version)
  for (const token of [first, second, inside, removed, wanted])
    expect([version, ...new Set(placesOf(result, token))]).toEqual([version, '.git/index'])
})

test('a large index streams, one of SHA-256 is read, a damaged one is named and read as it is', async () => {
  const repo = new Repo(temporary(), '--object-format=sha256')
  const [last, staged] = [randomToken(), randomToken()]
  repo.commit({ a: '1' })
  const empty = repo.gitWith({ input: '' }, 'hash-object', '-w', '--stdin')
  const names = Array.from({ length: 12_000 }, (_, at) => `folder/with/a/longer/name/${at}`)
  const entries = [...names, `z/${last}`].map((name) => `100644 ${empty} 0\t${name}\n`)
  repo.gitWith({ input: entries.join('') }, 'update-index', '--index-info')
  expect(placesOf(await scanGit(repo.dir), last)).toEqual(['.git/index'])
  const broken = Buffer.concat([
    Buffer.from('DIRC'),
    Buffer.from([0, 0, 0, 9, 0, 0, 0, 1]),
    Buffer.from(staged),
  ])
  writeFileSync(join(repo.dir, '.git/sharedindex.x'), broken)
  const result = await scanGit(repo.dir)
  expect(placesOf(result, staged)).toEqual(['.git/sharedindex.x'])
  expect(result.skipped).toMatchObject([
    { skipped: '.git/sharedindex.x', reason: expect.stringContaining('version 9') },
  ])
})

test('reflogs of a table of refs are packed: opened', async () => {
  const repo = new Repo()
  repo.commit({ a: '1' })
  const [one, two] = [randomToken(), randomToken()]
  const block = (text: string) => {
    const records = Buffer.from(`\0\0\0 clone: from ${text}`)
    const head = Buffer.from([0x67, 0, 0, records.length + 4])
    return Buffer.concat([head, deflateSync(records)])
  }
  const head = Buffer.alloc(24)
  head.write('REFT')
  head[4] = 1
  const foot = Buffer.alloc(68)
  foot.writeBigUInt64BE(24n, 48)
  const table = Buffer.concat([head, block(one), block(two), foot])
  write(join(repo.dir, '.git/reftable'), { 'a.ref': table, 'b.ref': table.subarray(0, 60) })
  const result = await scanGit(repo.dir)
  for (const token of [one, two]) expect(placesOf(result, token)).toEqual(['reflogs in .git/reftable/a.ref'])
  expect(result.skipped).toMatchObject([{ skipped: 'reflogs in .git/reftable/b.ref' }])
})

test('a bare repository, a worktree, a git folder behind a file, a link and GIT_DIR', async () => {
  const repo = new Repo()
  const token = randomToken()
  repo.commit({ a: '1' })
  repo.git('config', 'remote.origin.url', `https://x:${token}@example.com/`)
  const parent = temporary()
  repo.git('worktree', 'add', '-q', join(parent, 'tree'), '-b', 'other')
  repo.git('init', '-q', '--bare', join(parent, 'bare'))
  repo.gitWith({}, `--git-dir=${parent}/bare`, 'config', 'remote.origin.url', `https://${token}@example.com/`)
  const [linked, filed] = [new Repo().dir, new Repo().dir]
  for (const dir of [linked, filed]) renameSync(join(dir, '.git'), join(dir, 'old'))
  symlinkSync(join(repo.dir, '.git'), join(linked, '.git'))
  writeFileSync(join(filed, '.git'), `gitdir: ${repo.dir}/.git\n`)
  for (const dir of [join(parent, 'tree'), join(parent, 'bare'), linked, filed])
    expect([dir, placesOf(await scanGit(dir), token)]).toEqual([dir, ['.git/config']])
  const inherited = await scanGit(parent, { GIT_DIR: join(repo.dir, '.git') })
  expect(placesOf(inherited, token)).toEqual(['.git/config'])
})

test('what is unreadable is skipped', async () => {
  const repo = new Repo()
  repo.commit({ a: '1' })
  mkdirSync(join(repo.dir, '.git/logs/locked'), 0)
  writeFileSync(join(repo.dir, '.git/description'), 'none')
  chmodSync(join(repo.dir, '.git/description'), 0)
  const result = await asNobody(repo.dir, () => scanGit(repo.dir, { HOME: repo.dir }))
  expect(result.skipped.map(({ skipped }) => skipped)).toEqual(['.git/description', '.git/logs/locked'])
})

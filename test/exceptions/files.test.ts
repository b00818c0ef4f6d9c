import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { mistakesBy } from '../report/schema.ts'
import { Repo, temporary, write } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { digits, print, report, run } from './support.ts'

const exceptions = (...items: string[]): string =>
  `version: 1\nexceptions:\n${items.map((item) => `  - { ${item}, reason: test data, owner: Search team }\n`).join('')}`

function folder(files: Record<string, string>): string {
  const dir = temporary()
  write(dir, files)
  return dir
}

const status = (document: { exceptions?: { status: string; occurrences: number }[] }) =>
  (document.exceptions ?? []).map((use) => `${use.status} ${use.occurrences}`)

test('an exception covers a token wherever it stands, and another token not', async () => {
  const [token, other] = [randomToken(), randomToken()]
  const cwd = folder({
    '.pplx-warden.yaml': exceptions(`fingerprint: ${print(token)}, expires: 2031-01-02`),
    'a.txt': token,
    'b/c.txt': `${token}\n`,
    [`${token}.d/e.txt`]: 'a folder with its name',
  })
  const [document, code] = await report(cwd, ['dir'])
  expect(code).toBe(0)
  expect(mistakesBy('scan', document)).toBeNull()
  expect(document.summary).toMatchObject({ findings: 0, suppressed: 1 })
  expect(document.findings[0]?.suppressed).toEqual({
    by: '.pplx-warden.yaml, owner Search team',
    reason: 'test data',
    expires: '2031-01-02',
  })
  expect(document.exceptions).toMatchObject([
    { fingerprint: print(token), source: '.pplx-warden.yaml', status: 'applied', occurrences: 3 },
  ])
  write(cwd, { 'z.txt': other })
  expect((await report(cwd, ['dir']))[1]).toBe(1)
})

test('a glob covers what matches it, and a key counts while one place is not covered, beyond the hundredth too', async () => {
  const token = randomToken()
  const files = Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`fixtures/${at}/k.txt`, token]))
  const cwd = folder({
    ...files,
    '.pplx-warden.yaml': exceptions(`fingerprint: "sha256:${digits(token)}", path: "fixtures/**"`),
  })
  expect((await report(cwd, ['dir']))[1]).toBe(0)
  expect((await report(cwd, ['dir', 'fixtures']))[1], 'outside of a repository: no file there').toBe(1)
  write(cwd, { 'fixtures2/k.txt': token })
  // Sorted by place it is listed, being the last; one in the middle is not.
  const middle = folder({
    ...Object.fromEntries(
      Array.from({ length: 240 }, (_, at) => [
        `${at < 150 ? 'a' : 'c'}/${String(at).padStart(3, '0')}`,
        token,
      ]),
    ),
    'b/x': token,
    '.pplx-warden.yaml': exceptions(`fingerprint: ${print(token)}, path: "{a,c}/**"`),
  })
  for (const cwd2 of [cwd, middle]) {
    const [document, code] = await report(cwd2, ['dir'])
    expect(code).toBe(1)
    expect(document.findings[0]?.suppressed).toBeNull()
  }
  const ended = await run(middle, ['scan', 'dir'])
  expect(ended.stdout.replaceAll(/\s+/g, ' ')).toContain(
    '240 places of 241, not all are covered: the key counts',
  )
})

test('paths are relative to the file, whatever is scanned; the file at the folder or above it', async () => {
  const token = randomToken()
  const repo = new Repo()
  write(repo.dir, {
    '.pplx-warden.yaml': exceptions(`fingerprint: ${print(token)}, path: sub/a.txt`),
    'sub/a.txt': token,
  })
  for (const [cwd, args] of [
    [repo.dir, ['dir']],
    [repo.dir, ['dir', 'sub']],
    [repo.dir, ['dir', 'sub/a.txt']],
    [join(repo.dir, 'sub'), ['dir']],
    ['/', ['dir', repo.dir]],
  ] as const) {
    expect((await report(cwd, args))[1], args.join(' ')).toBe(0)
  }
  // Also one without a glob is about its own tree alone.
  write(repo.dir, { '.pplx-warden.yaml': exceptions(`fingerprint: ${print(token)}`) })
  const other = folder({ 'sub/a.txt': token })
  expect((await report(repo.dir, ['dir', '.', other]))[1], 'another tree beside it').toBe(1)
})

test('a line is never excepted: a second token on it is found', async () => {
  const [token, other] = [randomToken(), randomToken()]
  const cwd = folder({
    '.pplx-warden.yaml': exceptions(`fingerprint: ${print(token)}`),
    'a.txt': `${token} ${other}\n`,
  })
  const [document, code] = await report(cwd, ['dir'])
  expect(code).toBe(1)
  expect(document.summary).toMatchObject({ findings: 1, suppressed: 1 })
})

test('it is valid through its last day, and over after it', async () => {
  const token = randomToken()
  const cwd = folder({
    '.pplx-warden.yaml': exceptions(`fingerprint: ${print(token)}, expires: 2027-03-01`),
    'a.txt': token,
  })
  const on = (now: string) => report(cwd, ['dir'], { now })
  const [valid, code] = await on('2027-03-01T23:59:59Z')
  expect([code, ...status(valid)]).toEqual([0, 'applied 1'])
  const [over, late] = await on('2027-03-02T00:00:00Z')
  expect([late, ...status(over)]).toEqual([1, 'expired 0'])
  expect((await run(cwd, ['scan', 'dir'], { now: '2027-03-02T00:00:00Z' })).stdout).toMatch(
    /^Exceptions\n {2}expired {2}\[[0-9a-f]{8}\]: is over and covers nothing/m,
  )
})

test('one of no use is told where all of its tree was looked at, and only there', async () => {
  const token = randomToken()
  const file = { '.pplx-warden.yaml': exceptions(`fingerprint: ${print(token)}`) }
  const cwd = folder({ ...file, 'a.txt': 'nothing', 'sub/b.txt': 'nothing' })
  const seen = async (...args: string[]) => status((await report(cwd, args))[0])
  expect(await seen('dir')).toEqual(['unused 0'])
  expect(await seen('dir', 'a.txt'), 'one file of it').toEqual([])
  expect(await seen('dir', '--min-confidence', 'exact'), 'a near one may need it').toEqual([])
  write(cwd, { 'damaged.gz': '\u001f' })
  writeFileSync(join(cwd, 'damaged.gz'), Buffer.from([0x1f, 0x8b, 8, 0, 0]))
  expect(await seen('dir'), 'incomplete').toEqual([])
  const repo = new Repo()
  repo.commit({ ...file, 'a.txt': 'x' })
  expect(status((await report(repo.dir, ['git']))[0])).toEqual(['unused 0'])
  expect(status((await report(repo.dir, ['staged']))[0])).toEqual([])
})

describe('what is committed is judged by what was committed before', () => {
  const token = randomToken()
  const except = { '.pplx-warden.yaml': exceptions(`fingerprint: ${print(token)}, path: "*.py"`) }

  test('scan staged obeys the file of HEAD', async () => {
    const repo = new Repo()
    repo.commit({ 'x.txt': 'x' })
    repo.stage({ 'a.py': token, ...except })
    expect((await report(repo.dir, ['staged']))[1], 'in the same commit').toBe(1)
    repo.git('rm', '-q', '--cached', 'a.py')
    repo.git('commit', '-q', '-m', 'except it')
    repo.git('add', '-f', 'a.py')
    const [document, code] = await report(repo.dir, ['staged'])
    expect(code).toBe(0)
    expect(document.exceptions).toMatchObject([{ source: 'HEAD:.pplx-warden.yaml', status: 'applied' }])
    repo.stage({ 'b.txt': token })
    expect((await report(repo.dir, ['staged']))[1], 'at another path').toBe(1)
    expect((await report(repo.dir, ['staged'], { now: '2040-01-01T00:00:00Z' }))[1]).toBe(1)
  })

  test('scan git: every name that an object ever had must match', async () => {
    const repo = new Repo()
    repo.commit({ ...except, 'a.py': token, 'b.txt': 'x' })
    const [document, code] = await report(repo.dir, ['git'])
    expect([code, ...status(document)]).toEqual([0, 'applied 1'])
    repo.commit({ 'sub/a.txt': token })
    expect((await report(repo.dir, ['git']))[1]).toBe(1)
    repo.git('rm', '-q', 'sub/a.txt')
    repo.commit({})
    expect((await report(repo.dir, ['git']))[1], 'removed, and still in the history').toBe(1)
  })

  test('scan git: a message or a branch has no path: a glob does not cover it, no glob does', async () => {
    const repo = new Repo()
    repo.commit(
      { '.pplx-warden.yaml': exceptions(`fingerprint: ${print(token)}, path: "**"`) },
      `say ${token}`,
    )
    repo.git('branch', token)
    expect((await report(repo.dir, ['git']))[1]).toBe(1)
    repo.commit({ '.pplx-warden.yaml': exceptions(`fingerprint: ${print(token)}`) })
    expect((await report(repo.dir, ['git']))[1]).toBe(0)
  })

  test('a file of HEAD that is too large, or a link there, is an error', async () => {
    const repo = new Repo()
    repo.commit({ '.pplx-warden.yaml': `#${'x'.repeat(200_000)}\n` })
    expect((await run(repo.dir, ['scan', 'git'])).stderr).toContain(
      'HEAD:.pplx-warden.yaml: larger than 128 KiB',
    )
  })
})

test('a damaged file is 2 before anything is scanned', async () => {
  const cwd = folder({ '.pplx-warden.yaml': 'exceptions: [{ fingerprint: x }]\n', 'a.txt': randomToken() })
  const ended = await run(cwd, ['scan', 'dir', '--report', 'json'])
  expect(ended).toMatchObject({ code: 2, stdout: '' })
  expect(ended.stderr).toMatch(/\.pplx-warden\.yaml:1:29: exceptions\[0\]\.fingerprint/)
})

test('a log has no exceptions of its own: the folder it lies in does not silence it', async () => {
  const token = randomToken()
  const cwd = folder({ '.pplx-warden.yaml': exceptions(`fingerprint: ${print(token)}`), 'a.log': token })
  expect((await report(cwd, ['log', 'a.log']))[1]).toBe(1)
})

test('quiet: what is excepted is not worth a word', async () => {
  const token = randomToken()
  const cwd = folder({ '.pplx-warden.yaml': exceptions(`fingerprint: ${print(token)}`), 'a.txt': token })
  expect(await run(cwd, ['scan', 'dir', '-q'])).toEqual({ code: 0, stdout: '', stderr: '' })
  const shown = await run(cwd, ['scan', 'dir'])
  expect(shown.stdout).toContain('Excepted by .pplx-warden.yaml, owner Search team: test data')
  expect(shown.stdout).toMatch(/^Exceptions\n {2}applied {2}\[/m)
  expect(shown.stdout).not.toContain(token)
})

test('a token in a reason is found, and shown nowhere', async () => {
  const [token, other] = [randomToken(), randomToken()]
  const cwd = folder({
    '.pplx-warden.yaml': `exceptions: [{ fingerprint: ${print(token)}, reason: ${other}, owner: ${other} }]\n`,
    'a.txt': token,
  })
  for (const format of ['text', 'json', 'jsonl']) {
    const ended = await run(cwd, ['scan', 'dir', '--report', format])
    expect(ended.code).toBe(1)
    expect(ended.stdout + ended.stderr).not.toContain(other.slice(5))
  }
  const lines = (await run(cwd, ['scan', 'dir', '--report', 'jsonl'])).stdout.trimEnd().split('\n')
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
    type: 'summary',
    exceptions: [{ status: 'applied' }],
  })
})

import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { mistakesBy } from '../report/schema.ts'
import { Repo, temporary, write } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { startWarden, warden } from './command.ts'

interface Document {
  scan: { complete: boolean; skipped: { unit: string; reason: string }[]; target: string; source: string }
  findings: {
    confidence: string
    key: { name: string } | null
    occurrences: { location: Record<string, unknown> }[]
  }[]
  summary: { findings: number }
}

function folder(files: Record<string, string | Uint8Array>): string {
  const dir = temporary()
  write(dir, files)
  return dir
}

const damaged = gzipSync('text '.repeat(1000)).subarray(0, 40)

describe('exit codes of scan dir', () => {
  const token = randomToken()
  const clean = folderOnce({ 'a.txt': 'nothing' })
  const found = folderOnce({ 'a.txt': `key = ${token}\n` })
  const incomplete = folderOnce({ 'a.txt': 'nothing', 'b.gz': damaged })
  const both = folderOnce({ 'a.txt': token, 'b.gz': damaged })

  const table: [string, () => string, string[], number][] = [
    ['clean and complete', clean, [], 0],
    ['a finding', found, [], 1],
    ['something was not read', incomplete, [], 3],
    ['a finding, and something was not read', both, [], 1],
    ['--exit-zero and a finding', found, ['--exit-zero'], 0],
    ['--exit-zero does not cover what was not read', both, ['--exit-zero'], 3],
    ['--allow-incomplete', incomplete, ['--allow-incomplete'], 0],
    ['--allow-incomplete with the right reason', incomplete, ['--allow-incomplete=EACCES,GZIP'], 0],
    ['--allow-incomplete with another reason', incomplete, ['--allow-incomplete=EACCES'], 3],
    ['--allow-incomplete does not cover findings', both, ['--allow-incomplete'], 1],
    ['both together', both, ['--allow-incomplete', '--exit-zero'], 0],
  ]
  test.each(table)('%s', (_, dir, flags, code) => {
    const ended = warden(['scan', 'dir', ...flags], { cwd: dir() })
    expect(ended.code, ended.stdout + ended.stderr).toBe(code)
    expect(ended.stdout + ended.stderr).not.toContain(token)
    for (const flag of flags.filter(() => code === 0))
      expect(ended.stdout + ended.stderr).toContain(flag.split('=')[0])
  })

  function folderOnce(files: Record<string, string | Uint8Array>): () => string {
    return () => folder(files)
  }
})

describe('scan git of a part of the history', () => {
  test('what stood there before does not count, in any report; what is new does', () => {
    const repo = new Repo()
    const [old, fresh] = [randomToken(), randomToken()]
    repo.commit({ 'a.txt': `${old}\n` })
    repo.commit({ 'a.txt': `${old}\nmore\n` })
    const json = ['--report', 'json', '--report', 'jsonl=lines', '--report', 'text=words'] as const
    const touched = warden(['scan', 'git', '--range', 'HEAD^..', ...json], { cwd: repo.dir })
    expect(touched).toMatchObject({ code: 0, stderr: '' })
    const document = JSON.parse(touched.stdout) as Document & { preexisting: unknown[] }
    expect(mistakesBy('scan', document)).toBeNull()
    expect(document).toMatchObject({ findings: [], summary: { findings: 0, occurrences: 0 } })
    expect(document.preexisting).toMatchObject([
      { severity: 'high', suppressed: null, occurrences: [{ location: { path: 'a.txt', line: 1 } }] },
    ])
    const lines = readFileSync(join(repo.dir, 'lines'), 'utf8')
    expect(lines).toMatch(/^\{"type":"preexisting","fingerprint":"sha256:/)
    const words = readFileSync(join(repo.dir, 'words'), 'utf8')
    expect(words).toMatch(/1 key already there before the range.*\n {2}pplx-….*\n +a\.txt:1:1 /)
    expect(words).toContain('Nothing found.')
    repo.git('rm', '-q', '--cached', '--ignore-unmatch', 'lines', 'words')
    repo.commit({ 'b.txt': fresh })
    expect(warden(['scan', 'git', '--range', 'HEAD^..HEAD', '--quiet'], { cwd: repo.dir }).code).toBe(1)
    expect(warden(['scan', 'git', '--range', 'HEAD..', '--quiet'], { cwd: repo.dir })).toMatchObject({
      code: 0,
      stdout: '',
    })
  })

  test('what the clone does not hold: 3, one document, with the command; an all-zero id: all, and said', () => {
    const repo = new Repo()
    const token = randomToken()
    repo.commit({ 'a.txt': token })
    repo.git('remote', 'add', 'origin', 'https://example.com/x.git')
    const absent = warden(['scan', 'git', '--range', 'origin/main..HEAD', '--report', 'json'], {
      cwd: repo.dir,
    })
    expect(absent.code).toBe(3)
    const { scan, findings } = JSON.parse(absent.stdout) as Document
    expect(findings).toEqual([])
    expect(scan).toMatchObject({ complete: false, skipped: [{ unit: 'origin/main' }] })
    expect(scan.skipped[0]?.reason).toContain('`git fetch origin +refs/heads/main:refs/remotes/origin/main`')
    const all = warden(['scan', 'git', '--range', `${'0'.repeat(40)}..HEAD`], { cwd: repo.dir })
    expect(all.code).toBe(1)
    expect(all.stderr).toContain('all that HEAD reaches is read')
    expect(warden(['scan', 'git', '--since', '3650d ago', '--branch', 'main'], { cwd: repo.dir }).code).toBe(
      1,
    )
  })
})

describe('usage: 2, nothing on standard output, the mistake named', () => {
  const table: [string, string[], RegExp][] = [
    ['unknown flag', ['dir', '--exit-zer'], /unknown flag --exit-zer.*\n.*did you mean --exit-zero\?/],
    ['missing path', ['dir', 'nope'], /nope: no such file/],
    ['missing path beside a good one', ['dir', '.', 'nope'], /nope: no such file/],
    ['empty operand', ['dir', ''], /an operand is empty/],
    ['empty operand beside a good one', ['dir', '.', ''], /an operand is empty/],
    ['empty repository', ['git', ''], /an operand is empty/],
    ['empty log', ['log', ''], /an operand is empty/],
    ['pattern without a match', ['dir', '*.nothing'], /matches nothing/],
    ['missing log', ['log', 'nope.log'], /nope\.log/],
    ['no repository', ['git', '.'], /not in a git repository/],
    ['no repository to stage in', ['staged'], /not in a git repository/],
    ['two repositories', ['git', '.', '.'], /one repository/],
    ['format not built', ['dir', '--report', 'sarif'], /sarif is not built yet/],
    ['unknown format', ['dir', '--report', 'jsno'], /did you mean json\?/],
    ['two reports on standard output', ['dir', '--report', 'json', '--report', 'jsonl'], /only one report/],
    ['report into no folder', ['dir', '--report', 'json=a/b.json'], /does not exist/],
    ['report over a folder', ['dir', '-o', '.'], /is a folder/],
    ['unknown confidence', ['dir', '--min-confidence', 'sure'], /near or exact/],
    ['no number of jobs', ['dir', '--jobs', '0'], /--jobs 0/],
    ['inventory file', ['dir', '--inventory', 'x'], /not built yet/],
    ['baseline that is not there', ['dir', '--baseline', 'x'], /x: baseline: there is no such file/],
    ['baseline that is a folder', ['dir', '--baseline', '.'], /not a regular file/],
    ['baseline that is none', ['dir', '--baseline', 'a.txt'], /a\.txt: baseline: not JSON/],
    ['exceptions of gitleaks', ['dir', '--gitleaks-compat'], /--gitleaks-compat is not built yet/],
    ['a range of one end', ['git', '--range', 'main'], /one revision is no range/],
    ['a range that begins nowhere', ['git', '--range', '..HEAD'], /an unset variable\?/],
    ['a range that is an option', ['git', '--range=--output=x..HEAD'], /is no revision/],
    ['an exclusion of an exclusion', ['git', '--not-reachable-from', '^main'], /is no revision/],
    ['a range and a branch', ['git', '--range', 'a..b', '--branch', 'b'], /do not go together/],
    ['a range to a deleted branch', ['git', '--range', `a..${'0'.repeat(40)}`], /a deleted branch/],
    ['since no time', ['git', '--since', 'yesterday'], /yesterday is no time/],
    ['since tomorrow', ['git', '--since', '2999-01-01'], /has not come yet/],
    ["a response's flag alone", ['dir', '--yes'], /does nothing without --respond/],
    ["a mistake in a response's flag", ['dir', '--respond', '--exposure', 'huge'], /huge/],
    ['configuration that is not there', ['dir', '--config', 'nope.yaml'], /nope\.yaml/],
    ['server as database', ['dir', '--db', 'postgres://localhost/x'], /not built yet/],
    ['database that is none', ['dir', '--db', 'a.txt'], /a\.txt: this file is no SQLite database/],
  ]
  test.each(table)('%s', (_, args, message) => {
    const ended = warden(['scan', ...args], {
      cwd: folder({ 'a.txt': 'nothing that a database holds, long enough'.repeat(9) }),
    })
    expect(ended.stderr).toMatch(message)
    expect(ended).toMatchObject({ code: 2, stdout: '' })
  })

  test('a broken .pplx-warden.yaml: of the tree with its line, of HEAD for the index', () => {
    const broken = { '.pplx-warden.yaml': 'exclude: []\nexceptions: [', 'a.txt': 'x', 'sub/b.txt': 'y' }
    const dir = warden(['scan', 'dir'], { cwd: folder(broken) })
    expect(dir).toMatchObject({ code: 2, stdout: '' })
    expect(dir.stderr).toMatch(/\.pplx-warden\.yaml:2:\d+: /)
    const repo = new Repo()
    repo.commit(broken)
    expect(warden(['scan', 'dir', 'sub'], { cwd: repo.dir }).code).toBe(2)
    repo.stage({ '.pplx-warden.yaml': 'exceptions: []\n' })
    expect(warden(['scan', 'staged'], { cwd: repo.dir }).stderr).toContain('HEAD:.pplx-warden.yaml:2:')
    repo.commit({})
    expect(warden(['scan', 'staged'], { cwd: repo.dir })).toMatchObject({ code: 0 })
  })

  test('what a .pplx-warden.yaml asks for is told and silences nothing', () => {
    const token = randomToken()
    const ended = warden(['scan', 'dir'], {
      cwd: folder({ '.pplx-warden.yaml': 'exclude: ["**"]\n', 'a.txt': token }),
    })
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain('exclude: not built yet')
  })
})

describe('reports', () => {
  test('with --report json standard output is one document: clean, found, incomplete', () => {
    const token = randomToken()
    for (const [files, code] of [
      [{ a: 'x' }, 0],
      [{ a: `\n k=${token}` }, 1],
      [{ a: damaged }, 3],
    ] as const) {
      const ended = warden(['scan', 'dir', '--report', 'json'], { cwd: folder(files) })
      expect(ended.code).toBe(code)
      const document = JSON.parse(ended.stdout) as Document
      expect(mistakesBy('scan', document)).toBeNull()
      expect(document.scan.complete).toBe(code !== 3)
      expect(document.summary.findings).toBe(code === 1 ? 1 : 0)
      const places = document.findings.map((finding) => finding.occurrences[0]?.location)
      expect(places).toMatchObject(code === 1 ? [{ path: 'a', line: 2, column: 4 }] : [])
    }
  })

  test('jsonl is one object a line; files beside standard output; -o is the text', () => {
    const cwd = folder({ 'a.txt': randomToken(), 'b.gz': damaged })
    const ended = warden(['scan', 'dir', '--report', 'jsonl', '--report=json=all.json', '-o', 'all.txt'], {
      cwd,
    })
    expect(ended.code).toBe(1)
    const types = ended.stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { type: string }).type)
    expect(types).toEqual(['finding', 'skipped', 'summary'])
    expect(mistakesBy('scan', JSON.parse(readFileSync(join(cwd, 'all.json'), 'utf8')))).toBeNull()
    expect(readFileSync(join(cwd, 'all.txt'), 'utf8')).toContain('Found 1 key in 1 place')
  })

  test('examples are listed when asked for', () => {
    const cwd = folder({ 'a.md': `model pplx-7b-online, PERPLEXITY_API_KEY=pplx-${'x'.repeat(48)}\n` })
    expect(warden(['scan', 'dir'], { cwd }).code).toBe(0)
    const ended = warden(['scan', 'dir', '--show-examples'], { cwd })
    expect(ended).toMatchObject({ code: 0 })
    expect(ended.stdout).toContain('Judged examples, not counted')
  })

  test('quiet and clean is silent', () => {
    expect(warden(['scan', 'dir', '-q'], { cwd: folder({ a: 'x' }) })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    })
  })

  test('after a closed pipe the work is finished, with the ordinary exit code', async () => {
    const cwd = folder(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`${n}.txt`, randomToken()])))
    const child = startWarden(['scan', 'dir', '--report', 'json'], { cwd })
    child.stdout.destroy()
    expect(await once(child, 'exit')).toEqual([1, null])
  })

  test('an interrupted scan says so in its one document and ends with 130', async () => {
    const child = startWarden(['scan', 'log', '-', '--report', 'json'])
    let stdout = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stdin.write('line\n')
    setTimeout(() => child.kill('SIGINT'), 400)
    expect(await once(child, 'close')).toEqual([130, null])
    const document = JSON.parse(stdout) as Document
    expect(mistakesBy('scan', document)).toBeNull()
    expect(document.scan).toMatchObject({ complete: false, skipped: [{ reason: 'interrupted by SIGINT' }] })
  })
})

describe('sources', () => {
  test('scan log - reads standard input, gzip by content; so does scan log in a pipe', () => {
    const token = randomToken()
    const log = gzipSync(`one\nGET /?k=${token}\n`)
    for (const operands of [['-'], []]) {
      const ended = warden(['scan', 'log', ...operands, '--report', 'json'], { input: log })
      const document = JSON.parse(ended.stdout) as Document
      expect(document.findings[0]?.occurrences).toMatchObject([
        { surface: 'log', encodings: ['gzip'], location: { path: '-', line: 2, column: 9 } },
      ])
      expect(ended.code).toBe(1)
    }
  })

  test('a file that cannot be read makes the scan incomplete', () => {
    // root reads everything; what it cannot read is its own memory at 0
    const asRoot = process.getuid?.() === 0
    const cwd = folder({ 'a.txt': 'x' })
    if (!asRoot) chmodSync(join(cwd, 'a.txt'), 0)
    const ended = warden(['scan', 'dir', asRoot ? '/proc/self/mem' : '.'], { cwd })
    expect(ended.code).toBe(3)
    expect(ended.stdout).toMatch(/Not read: 1[^]*(EIO|EACCES)/)
  })

  test('a commit names who and when; deleted is still found; what is staged is found before', () => {
    const token = randomToken()
    const repo = new Repo()
    repo.stage({ 'a.py': `k = "${token}"\n` })
    expect(warden(['scan', 'staged'], { cwd: repo.dir }).code).toBe(1)
    const id = repo.commit({})
    repo.git('rm', '-q', 'a.py')
    repo.commit({})
    expect(warden(['scan', 'staged'], { cwd: repo.dir }).code).toBe(0)
    const ended = warden(['scan', 'git'], { cwd: repo.dir })
    expect(ended.code).toBe(1)
    expect(ended.stdout).toContain(`commit ${id.slice(0, 10)}`)
    expect(ended.stdout).toContain('force-pushing does not help')
  })
})

describe('the inventory', () => {
  function withInventory(token: string): Record<string, string> {
    const home = temporary()
    const file = join(home, 'inventory.yaml')
    writeFileSync(
      file,
      'keys: [{ name: Main, token: "env:K", environment: production, owners: [{ name: Search }], consumers: [] }]\n',
    )
    const env = { PPLX_WARDEN_HOME: join(home, 'state'), K: token }
    expect(warden(['inventory', 'import', file], { env })).toMatchObject({ code: 0 })
    return { PPLX_WARDEN_HOME: env.PPLX_WARDEN_HOME }
  }

  test('names the key, its owner and the next command; finds a body without its prefix, also before a commit', () => {
    const token = randomToken()
    const env = withInventory(token)
    const repo = new Repo()
    repo.stage({ 'a.txt': 'nothing' })
    expect(warden(['scan', 'staged'], { cwd: repo.dir, env }).code).toBe(0)
    repo.stage({ 'body.txt': `x ${token.slice(5)}\n` })
    for (const scan of [['staged'], ['dir']]) {
      const ended = warden(['scan', ...scan], { cwd: repo.dir, env })
      expect(ended.code).toBe(1)
      expect(ended.stdout).toMatch(/Main \(production, active\), owned by Search/)
      expect(ended.stdout).toMatch(/`pplx-warden respond [0-9a-f]{8}`/)
      expect(ended.stdout + ended.stderr).not.toContain(token.slice(5))
    }
    expect(warden(['scan', 'staged'], { cwd: repo.dir }).code).toBe(0)
  })

  test('a missing database is an empty inventory and is not made', () => {
    const home = join(temporary(), 'state')
    expect(
      warden(['scan', 'dir'], { cwd: folder({ a: randomToken() }), env: { PPLX_WARDEN_HOME: home } }).code,
    ).toBe(1)
    expect(existsSync(home)).toBe(false)
  })
})

test('a token in a name, a branch, an author or an operand is found and never shown', () => {
  const [inFile, inFolder, inBranch, inAuthor, wanted] = Array.from({ length: 5 }, () => randomToken()) as [
    string,
    string,
    string,
    string,
    string,
  ]
  const repo = new Repo()
  repo.commit({ [`${inFile}.txt`]: 'x', [`${inFolder}/b.gz`]: damaged, 'k.txt': wanted })
  repo.git('branch', inBranch)
  repo.gitWith(
    {},
    '-c',
    'user.name=x',
    'commit',
    '-q',
    '--allow-empty',
    '-m',
    'x',
    `--author=${inAuthor} <a@example.com>`,
  )
  const bodies = [inFile, inFolder, inBranch, inAuthor, wanted].map((token) => token.slice(5))
  const found = (...args: string[]): number | null => {
    const ended = warden(['scan', ...args], { cwd: repo.dir })
    for (const body of bodies) expect(ended.stdout + ended.stderr).not.toContain(body)
    return ended.stdout.startsWith('{\n')
      ? (JSON.parse(ended.stdout) as Document).findings.length
      : ended.code
  }
  expect(found('dir', '--report', 'json')).toBe(3)
  expect(found('git', '--report', 'json')).toBe(5)
  for (const format of ['text', 'jsonl'])
    for (const kind of ['dir', 'git']) expect(found(kind, '--report', format)).toBe(1)
  expect(found('dir', inFolder)).toBe(3)
  expect(found('dir', `${inFile}-gone`)).toBe(2)
})

test('a text report into a pipe is as wide as COLUMNS says, from 40 to 200', () => {
  const cwd = folder({ [`${'deep/'.repeat(30)}a.txt`]: randomToken() })
  const text = (COLUMNS: string) =>
    warden(['scan', 'dir'], { cwd, env: { COLUMNS } }).stdout.replace(/\d+\.\d s\b/, 'T')
  const widest = (columns: string) =>
    Math.max(
      ...text(columns)
        .split('\n')
        .map((line) => line.length),
    )
  const usual = text('')
  for (const none of ['39', '201', '80x']) expect(text(none), none).toBe(usual)
  expect(text('80')).toBe(usual)
  expect(widest('40')).toBeLessThan(widest('120'))
  expect(text('120')).not.toBe(usual)
})

test('a gzip in base64 is not opened, which is said: as text, as data: URI, in lines, in a stream; a token beside it is found', () => {
  const packed = gzipSync(randomToken()).toString('base64')
  const token = randomToken()
  const files = {
    'a.txt': packed,
    'b.html': `<img src="data:;base64,${packed}"> ${token}`,
    'c.pem': `x\n${packed.replaceAll(/.{64}/g, '$&\n')}\n`,
    'd.big': Buffer.concat([Buffer.alloc(9 << 20, 'text\n'), Buffer.from(packed)]),
    'e.txt': 'H4sI is how such a thing begins',
  }
  const ended = warden(['scan', 'dir', '--report', 'json'], { cwd: folder(files) })
  expect(JSON.parse(ended.stdout)).toMatchObject({
    scan: { complete: true, excluded: { unsupportedContainers: 4 } },
    summary: { findings: 1 },
  })
  expect(warden(['scan', 'dir'], { cwd: folder(files) }).stdout).toMatch(/Not opened: 4 archives/)
})

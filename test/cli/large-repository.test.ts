import { execFileSync, spawnSync } from 'node:child_process'
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { Repo, temporary } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { bareEnvironment, program } from './command.ts'

/** `npm run prove` takes the sizes of the design; else a thirtieth of them. */
const isProving = process.env['PROVE'] === '1'
const sizes = isProving
  ? { commits: 100_000, refs: 50_000, blob: 2 ** 30, depth: 250 }
  : { commits: 3_000, refs: 1_500, blob: 40 * 2 ** 20, depth: 250 }
const who = 'Ann <ann@example.com>'

test(`${sizes.commits} commits: the first, one in the middle and the last`, async () => {
  const [repo, first, middle, last] = [new Repo(), randomToken(), randomToken(), randomToken()]
  const leaks = new Map([
    [1, first],
    [sizes.commits >> 1, middle],
    [sizes.commits, last],
  ])
  await imported(repo, commits(leaks))
  const { code, report, rss } = scanned(repo.dir)
  expect(code).toBe(1)
  expect(report.scan.complete).toBe(true)
  const places = report.findings.flatMap(({ occurrences }) => occurrences.map(({ location }) => location))
  const ids = [`main~${sizes.commits - 1}`, `main~${sizes.commits - (sizes.commits >> 1)}`, 'main']
  expect(places.map(({ introducedBy }) => introducedBy).sort()).toEqual(
    ids.map((name) => repo.git('rev-parse', name)).sort(),
  )
  expect(rss).toBeLessThan(256)
})

test(`${sizes.refs} refs: names and what only one of them reaches`, async () => {
  const [repo, name, token] = [new Repo(), randomToken(), randomToken()]
  await imported(repo, commits(new Map(), 3))
  const lines = Array.from(
    { length: sizes.refs },
    (_, at) => `create refs/heads/r${at % 100}/b${at} main~1\n`,
  )
  repo.gitWith({ input: `${lines.join('')}create refs/x/${name} main\n` }, 'update-ref', '--stdin')
  repo.git('pack-refs', '--all')
  repo.git('checkout', '-q', '--detach')
  const leak = repo.commit({ 'k.txt': token })
  repo.git('update-ref', `refs/heads/r50/only`, leak)
  repo.git('checkout', '-q', 'main')
  const { code, report, rss } = scanned(repo.dir)
  expect(code).toBe(1)
  expect(report.scan.complete).toBe(true)
  const [places, refs] = [report.findings.flatMap(({ occurrences }) => occurrences), ['refs/heads/r50/only']]
  expect(report.findings.length).toBe(2)
  expect(places.map(({ location }) => location)).toContainEqual(
    expect.objectContaining({ introducedBy: leak, commit: expect.objectContaining({ refs }) }),
  )
  expect(rss).toBeLessThan(256)
})

test(`a blob of ${sizes.blob} bytes: found at its very end, in bounded memory`, () => {
  const [repo, token] = [new Repo(), randomToken()]
  repo.git('config', 'core.compression', '1')
  const script = `{ yes 'some text of a log' | head -c ${sizes.blob}; printf %s "$TOKEN"; } > big.txt`
  execFileSync('sh', ['-c', script], { cwd: repo.dir, env: { ...process.env, TOKEN: token } })
  repo.commit({})
  const { code, report, rss } = scanned(repo.dir)
  expect(code).toBe(1)
  expect(report.scan.complete).toBe(true)
  expect(report.findings.map(({ occurrences }) => occurrences)).toMatchObject([
    [{ location: { byteOffset: sizes.blob, path: 'big.txt' } }],
  ])
  expect(rss).toBeLessThan(256)
})

test(`the same objects in many packs, versions ${sizes.depth} deltas deep`, async () => {
  const [repo, token] = [new Repo(), randomToken()]
  await imported(repo, commits(new Map([[100, token]]), sizes.depth + 50))
  repo.git('repack', '-q', '-a', '-d', '-f', `--depth=${sizes.depth}`, '--window=20')
  const objects = repo.git('rev-list', '--objects', '--no-object-names', '--all')
  const ids = objects.split('\n')
  const packs = join(repo.dir, '.git/objects/pack/pack')
  for (const part of [ids, ids.slice(10), ids.slice(0, -10)])
    repo.gitWith({ input: `${part.join('\n')}\n` }, 'pack-objects', '-q', packs)
  const { code, report } = scanned(repo.dir)
  expect(code).toBe(1)
  expect(report.scan.complete).toBe(true)
  expect(report.findings.map(({ occurrenceCount }) => occurrenceCount)).toEqual([1])
})

interface Report {
  scan: { complete: boolean; skipped: unknown[] }
  findings: {
    occurrenceCount: number
    occurrences: { location: { introducedBy: string; path: string; byteOffset: number; commit: unknown } }[]
  }[]
}

/** Megabytes: of the largest process, git's among them. */
function scanned(dir: string): { code: number | null; report: Report; rss: number } {
  const measured = join(temporary(), 'rss')
  const time = ['-f', '%M', '-o', measured, process.execPath, program]
  const hasTime = existsSync('/usr/bin/time')
  const [command = '', ...args] = hasTime ? ['/usr/bin/time', ...time] : [process.execPath, program]
  const { status, stdout } = spawnSync(
    command,
    [...args, 'scan', 'git', '--no-progress', '--report', 'json'],
    {
      cwd: dir,
      env: bareEnvironment(),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    },
  )
  const lines = hasTime ? readFileSync(measured, 'utf8').trim().split('\n') : ['0']
  return { code: status, report: JSON.parse(stdout) as Report, rss: Number(lines.at(-1)) / 1024 }
}

/** One file that grows and shrinks; a leak stands in one version of it. */
function* commits(leaks: ReadonlyMap<number, string>, count = sizes.commits): Generator<string> {
  const body = 'line of text\n'.repeat(20)
  for (let at = 1; at <= count; at++) {
    const text = `${at}\n${body}${leaks.get(at) ?? ''}\n`
    yield `commit refs/heads/main\nmark :${at}\ncommitter ${who} ${1_600_000_000 + at} +0000\ndata 1\nx\n`
    yield `${at > 1 ? `from :${at - 1}\n` : ''}M 100644 inline f.txt\ndata ${text.length}\n${text}\n`
  }
}

async function imported(repo: Repo, stream: Iterable<string>): Promise<void> {
  const file = join(temporary(), 'stream')
  const out = createWriteStream(file)
  Readable.from(stream, { highWaterMark: 10_000 }).pipe(out)
  await once(out, 'finish')
  execFileSync('sh', ['-c', 'git fast-import --quiet < "$1"', '-', file], { cwd: repo.dir })
  repo.git('reset', '-q', '--hard', 'main')
}

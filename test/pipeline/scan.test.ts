import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { createDetector } from '../../src/detect/index.ts'
import { runScan } from '../../src/pipeline/scan.ts'
import { secretOf } from '../../src/secret/index.ts'
import { dirSource, logSource } from '../../src/sources/files/source.ts'
import { nameFrom } from '../../src/sources/name.ts'
import type { Source, Unit } from '../../src/sources/types.ts'
import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { randomToken } from '../support.ts'
import {
  contextAt,
  found,
  keyEntry,
  keysOf,
  never,
  noKeys,
  Repo,
  scan,
  temporary,
  write,
} from '../sources/support.ts'

const scanDir = async (cwd: string, keys = noKeys) =>
  scan(await dirSource(contextAt(cwd), { operands: [] }), { keys, context: contextAt(cwd) })

/** A source of given units, in given batches. */
function sourceOf(batches: readonly (readonly Unit[])[]): Source {
  return {
    kind: 'dir',
    target: 'made up',
    excluded: {},
    async *units() {
      yield* batches
    },
  }
}

function unit(path: string, text: string): Unit {
  const name = nameFrom(path)
  return {
    name,
    bytes: Buffer.from(text),
    origin: { kind: 'file', path: name, file: Buffer.from(`/nowhere/${path}`) },
    encodings: [],
  }
}

test('a hundred occurrences are listed, first and last among them, all are counted, whatever the order', async () => {
  const token = randomToken()
  const units = Array.from({ length: 250 }, (_, at) =>
    unit(`${String(at).padStart(3, '0')}.txt`, `${token}\n${token}\n`),
  )
  const results = await Promise.all(
    [
      units,
      units.toReversed(),
      units.toSorted((a, b) => Number(a.name.text.slice(2, 3)) - Number(b.name.text.slice(2, 3))),
    ].map(async (order) => found(await scan(sourceOf(order.map((one) => [one]))), token)),
  )
  for (const finding of results) {
    expect(finding.occurrenceCount).toBe(500)
    expect(finding.occurrences.length).toBe(100)
    expect(
      finding.occurrences.map(({ location }) => `${location.path?.text} ${location.byteOffset}`),
    ).toEqual(results[0]?.occurrences.map(({ location }) => `${location.path?.text} ${location.byteOffset}`))
    expect(finding.occurrences[0]?.location).toMatchObject({ path: { text: '000.txt' }, byteOffset: 0 })
    expect(finding.occurrences.at(-1)?.location).toMatchObject({ path: { text: '249.txt' }, byteOffset: 54 })
  }
})

test('a key of the inventory is named; a revoked one is low', async () => {
  const cwd = temporary()
  const [active, revoked] = [randomToken(), randomToken()]
  write(cwd, { 'a.py': active, 'b.py': revoked })
  const keys = keysOf(
    keyEntry(active, { name: 'Production-Main' }),
    keyEntry(revoked, { id: 'k2', name: 'Old', status: 'revoked' }),
  )
  const result = await scanDir(cwd, keys)
  expect(found(result, active)).toMatchObject({
    confidence: 'known',
    severity: 'high',
    validity: 'unchecked',
    suppressed: null,
    ruleId: 'perplexity-api-key',
    key: {
      id: 'k1',
      name: 'Production-Main',
      status: 'active',
      environment: 'production',
      owners: [{ name: 'Search team' }],
    },
  })
  expect(found(result, revoked)).toMatchObject({ severity: 'low', key: { status: 'revoked' } })
  expect(result.findings[0]?.severity).toBe('high')
})

test('an active key at its own place, in a file that git does not track, is expected', async () => {
  const repo = new Repo()
  const token = randomToken()
  write(repo.dir, { '.env': `K=${token}\n`, 'other.txt': token })
  const own = (status: 'active' | 'compromised') =>
    keysOf(
      keyEntry(token, {
        status,
        consumers: [{ kind: 'dotenv', path: join(repo.dir, '.env'), variable: 'K', directory: repo.dir }],
      }),
    )
  const places = async (keys = own('active')) => {
    const result = await scanDir(repo.dir, keys)
    return [
      result.expected.map(({ path }) => path.text),
      result.findings.flatMap(({ occurrences }) => occurrences.map(({ location }) => location.path?.text)),
    ]
  }
  expect(await places()).toEqual([['.env'], ['other.txt']])
  expect(await places(own('compromised'))).toEqual([[], ['.env', 'other.txt']])
  expect(await places(keysOf(keyEntry(token, { locator: `dotenv:${repo.dir}/.env:K` })))).toEqual([
    ['.env'],
    ['other.txt'],
  ])
  repo.git('add', '-f', '.env')
  expect(await places()).toEqual([[], ['.env', 'other.txt']])
  const outside = temporary()
  write(outside, { key: token })
  const result = await scanDir(outside, keysOf(keyEntry(token, { locator: `file:${outside}/key` })))
  expect(result).toMatchObject({
    findings: [],
    expected: [{ name: 'Main', path: { text: 'key' } }],
    complete: true,
  })
})

test('surfaces and severities by evidence', async () => {
  const repo = new Repo()
  const at = (path: string) => [path, randomToken()] as const
  const files = ['.env', 'tracked.env', 'dist/app.js', 'src/app.js', 'a.ipynb', 'logs/x.txt'].map(at)
  write(repo.dir, { '.gitignore': '.env\n', ...Object.fromEntries(files) })
  repo.git('add', 'tracked.env')
  const result = await scanDir(repo.dir)
  const seen = files.map(([path, token]) => [
    path,
    found(result, token).severity,
    found(result, token).occurrences[0]?.surface,
  ])
  expect(seen).toEqual([
    ['.env', 'low', 'env-file'],
    ['tracked.env', 'high', 'env-file'],
    ['dist/app.js', 'critical', 'client-side-code'],
    ['src/app.js', 'high', 'source-code'],
    ['a.ipynb', 'high', 'notebook'],
    ['logs/x.txt', 'high', 'log'],
  ])
  const token = files[0]?.[1] ?? ''
  expect(found(await scanDir(repo.dir, keysOf(keyEntry(token))), token).severity).toBe('medium')
})

test('examples are kept apart, and only when asked for', async () => {
  const example = `pplx-${'x'.repeat(48)}`
  const source = () => sourceOf([[unit('readme.md', example)]])
  expect(await scan(source())).toMatchObject({ findings: [], examples: [] })
  const asked = await scan(source(), { detector: createDetector({ examples: true }) })
  expect(asked.findings).toEqual([])
  expect(asked.examples.length).toBe(1)
})

test('standard input streams, gzip by content, and progress and findings are told', async () => {
  const token = randomToken()
  const stdin = Readable.from([
    Buffer.from('one\ntwo '),
    Buffer.from(token.slice(0, 20)),
    Buffer.from(`${token.slice(20)}\n`),
  ])
  const context = contextAt('/', { stdin: stdin as unknown as NodeJS.ReadStream })
  const told: string[] = []
  const result = await runScan({
    source: await logSource(context, { operands: ['-'] }),
    detector: createDetector(),
    keys: noKeys,
    context,
    signal: never,
    onFinding: (finding) => told.push(finding.fingerprint),
  })
  expect(result).toMatchObject({ source: 'log', target: '-', units: 1, bytes: 62, complete: true })
  expect(found(result, token).occurrences).toMatchObject([
    { surface: 'log', location: { path: { text: '-' }, line: 2, column: 5 } },
  ])
  expect(told).toEqual([secretOf(token).fingerprint])
})

test('a stream of 300 MB costs no memory', async () => {
  const token = randomToken()
  const chunk = Buffer.alloc(1 << 18, 'an ordinary line of a log, nothing in it\n')
  const stdin = Readable.from(
    (function* () {
      for (let at = 0; at < 1200; at += 1) yield Buffer.from(chunk)
      yield Buffer.from(`\n${token}\n`)
    })(),
  )
  const context = contextAt('/', { stdin: stdin as unknown as NodeJS.ReadStream })
  const before = process.memoryUsage().rss
  let most = 0
  const result = await scan(await logSource(context, { operands: ['-'] }), {
    context,
    onProgress: () => {
      most = Math.max(most, process.memoryUsage().rss - before)
    },
  })
  expect(found(result, token).occurrences[0]?.location.byteOffset).toBe(1200 * (1 << 18) + 1)
  expect(most).toBeLessThan(100 << 20)
})

test('an abort in the middle of a stream ends the scan, also one that waits for ever', async () => {
  for (const reads of ['endless', 'silent']) {
    const stop = new AbortController()
    const stdin = new Readable({
      read() {
        if (reads === 'endless') this.push(Buffer.alloc(65536, 'x\n'))
      },
    })
    const context = contextAt('/', { stdin: stdin as unknown as NodeJS.ReadStream })
    setTimeout(() => stop.abort('SIGINT'), 50)
    const scanning = scan(await logSource(context, { operands: ['-'] }), { context, signal: stop.signal })
    await expect(scanning).rejects.toBe('SIGINT')
  }
})

test('a file of many megabytes does not keep a signal waiting', async () => {
  const cwd = temporary()
  write(cwd, { 'a.log': '' })
  truncateSync(join(cwd, 'a.log'), 2 ** 40)
  const stop = new AbortController()
  setTimeout(() => stop.abort('SIGTERM'), 20)
  const scanning = scan(await dirSource(contextAt(cwd), { operands: [] }), {
    context: contextAt(cwd),
    signal: stop.signal,
  })
  await expect(scanning).rejects.toBe('SIGTERM')
})

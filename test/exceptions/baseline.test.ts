import { execFileSync } from 'node:child_process'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { mistakesBy } from '../report/schema.ts'
import { Repo, temporary, write } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { allow, print, report, run } from './support.ts'

/** Scans, keeps the report outside of the tree, and gives its path. */
async function baselineOf(cwd: string, ...args: string[]): Promise<string> {
  const path = join(temporary(), 'baseline.json')
  await run(cwd, ['scan', ...args, '--report', `json=${path}`])
  return path
}

test('what an earlier scan found in the same place does not count; the same key at a new place does', async () => {
  const [token, gone] = [randomToken(), randomToken()]
  const cwd = temporary()
  write(cwd, { 'a.txt': token, [`d/${token}`]: 'in a name', 'old.txt': gone })
  const path = await baselineOf(cwd, 'dir')
  write(cwd, { 'a.txt': `moved within its file\n${token}`, 'old.txt': 'x' })
  const [document, code] = await report(cwd, ['dir', '--baseline', path])
  expect(code).toBe(0)
  expect(mistakesBy('scan', document)).toBeNull()
  expect(document.findings[0]?.suppressed).toMatchObject({ by: 'baseline', expires: null })
  const seen = (document.exceptions ?? []).map((use) => `${use.source} ${use.status} ${use.fingerprint}`)
  const wanted = [`baseline applied ${print(token)}`, `baseline unused ${print(gone)}`]
  expect(new Set(seen)).toEqual(new Set(wanted))
  expect((await report(cwd, ['dir'], { env: { PPLX_WARDEN_BASELINE: path } }))[1]).toBe(0)
  write(cwd, { 'b.txt': token })
  expect((await report(cwd, ['dir', '--baseline', path]))[1]).toBe(1)
  write(cwd, { 'b.txt': randomToken() })
  expect((await report(cwd, ['dir', '--baseline', path]))[1], 'another key').toBe(1)
})

test('a baseline made with a baseline knows the same', async () => {
  const token = randomToken()
  const cwd = temporary()
  write(cwd, { 'a.txt': token })
  const first = await baselineOf(cwd, 'dir')
  const second = await baselineOf(cwd, 'dir', '--baseline', first)
  expect((await report(cwd, ['dir', '--baseline', second]))[1]).toBe(0)
})

test('what an exception covered then comes back when it is over', async () => {
  const token = randomToken()
  const cwd = temporary()
  write(cwd, { 'a.txt': `${token} ${allow(token)}` })
  const path = await baselineOf(cwd, 'dir')
  write(cwd, { 'a.txt': token })
  expect((await report(cwd, ['dir', '--baseline', path]))[1]).toBe(1)
})

test('in the history: the same object under the same names, messages and branches too', async () => {
  const token = randomToken()
  const repo = new Repo()
  repo.commit({ 'a.txt': token, [`t/${token}.txt`]: 'x' }, `say ${token}`)
  repo.git('branch', token)
  const path = await baselineOf(repo.dir, 'git')
  const again = () => report(repo.dir, ['git', '--baseline', path])
  expect((await again())[1]).toBe(0)
  repo.commit({ 'c.txt': 'nothing' })
  repo.git('branch', '-D', token)
  // Its reflog says where the branch came from, and its name is in HEAD's no more.
  expect((await again())[1]).toBe(0)
  repo.commit({ 'b.txt': token })
  expect((await again())[1], 'the same object by another name').toBe(1)
  repo.git('reset', '-q', '--hard', 'HEAD~1')
  repo.commit({ 'a.txt': `x ${token}` })
  expect((await again())[1], 'another object').toBe(1)
})

test('a baseline of the history serves scan staged; one of another kind of scan is told', async () => {
  const token = randomToken()
  const repo = new Repo()
  repo.commit({ 'x.txt': 'x' })
  repo.stage({ 'a.txt': token })
  repo.git('commit', '-q', '-m', 'a')
  const path = await baselineOf(repo.dir, 'git')
  repo.git('reset', '-q', '--soft', 'HEAD~1')
  const ended = await run(repo.dir, ['scan', 'staged', '--baseline', path])
  expect(ended.code).toBe(0)
  expect(ended.stderr).toContain('the baseline is of scan git, this is scan staged')
  repo.git('mv', 'a.txt', 'b.txt')
  expect((await run(repo.dir, ['scan', 'staged', '--baseline', path])).code).toBe(1)
})

test('a name that is no UTF-8 is the same name', async () => {
  const token = randomToken()
  const cwd = temporary()
  const odd = Buffer.concat([Buffer.from(`${cwd}/a`), Buffer.from([0xff])])
  writeFileSync(odd, token)
  const path = await baselineOf(cwd, 'dir')
  expect((await report(cwd, ['dir', '--baseline', path]))[1]).toBe(0)
  writeFileSync(Buffer.concat([odd, Buffer.from([0xfe])]), token)
  expect((await report(cwd, ['dir', '--baseline', path]))[1]).toBe(1)
})

describe('a baseline that cannot be used is 2, and nothing is scanned', () => {
  const tool = '"tool": { "name": "pplx-warden", "version": "1" }'
  const table: [string, string | Buffer, RegExp][] = [
    [
      'of another tool',
      '[{ "RuleID": "generic-api-key", "Fingerprint": "a:b:1" }]',
      /no scan report of pplx-warden/,
    ],
    ['of another tool with a version', '{ "version": "2.1.0", "runs": [] }', /no scan report of pplx-warden/],
    ['lines', '{ "type": "finding" }\n{ "type": "summary" }\n', /not JSON/],
    ['empty', '', /not JSON/],
    ['cut', `{ "schemaVersion": 1, ${tool}, "findings": [`, /not JSON/],
    ['no text', Buffer.from([0xff, 0xfe, 0x00]), /not JSON/],
    ['null', 'null', /no scan report/],
    [
      'of a later version',
      `{ "schemaVersion": 2, ${tool} }`,
      /schemaVersion that this version does not read/,
    ],
    ['without a version', `{ ${tool} }`, /schemaVersion/],
    ['without findings', `{ "schemaVersion": 1, ${tool} }`, /damaged: scan: missing/],
    [
      'with a finding that is none',
      `{ "schemaVersion": 1, ${tool}, "scan": { "source": "dir", "target": ".", "startedAt": "" }, "findings": [{ "fingerprint": "__proto__", "suppressed": null, "occurrences": [] }] }`,
      /damaged: findings\[0\]\.fingerprint: must be sha256:/,
    ],
  ]
  test.each(table)('%s', async (_, content, message) => {
    const cwd = temporary()
    write(cwd, { 'a.txt': randomToken(), 'base.json': content })
    const ended = await run(cwd, ['scan', 'dir', '--baseline', 'base.json', '--report', 'json'])
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(/^pplx-warden: error: base\.json: baseline: /)
    expect(ended.stderr).toMatch(message)
  })

  test('a pipe, a folder, one that is too large, none; by the environment, too', async () => {
    const cwd = temporary()
    execFileSync('mkfifo', [join(cwd, 'pipe')])
    write(cwd, { large: '' })
    truncateSync(join(cwd, 'large'), 33 * 2 ** 20)
    for (const [name, message] of [
      ['pipe', 'not a regular file'],
      ['.', 'not a regular file'],
      ['large', 'larger than 32 MiB'],
      ['none', 'there is no such file'],
    ] as const) {
      for (const ended of [
        await run(cwd, ['scan', 'log', 'large', '--baseline', name]),
        await run(cwd, ['scan', 'log', 'large'], { env: { PPLX_WARDEN_BASELINE: name } }),
      ]) {
        expect(ended).toMatchObject({ code: 2, stdout: '' })
        expect(ended.stderr).toContain(`${name}: baseline: ${message}`)
      }
    }
  })
})

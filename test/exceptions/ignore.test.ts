import { spawn } from 'node:child_process'
import { once } from 'node:events'
import * as fs from 'node:fs'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseProjectFile } from '../../src/config/project.ts'
import { bareEnvironment, program } from '../cli/command.ts'
import { failing, takingSpace } from '../respond/failing-fs.ts'
import { Repo, temporary, write } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { print, report, run } from './support.ts'

const why = ['--reason', 'a sample: "x" # y', '--owner', 'Search team']
const file = '.pplx-warden.yaml'
const read = (cwd: string): string => readFileSync(join(cwd, file), 'utf8')
const listed = (cwd: string) => parseProjectFile(file, readFileSync(join(cwd, file))).exceptions

function folder(text?: string): string {
  const cwd = temporary()
  if (text !== undefined) writeFileSync(join(cwd, file), text)
  return cwd
}

test('writes the file at the top of the repository, and scans obey it', async () => {
  const token = randomToken()
  const repo = new Repo()
  write(repo.dir, { 'sub/a.txt': token })
  const sub = join(repo.dir, 'sub')
  const ended = await run(
    sub,
    ['ignore', print(token), ...why, '--path', 'sub/**', '--expires', '2027-01-01'],
    {
      now: '2027-01-01T12:00:00Z',
    },
  )
  expect(ended).toMatchObject({ code: 0, stderr: '' })
  expect(ended.stdout).toMatch(
    /^excepted {3}\[[0-9a-f]{8}\] at sub\/\*\* until 2027-01-01 in \.\.\/\.pplx-warden\.yaml\n/,
  )
  expect(ended.stdout).toContain('once it is committed')
  expect(ended.stdout).not.toContain('safer')
  expect(listed(repo.dir)).toEqual([
    {
      fingerprint: print(token),
      path: 'sub/**',
      reason: 'a sample: "x" # y',
      owner: 'Search team',
      expires: '2027-01-01',
    },
  ])
  expect((await report(repo.dir, ['dir'], { now: '2026-12-01T00:00:00Z' }))[1]).toBe(0)
})

test('a prefix, in capitals, is written as given, and a full fingerprint is said to be safer', async () => {
  const cwd = folder()
  const ended = await run(cwd, ['ignore', '1A2B3C4D5', ...why])
  expect(ended.stdout).toContain('the full fingerprint is safer')
  expect(listed(cwd)).toMatchObject([{ fingerprint: 'sha256:1a2b3c4d5', path: null, expires: null }])
})

describe('what is refused, with 2 and no file', () => {
  const good = 'a'.repeat(64)
  const table: [string, string[], RegExp][] = [
    ['no reason', [good, '--owner', 'o'], /--reason: missing/],
    ['an empty reason', [good, '--owner', 'o', '--reason', ' '], /--reason: must not be empty/],
    ['no owner', [good, '--reason', 'r'], /--owner: missing/],
    ['no fingerprint', why, /one fingerprint is wanted/],
    ['two', [good, good, ...why], /one fingerprint is wanted/],
    ['seven digits', ['1a2b3c4', ...why], /8 to 64 hex digits/],
    ['a word', ['Production-Main', ...why], /8 to 64 hex digits/],
    ['a date that is over', [good, ...why, '--expires', '2026-12-31'], /--expires 2026-12-31 is over/],
    ['no date', [good, ...why, '--expires', 'tomorrow'], /--expires: must be a date/],
    [
      'no date of the calendar',
      [good, ...why, '--expires', '2027-02-29'],
      /--expires: is no date of the calendar/,
    ],
    ['an absolute path', [good, ...why, '--path', '/x'], /--path: must be relative/],
  ]
  test.each(table)('%s', async (_, args, message) => {
    const cwd = folder()
    const ended = await run(cwd, ['ignore', ...args], { now: '2027-01-01T00:00:00Z' })
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(message)
    expect(readdirSync(cwd)).toEqual([])
  })

  test('a token, wherever it is given', async () => {
    const token = randomToken()
    const cwd = folder()
    for (const args of [
      [token, ...why],
      [good, '--reason', token, '--owner', 'o'],
    ]) {
      const ended = await run(cwd, ['ignore', ...args])
      expect(ended).toMatchObject({ code: 2, stdout: '' })
      expect(ended.stderr).toContain("shell's history")
      expect(ended.stderr).not.toContain(token.slice(5, 20))
    }
    expect(readdirSync(cwd)).toEqual([])
  })
})

describe('what stands in the file stays as it is', () => {
  const add = async (text: string): Promise<string> => {
    const cwd = folder(text)
    expect(await run(cwd, ['ignore', 'b'.repeat(64), '--reason', 'r', '--owner', 'o'])).toMatchObject({
      code: 0,
    })
    expect(readdirSync(cwd)).toEqual([file])
    return read(cwd)
  }
  const added = (indent: string): string =>
    `${indent}- fingerprint: sha256:${'b'.repeat(64)}\n${indent}  reason: r\n${indent}  owner: o\n`
  const first = 'fingerprint: sha256:1a2b3c4d'

  test('comments, blank lines, dashes that are not indented, what follows', async () => {
    const top = `# ours\n\n\nversion:   1   # fixed\nexceptions:\n- ${first}   # known\n  # inside\n  reason:   "x"\n  owner: 'o'   # last\n`
    const rest = '\n# behind\nexclude: [ a,b ]\n'
    expect(await add(top + rest)).toBe(top + added('') + rest)
    expect(await add(top.trimEnd())).toBe(top + added(''))
  })

  test('a list of flow mappings', async () => {
    const text = `exceptions:\n    - { ${first}, reason: r, owner: o }\n`
    expect(await add(text)).toBe(text + added('    '))
  })

  test('no list yet: an empty file, comments only, other names', async () => {
    const list = `exceptions:\n${added('  ')}`
    expect(await add('')).toBe(`version: 1\n${list}`)
    expect(await add('# ours')).toBe(`# ours\nversion: 1\n${list}`)
    expect(await add('version: 1\nexclude:\n  - a')).toBe(`version: 1\nexclude:\n  - a\n${list}`)
  })

  test('line ends of CR LF', async () => {
    const text = `version: 1\r\nexceptions:\r\n  - ${first}\r\n    reason: r\r\n    owner: o\r\n`
    expect(await add(text)).toBe(text + added('  ').replaceAll('\n', '\r\n'))
  })

  test.each([
    'exceptions: []\n',
    'exceptions:\n',
    `{ exceptions: [{ ${first}, reason: r, owner: o }] }\n`,
    'version: 1\n...\n',
  ])('written in another way: %j', async (text) => {
    const after = await add(`# ours\n${text}`)
    expect(after).toContain('# ours')
    expect(parseProjectFile(file, Buffer.from(after)).exceptions.at(-1)).toMatchObject({
      reason: 'r',
      owner: 'o',
    })
    expect(parseProjectFile(file, Buffer.from(after)).exceptions).toHaveLength(text.includes('1a2b') ? 2 : 1)
  })

  test('the same token at the same paths is replaced, and that is said; at other paths it is added', async () => {
    const cwd = folder(
      `exceptions:\n  # why\n  - { fingerprint: SHA256:${'B'.repeat(64)}, reason: old, owner: o, expires: 2020-01-01 }\n`,
    )
    const again = await run(cwd, ['ignore', 'b'.repeat(64), '--reason', 'new', '--owner', 'p'])
    expect(again.stdout).toMatch(/^replaced /)
    expect(listed(cwd)).toMatchObject([{ reason: 'new', owner: 'p', expires: null }])
    expect(read(cwd)).toContain('# why')
    expect((await run(cwd, ['ignore', 'b'.repeat(64), ...why, '--path', 'a/**'])).stdout).toMatch(
      /^excepted /,
    )
    expect(listed(cwd)).toHaveLength(2)
  })

  test('a reason of several lines, and one that looks like YAML', async () => {
    const cwd = folder()
    for (const [at, reason] of ['a\nb: c\n', '{ x', '- y', 'null', "it's: #1"].entries()) {
      const ended = await run(cwd, ['ignore', String(at).repeat(8), `--reason=${reason}`, '--owner', 'o'])
      expect(ended.code, ended.stderr).toBe(0)
      expect(listed(cwd).at(-1)?.reason).toBe(reason.trim())
    }
  })
})

describe('a file that cannot be changed', () => {
  const args = ['ignore', 'c'.repeat(64), ...why]
  const before = 'exceptions: []   # ours\n'

  test.each(['exceptions: [', 'exceptions: [{ fingerprint: x }]', '- list', 'version: 2'])(
    'damaged: %s',
    async (text) => {
      const cwd = folder(text)
      const ended = await run(cwd, args)
      expect(ended).toMatchObject({ code: 2, stdout: '' })
      expect(ended.stderr).toMatch(/\.pplx-warden\.yaml:1:\d+: /)
      expect(read(cwd)).toBe(text)
      expect(readdirSync(cwd)).toEqual([file])
    },
  )

  test('a link is neither read nor written through, a folder and a pipe are none', async () => {
    const elsewhere = join(temporary(), 'target')
    writeFileSync(elsewhere, before)
    const cwd = folder()
    symlinkSync(elsewhere, join(cwd, file))
    expect((await run(cwd, args)).stderr).toContain('not a regular file')
    expect(readFileSync(elsewhere, 'utf8')).toBe(before)
    const other = folder()
    mkdirSync(join(other, file))
    expect((await run(other, args)).stderr).toContain('not a regular file')
    expect(readdirSync(other)).toEqual([file])
  })

  test('a full disk, whichever call it meets: the old one is whole, nothing is left over', async () => {
    const cwd = folder(before)
    const count = { calls: 0 }
    for (let at = 1; ; at += 1) {
      writeFileSync(join(cwd, file), before)
      const faulty = failing(fs, { code: 'ENOSPC', at })
      const ended = await run(cwd, args, { fs: faulty })
      if (faulty.failed() === null) break
      count.calls += 1
      const isKept = ended.code === 2 && read(cwd) === before
      expect(isKept || (ended.code === 0 && listed(cwd).length === 1), faulty.failed() ?? '').toBe(true)
      expect(readdirSync(cwd), faulty.failed() ?? '').toEqual([file])
    }
    expect(count.calls).toBeGreaterThan(4)
    const full = takingSpace(fs)
    full.fill()
    expect((await run(cwd, args, { fs: full })).stderr).toContain('cannot be written (ENOSPC)')
  })

  test('a folder that cannot be written', async () => {
    const cwd = folder(before)
    const refuse = (name: string, [path]: readonly unknown[]) =>
      name === 'openSync' && String(path).endsWith('.lock') ? 'EACCES' : null
    const ended = await run(cwd, args, { fs: failing(fs, { refuse }) })
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(/cannot be written \(EACCES\)[^]*nothing was changed/)
  })

  test('an editor that writes at the same moment loses nothing', async () => {
    const cwd = folder(before)
    const theirs = 'exclude: [a]\n'
    const onCall = (name: string): void => {
      if (name === 'fsyncSync') writeFileSync(join(cwd, file), theirs)
    }
    const ended = await run(cwd, args, { fs: failing(fs, { onCall }) })
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toContain('run it again')
    expect([read(cwd), readdirSync(cwd)]).toEqual([theirs, [file]])
  })

  test('its rights stay', async () => {
    const cwd = folder(before)
    chmodSync(join(cwd, file), 0o640)
    await run(cwd, args)
    expect(statSync(join(cwd, file)).mode & 0o777).toBe(0o640)
  })
})

test('five at once each get their line', async () => {
  const cwd = temporary()
  const env = bareEnvironment()
  const codes = await Promise.all(
    Array.from({ length: 5 }, async (_, at) => {
      const child = spawn(process.execPath, [program, 'ignore', String(at).repeat(64), ...why], { cwd, env })
      const [code] = (await once(child, 'close')) as [number]
      return code
    }),
  )
  expect(codes).toEqual(codes.map(() => 0))
  expect(
    listed(cwd)
      .map(({ fingerprint }) => fingerprint.slice(7, 8))
      .sort()
      .join(''),
  ).toBe('01234')
  expect(readdirSync(cwd)).toEqual([file])
})

test('what another one left behind is named, and not taken for a file', async () => {
  const cwd = folder()
  writeFileSync(join(cwd, `${file}.lock`), '')
  let time = 0
  const { changeFile } = await import('../../src/exceptions/locked-file.ts')
  const clock = { now: () => 0, monotonic: () => time, sleep: async (ms: number) => void (time += ms) }
  const signal = new AbortController().signal
  await expect(changeFile(join(cwd, file), { fs, clock, signal }, () => '')).rejects.toMatchObject({
    exitCode: 2,
    hint: expect.stringContaining('remove '),
  })
  expect(existsSync(join(cwd, file))).toBe(false)
})

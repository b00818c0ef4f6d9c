import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseArguments } from '../../src/cli/arguments.ts'
import { inventoryAdd } from '../../src/cli/inventory/add.ts'
import { inventoryCheck } from '../../src/cli/inventory/check.ts'
import { inventoryExport } from '../../src/cli/inventory/export.ts'
import { inventoryImport } from '../../src/cli/inventory/import.ts'
import { inventoryList } from '../../src/cli/inventory/list.ts'
import { inventoryShow } from '../../src/cli/inventory/show.ts'
import { table } from '../../src/cli/inventory/table.ts'
import type { Command } from '../../src/cli/types.ts'
import type { Context } from '../../src/context.ts'
import { WardenError } from '../../src/errors.ts'
import { secretOf } from '../../src/secret/index.ts'
import { deps, temporaryFolder } from '../store/support.ts'
import { randomToken } from '../support.ts'

interface Outcome {
  readonly code: number
  readonly out: string
  readonly message: string
}

interface Settings {
  readonly stdin?: string
  readonly env?: Record<string, string>
  readonly columns?: number
}

/** A home of its own; each call runs one command in it. */
function home() {
  const folder = temporaryFolder()
  const run = async (
    command: Command,
    argv: readonly string[],
    settings: Settings = {},
  ): Promise<Outcome> => {
    let out = ''
    const context: Context = {
      ...deps,
      env: { PATH: process.env['PATH'], HOME: folder, ...settings.env },
      cwd: folder,
      spawn,
      stdin: Object.assign(Readable.from([settings.stdin ?? '']), {
        isTTY: false,
      }) as unknown as NodeJS.ReadStream,
      stdout: { isTTY: false, columns: settings.columns ?? 80, write: (text) => void (out += text) },
      stderr: { isTTY: false, columns: 80, write: () => undefined },
      signal: new AbortController().signal,
    }
    try {
      return { code: await command.run(context, parseArguments(command, argv)), out, message: '' }
    } catch (error) {
      if (!(error instanceof WardenError)) throw error
      return { code: error.exitCode, out, message: `${error.message} ${error.hint ?? ''}` }
    }
  }
  return { folder, run, db: join(folder, '.local/state/pplx-warden/warden.db') }
}

test('a key is added from standard input, listed, shown, checked and exported', async () => {
  const { folder, run, db } = home()
  const token = randomToken()
  const { fingerprint } = secretOf(token)
  const argv = [
    '--name',
    'Search',
    '--token-stdin',
    '--environment',
    'staging',
    '--owner',
    'Team <team@example.com>',
    '--purpose',
    'Answers',
    '--no-consumers',
    '--rotate-every',
    '90',
  ]
  const added = await run(inventoryAdd, argv, { stdin: `${token}\n` })
  expect(added).toMatchObject({
    code: 0,
    out: expect.stringContaining(`added      Search [${fingerprint.slice(7, 15)}]`),
  })
  expect((fs.statSync(db).mode & 0o777).toString(8)).toBe('600')

  const list = await run(inventoryList, ['--report', 'json'])
  expect(JSON.parse(list.out)).toMatchObject({
    schemaVersion: 1,
    keys: [
      {
        name: 'Search',
        fingerprint,
        environment: 'staging',
        owners: [{ name: 'Team', email: 'team@example.com' }],
        consumers: [],
        rotateEveryDays: 90,
      },
    ],
  })
  const shown = await run(inventoryShow, [fingerprint.slice(7, 15)])
  expect(shown.out).toContain(`Fingerprint: ${fingerprint}`)
  expect(shown.out).toMatch(/History:\n {2}\d{4}-.*added \(add\)/)

  expect(await run(inventoryCheck, [], { stdin: token })).toMatchObject({ code: 0 })
  const other = await run(inventoryCheck, ['--report', 'json'], { stdin: randomToken() })
  expect(other.code).toBe(1)
  expect(JSON.parse(other.out)).toMatchObject({ known: false, key: null })

  const exported = await run(inventoryExport, [])
  expect(exported.out).toContain(fingerprint)
  expect((await run(inventoryExport, ['-o', 'keys.yaml'])).code).toBe(0)
  expect((fs.statSync(join(folder, 'keys.yaml')).mode & 0o777).toString(8)).toBe('600')
  expect((await run(inventoryImport, ['keys.yaml'])).out).toBe('unchanged  Search\n')
  for (const { out } of [added, list, shown, other, exported]) expect(out).not.toContain(token)
})

test('a key is added by its locator, which is kept', async () => {
  const { run } = home()
  const token = randomToken()
  expect(
    (await run(inventoryAdd, ['--name', 'a', '--locator', 'env:KEY'], { env: { KEY: token } })).code,
  ).toBe(0)
  expect((await run(inventoryShow, ['a'])).out).toContain('Read again:  env:KEY')
  const again = await run(inventoryAdd, ['--name', 'b', '--locator', 'env:KEY'], { env: { KEY: token } })
  expect(again).toMatchObject({ code: 2, message: expect.stringContaining('already: a, active') })
  const sameName = await run(inventoryAdd, ['--name', 'a', '--token-stdin'], { stdin: randomToken() })
  expect(sameName).toMatchObject({ code: 2, message: expect.stringContaining('another key is called a') })
})

test('wrong words are refused with 2, without a value that could be a token', async () => {
  const { folder, run, db } = home()
  const token = randomToken()
  const cases: [Command, string[], RegExp][] = [
    [inventoryAdd, ['--token-stdin'], /--name: missing/],
    [inventoryAdd, ['--name', token, '--token-stdin'], /--name: must not hold a token/],
    [
      inventoryAdd,
      ['--name', 'a', '--environment', 'prod', '--token-stdin'],
      /--environment: must be one of/,
    ],
    [inventoryAdd, ['--name', 'a', '--rotate-every', 'soon', '--token-stdin'], /--rotate-every: /],
    [inventoryAdd, ['--name', 'a', '--locator', token], /not a locator/],
    [inventoryAdd, ['--name', 'a', '--locator', 'env:NONE'], /NONE is not set/],
    [inventoryAdd, ['--name', 'a', '--locator', 'env:A', '--token-stdin'], /one place/],
    [inventoryAdd, ['--name', 'a', token], /none is taken/],
    [inventoryAdd, ['--name', 'a'], /no terminal/],
    [inventoryShow, ['nothing'], /no such key/],
    [inventoryShow, [], /one name or fingerprint is wanted/],
    [inventoryList, ['--report', 'jsno'], /did you mean json/],
    [inventoryList, ['--report', 'csv'], /not built yet/],
    [inventoryExport, ['--committable', 'x'], /not built yet/],
    [inventoryExport, ['-o', 'no/such/folder'], /cannot be written \(ENOENT\)/],
    [inventoryImport, ['missing.yaml'], /no such file/],
    [inventoryImport, [], /one inventory file is wanted/],
    [inventoryCheck, [], /no Perplexity API key/],
    [inventoryList, ['--db', 'postgres://me:secret@h/db'], /PostgreSQL is not built yet/],
  ]
  for (const [command, argv, expected] of cases) {
    const { code, out, message } = await run(command, argv, { stdin: 'not a key' })
    expect([command.name, argv, code]).toEqual([command.name, argv, 2])
    expect(message).toMatch(expected)
    expect(message + out).not.toMatch(new RegExp(`${token.slice(5, 40)}|secret@`))
  }
  expect(fs.existsSync(db)).toBe(false)
  expect(fs.readdirSync(folder)).toEqual([])
})

test('without a database, or without HOME, the inventory is empty; adding needs a place', async () => {
  const { run, db } = home()
  expect(await run(inventoryList, [])).toMatchObject({ code: 0, out: expect.stringContaining('empty') })
  expect(await run(inventoryCheck, [], { stdin: randomToken() })).toMatchObject({ code: 1 })
  expect(fs.existsSync(db)).toBe(false)
  const nowhere = { env: { HOME: '' } }
  expect(await run(inventoryList, [], nowhere)).toMatchObject({ code: 0 })
  const add = await run(inventoryAdd, ['--name', 'a', '--token-stdin'], { ...nowhere, stdin: randomToken() })
  expect(add).toMatchObject({ code: 2, message: expect.stringContaining('HOME is not set') })
})

test('import prints what changed; a broken file says where', async () => {
  const { folder, run } = home()
  const env = { A: randomToken(), B: randomToken() }
  const write = (text: string) => fs.writeFileSync(join(folder, 'keys.yaml'), text)
  write('keys: [{ name: a, token: env:A }]')
  expect((await run(inventoryImport, ['keys.yaml'], { env })).out).toBe('added      a\n')
  write('keys: [{ name: a, token: env:A, purpose: x }, { name: b, token: env:B }]')
  expect((await run(inventoryImport, ['keys.yaml'], { env })).out).toBe(
    'changed    a: purpose\nadded      b\n',
  )
  const json = await run(inventoryImport, ['keys.yaml', '--report', 'json'], { env })
  expect(JSON.parse(json.out)).toMatchObject({
    schemaVersion: 1,
    keys: [{ name: 'a', outcome: 'unchanged' }, { name: 'b' }],
  })
  write('keys:\n  - name: a\n    tokn: x')
  expect(await run(inventoryImport, ['keys.yaml'], { env })).toMatchObject({
    code: 2,
    message: expect.stringMatching(/keys\.yaml:3:5: .*did you mean token\?/),
  })
})

test('import - reads the file from standard input, which then holds no key', async () => {
  const { folder, run, db } = home()
  const token = randomToken()
  fs.mkdirSync(join(folder, 'sub'))
  fs.writeFileSync(join(folder, 'sub', 'key'), token)
  const stdin = 'keys: [{ name: a, token: "file:sub/key" }]'
  expect(await run(inventoryImport, ['-'], { stdin })).toMatchObject({ code: 0, out: 'added      a\n' })
  expect((await run(inventoryShow, ['a'])).out).toContain(join(folder, 'sub', 'key'))
  const before = fs.readFileSync(db)
  expect(await run(inventoryImport, ['-'], { stdin: 'keys: [{ name: b, token: stdin }]' })).toMatchObject({
    code: 2,
    message: expect.stringContaining('standard input is the inventory file itself'),
  })
  expect((await run(inventoryList, [])).out).not.toContain(' b ')
  expect(fs.readFileSync(db).length).toBe(before.length)
  expect(await run(inventoryImport, ['-'], { stdin: 'keys:\n  - x: [' })).toMatchObject({
    code: 2,
    message: expect.stringMatching(/standard-input:\d+:\d+: /),
  })
})

test('a list fits any width from 40 to 200 and shows no control characters', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.constantFrom('日本語の名前です', 'ok', ''),
  )
  const rows = fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { maxLength: 5 })
  const columns = [0, 0, 2, 1].map((spare, index) => ({
    title: `TITLE${index}`,
    text: (row: readonly string[]) => row[index] ?? '',
    spare,
  }))
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 300 }), (lines, width) => {
      const text = table(lines, columns, width)
      const printed = text.split('\n').slice(0, -1)
      expect(printed).toHaveLength(lines.length + 1)
      for (const line of printed) {
        expect(line).not.toMatch(/\p{Cc}/u)
        expect(Array.from(new Intl.Segmenter().segment(line)).length).toBeLessThanOrEqual(
          Math.min(Math.max(width, 40), 200),
        )
      }
    }),
    { numRuns: 50 },
  )
})

import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  formatLocator,
  LocatorError,
  parseLocator,
  readLocator,
  resolveLocator,
  resolveProgram,
} from '../../src/locators/index.ts'
import { secretOf } from '../../src/secret/index.ts'
import { temporaryFolder } from '../store/support.ts'
import { randomToken } from '../support.ts'

const token = randomToken()
const expected = secretOf(token).fingerprint
const deps = { env: { PATH: process.env['PATH'] }, fs, spawn }

test('every locator says the same after being read and written', () => {
  for (const text of [
    'env:PPLX_PROD',
    'file:/a/b c',
    'exec:["/bin/cat","a b",""]',
    'dotenv:/srv/a:b/.env:KEY',
  ]) {
    expect(formatLocator(parseLocator(text))).toBe(text)
  }
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.stringMatching(/^[\w.-]+$/), (path, variable) => {
      fc.pre(!path.includes('\0'))
      expect(parseLocator(formatLocator({ kind: 'dotenv', path, variable }))).toEqual({
        kind: 'dotenv',
        path,
        variable,
      })
    }),
  )
})

test('what is no locator is refused without being repeated', () => {
  for (const text of [
    '',
    token,
    'env:',
    'env:A B',
    `env:${token}`,
    'file:',
    'exec:cat',
    'exec:[]',
    'exec:[1]',
    'exec:[""]',
    'dotenv:.env',
    'dotenv::A',
    'http://x',
  ]) {
    const error = thrown(() => parseLocator(text))
    expect(error).toMatchObject({ code: 'syntax', exitCode: 2 })
    expect(error.message).not.toContain(token)
  }
})

test('reads a token from a variable, a file, an env file and a program, white space stripped', async () => {
  const folder = temporaryFolder()
  fs.writeFileSync(join(folder, 'key'), `\n ${token}\r\n`)
  fs.writeFileSync(join(folder, '.env'), `KEY=old\nexport KEY='${token}'\n`)
  const locators = [
    'env:KEY',
    `file:${folder}/key`,
    `dotenv:${folder}/.env:KEY`,
    `exec:["/bin/cat","${folder}/key"]`,
  ]
  for (const locator of locators) {
    const secret = await readLocator(locator, { ...deps, env: { KEY: ` ${token}\n` } })
    expect(secret.fingerprint).toBe(expected)
  }
})

test('says what is missing, unreadable, empty or no key, and never the value', async () => {
  const folder = temporaryFolder()
  const value = 'something-else-entirely'
  fs.writeFileSync(join(folder, 'empty'), ' \n')
  fs.writeFileSync(join(folder, 'other'), value)
  const cases: [string, string][] = [
    ['env:MISSING', 'missing-variable'],
    [`file:${folder}/missing`, 'unreadable'],
    [`file:${folder}`, 'unreadable'],
    ['file:/dev/null', 'unreadable'],
    [`file:${folder}/empty`, 'empty'],
    [`file:${folder}/other`, 'not-a-key'],
    [`dotenv:${folder}/other:KEY`, 'missing-variable'],
    [`exec:["/bin/cat","${folder}/missing"]`, 'program'],
    [`exec:["${folder}/missing"]`, 'program'],
    ['exec:["cat"]', 'program'],
    [`exec:["/bin/echo","${value}"]`, 'not-a-key'],
    ['exec:["/bin/echo"]', 'empty'],
    ['exec:["/usr/bin/yes"]', 'not-a-key'],
  ]
  for (const [locator, code] of cases) {
    const error = await rejected(readLocator(locator, deps))
    expect([locator, error.code, error.exitCode]).toEqual([locator, code, 2])
    expect(`${error.message} ${error.hint}`).not.toContain(value)
  }
})

test('a program that does not end is ended with its children, on time and on interruption', async () => {
  const folder = temporaryFolder()
  const script = join(folder, 'slow')
  fs.writeFileSync(script, '#!/bin/sh\nsleep 60 &\necho $! > child\nwait\n', { mode: 0o755 })
  const locator = `exec:["${script}"]`
  expect(await rejected(readLocator(locator, { ...deps, timeoutMs: 300 }))).toMatchObject({ code: 'timeout' })
  expect(await isGone(Number(fs.readFileSync(join(folder, 'child'), 'utf8')))).toBe(true)
  const abort = new AbortController()
  const reading = rejected(readLocator(locator, { ...deps, signal: abort.signal }))
  setTimeout(() => abort.abort('SIGINT'), 100)
  expect(await reading).toMatchObject({ code: 'interrupted' })
})

test('a program sees no token in its environment and runs in its own folder, without a shell', async () => {
  const folder = temporaryFolder()
  const script = join(folder, 'show')
  fs.writeFileSync(script, '#!/bin/sh\nenv > seen\necho "$@" >> seen\nexit 1\n', { mode: 0o755 })
  const env = { ...deps.env, PPLX_WARDEN_MANAGEMENT_KEY: token, OTHER: `x=${token}`, HOME: '/nowhere' }
  await rejected(readLocator(`exec:["${script}","$(id)"]`, { ...deps, env }))
  const seen = fs.readFileSync(join(folder, 'seen'), 'utf8')
  expect(seen).not.toContain(token)
  expect(seen).toContain('HOME=/nowhere')
  expect(seen).toContain('$(id)')
})

test('programs are found on PATH or beside the file, never in the working folder', () => {
  const folder = temporaryFolder()
  fs.writeFileSync(join(folder, 'tool'), '#!/bin/sh\n', { mode: 0o755 })
  fs.writeFileSync(join(folder, 'text'), '')
  const find = (program: string, path: string) => resolveProgram(program, folder, { env: { PATH: path }, fs })
  expect(find('./tool', '')).toBe(join(folder, 'tool'))
  expect(find('tool', folder)).toBe(join(folder, 'tool'))
  expect(find('tool', '.:')).toBeNull()
  expect(find('./text', '')).toBeNull()
  const locator = resolveLocator({ kind: 'exec', argv: ['./tool', 'x'] }, folder, deps)
  expect(locator).toEqual({ kind: 'exec', argv: [join(folder, 'tool'), 'x'] })
  expect(resolveLocator({ kind: 'file', path: 'key' }, folder, deps)).toEqual({
    kind: 'file',
    path: join(folder, 'key'),
  })
  expect(
    thrown(() => resolveLocator({ kind: 'exec', argv: ['no-such-program'] }, folder, deps)),
  ).toMatchObject({ code: 'program' })
})

function thrown(work: () => unknown): LocatorError {
  try {
    work()
  } catch (error) {
    if (error instanceof LocatorError) return error
    throw error
  }
  throw new Error('was not refused')
}

async function rejected(work: Promise<unknown>): Promise<LocatorError> {
  const outcome = await work.then(
    () => new Error('was not refused'),
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(LocatorError)
  return outcome as LocatorError
}

/** Ended processes may stay as zombies where nobody collects them: those count as gone. */
async function isGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      if (/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))) return true
    } catch {
      return true
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return false
}

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { nodeClock } from '../../src/cli/context.ts'
import type { Context } from '../../src/context.ts'
import { type DrillOptions, runDrill } from '../../src/drill/drill.ts'
import { judgePromises, type Observed } from '../../src/drill/promises.ts'
import type { Secret } from '../../src/secret/index.ts'
import { command, untilEnd } from '../respond/world.ts'

const temporary = mkdtempSync(join(tmpdir(), 'pplx-warden-test-'))
afterAll(() => rmSync(temporary, { recursive: true, force: true }))

const run = (args: readonly string[], tmp: string) =>
  untilEnd(
    spawn(process.execPath, [command, 'drill', ...args], {
      env: { PATH: process.env['PATH'] ?? '', HOME: tmp, TMPDIR: tmp },
    }),
  )

function folder(): string {
  return mkdtempSync(join(temporary, 'f-'))
}

describe('the drill', () => {
  test('passes in time, removes its folder, leaves the report and says what to do next', async () => {
    const tmp = folder()
    const began = Date.now()
    const ended = await run([], tmp)
    expect(ended.code, ended.stdout + ended.stderr).toBe(0)
    expect(Date.now() - began).toBeLessThan(15_000)
    const [report, ...others] = readdirSync(tmp)
    expect(others, 'only the report is left').toEqual([])
    expect(ended.stdout).toContain(join(tmp, report ?? ''))
    expect(JSON.parse(readFileSync(join(tmp, report ?? ''), 'utf8'))).toMatchObject({
      incident: { status: 'closed' },
    })
    expect(ended.stdout).not.toContain('BROKEN')
    expect(ended.stdout).toContain('prove')
    expect(ended.stdout).toContain('pplx-warden inventory import')
  })
})

describe.concurrent('the drill', () => {
  test('--keep leaves the folder', async () => {
    const tmp = folder()
    const ended = await run(['--keep'], tmp)
    expect(ended.code, ended.stdout + ended.stderr).toBe(0)
    const kept = /The folder was kept: (\S+)/.exec(ended.stdout)?.[1] ?? ''
    expect(readdirSync(kept).sort()).toEqual([
      'application',
      'deployment',
      'home',
      'inventory.yaml',
      'repository',
    ])
  })

  test('interrupted, it stops its children, removes its folder and leaves with 130', async () => {
    const tmp = folder()
    const child = spawn(process.execPath, [command, 'drill'], {
      env: { PATH: process.env['PATH'] ?? '', HOME: tmp, TMPDIR: tmp },
    })
    const ended = untilEnd(child)
    await new Promise<void>((resolve) => {
      let said = ''
      child.stdout.on('data', (text: Buffer | string) => {
        said += String(text)
        if (said.includes('$ pplx-warden scan git')) resolve()
      })
    })
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
    expect(readdirSync(tmp).filter((name) => existsSync(join(tmp, name, 'repository')))).toEqual([])
  })

  test('without git it says so and does nothing', async () => {
    const tmp = folder()
    const ended = await untilEnd(
      spawn(process.execPath, [command, 'drill'], { env: { PATH: '/nonexistent', HOME: tmp, TMPDIR: tmp } }),
    )
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('git was not found') })
    expect(readdirSync(tmp)).toEqual([])
  })
})

describe.concurrent('a promise broken on purpose is named', () => {
  test('the service revokes the key before the application has another one', async () => {
    let timer: NodeJS.Timeout | undefined
    const broken = await brokenBy(async (_scene, sandbox) => {
      timer = setInterval(() => {
        if (sandbox.books().counters.issued > 1) sandbox.revokeKey(sandbox.firstKey.fingerprint)
      }, 2)
    })
    clearInterval(timer)
    expect(broken).toContain('the application never got an error while the key changed')
  })

  test('the revocation has no effect', async () => {
    const broken = await brokenBy(async (_scene, sandbox) =>
      sandbox.inject([{ endpoint: 'revoke', kind: 'status', status: 403, times: null }]),
    )
    expect(broken).toContain('the leaked key is revoked and proven dead')
    expect(broken).toContain('one incident, closed with nothing left to do')
  })

  test('the application does not take the new key', async () => {
    const broken = await brokenBy(async ({ folder: place, inventoryFile }) => {
      expect(existsSync(place)).toBe(true)
      writeFileSync(
        inventoryFile,
        readFileSync(inventoryFile, 'utf8').replace(
          /reload: \[.*?\] \}/,
          `reload: [${process.execPath}, --version] }`,
        ),
      )
    })
    expect(broken).toContain('the application changed to the replacement')
  })
})

/** In the source tree the programs of the drill lie in dist. */
async function brokenBy(beforeScan: NonNullable<DrillOptions['beforeScan']>): Promise<readonly string[]> {
  const context: Context = {
    clock: nodeClock,
    random: (bytes) => randomBytes(bytes),
    env: { PATH: process.env['PATH'] },
    cwd: temporary,
    fs,
    spawn,
    stdin: process.stdin,
    stdout: { isTTY: false, columns: 80, write: () => undefined },
    stderr: { isTTY: false, columns: 80, write: () => undefined },
    signal: new AbortController().signal,
  }
  const result = await runDrill(context, {
    keep: false,
    say: () => undefined,
    beforeScan,
    programs: join(command, '..'),
  })
  rmSync(result.report, { force: true })
  return result.promises.filter((one) => one.broken !== null).map((one) => one.promise)
}

type Fingerprint = Secret['fingerprint']
const leaked: Fingerprint = `sha256:${'1'.repeat(64)}`
const fresh: Fingerprint = `sha256:${'2'.repeat(64)}`

function kept(): Observed {
  const step = (name: string) => ({ name, status: 'done', evidence: '', startedAt: null, finishedAt: null })
  const incident = {
    status: 'closed',
    obligations: [],
    steps: [step('revoke'), step('prove')],
    replacement: { fingerprint: fresh, name: 'x' },
  }
  return {
    leaked,
    exitCode: 1,
    encodings: [[], ['base64'], ['gzip']],
    incident: incident as unknown as NonNullable<Observed['incident']>,
    requests: [leaked, fresh].map((fingerprint) => ({ status: 200, fingerprint })),
    books: [
      { fingerprint: leaked, status: 'revoked' },
      { fingerprint: fresh, status: 'live' },
    ],
    deployed: fresh,
    outputs: ['nothing'],
    tokens: ['secret'],
  }
}

const broken: Readonly<Record<string, Partial<Observed>>> = {
  'the key is found in a deleted commit, in base64 and in a compressed log': { encodings: [[], ['base64']] },
  'a scan with findings leaves with 1': { exitCode: 0 },
  'one incident, closed with nothing left to do': { incident: undefined },
  'the leaked key is revoked and proven dead': {
    books: [
      { fingerprint: leaked, status: 'live' },
      { fingerprint: fresh, status: 'live' },
    ],
  },
  'the replacement is the only other live key': {
    books: [
      { fingerprint: fresh, status: 'live' },
      { fingerprint: 'sha256:3', status: 'live' },
    ],
  },
  'the application changed to the replacement': { requests: [{ status: 200, fingerprint: leaked }] },
  'the application never got an error while the key changed': {
    requests: [
      { status: 200, fingerprint: leaked },
      { status: 401, fingerprint: leaked },
      { status: 200, fingerprint: fresh },
    ],
  },
  'the second application holds the replacement': { deployed: leaked },
  'no key in any output': { outputs: ['a secret'] },
}

describe('judged', () => {
  test('nothing is broken when all was kept, and every promise has a row below', () => {
    expect(judgePromises(kept()).filter((one) => one.broken !== null)).toEqual([])
    expect(
      judgePromises(kept())
        .map((one) => one.promise)
        .sort(),
    ).toEqual(Object.keys(broken).sort())
  })

  test.for(Object.entries(broken))('%s', ([promise, seen]) => {
    expect(
      judgePromises({ ...kept(), ...seen }).find((one) => one.promise === promise)?.broken,
    ).not.toBeNull()
  })
})

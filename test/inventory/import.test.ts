import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { WardenError } from '../../src/errors.ts'
import { findByName, historyOf, inventoryFile, listKeys, markStatus } from '../../src/inventory/index.ts'
import { secretOf } from '../../src/secret/index.ts'
import type { Store } from '../../src/store/index.ts'
import { randomToken } from '../support.ts'
import { type Scene, scene } from './support.ts'

const main = `
keys:
  - name: Production-Main
    token: env:PPLX_PROD
    environment: production
    purpose: Answers on the search page
    owners: [{ name: Search team, email: search@example.com, slack: "#search" }]
    rotateEveryDays: 90
    consumers:
      - { kind: dotenv, path: app/.env, variable: PERPLEXITY_API_KEY, reload: [sh, -c, "true"] }
      - { kind: exec, deliver: [./deploy-key], confirm: [./check-key] }
`

function withPrograms({ folder }: Scene): void {
  for (const name of ['deploy-key', 'check-key'])
    fs.writeFileSync(join(folder, name), '#!/bin/sh\n', { mode: 0o755 })
}

test('takes the file of the design: only fingerprint, shape and locator are stored', async () => {
  const here = await scene()
  withPrograms(here)
  const token = randomToken()
  const imported = await here.load(main, { PPLX_PROD: `${token}\n` })
  expect(imported).toEqual([{ name: 'Production-Main', outcome: 'added', fields: [] }])
  const [entry] = await listKeys(here.store.db)
  expect(entry).toMatchObject({
    id: expect.stringMatching(/^key-[a-z2-7]{16}$/),
    fingerprint: secretOf(token).fingerprint,
    bodyLength: 48,
    alphanumeric: true,
    account: 'default',
    status: 'active',
    locator: 'env:PPLX_PROD',
    rotateEveryDays: 90,
    consumers: [
      {
        kind: 'dotenv',
        path: join(here.folder, 'app/.env'),
        reload: [expect.stringMatching(/^\/.*\/sh$/), '-c', 'true'],
        directory: here.folder,
      },
      { kind: 'exec', deliver: [join(here.folder, 'deploy-key')], confirm: [join(here.folder, 'check-key')] },
    ],
  })
  const [created = '', rotateBy = ''] = [entry?.createdAt, entry?.rotateBy ?? undefined]
  expect(Date.parse(rotateBy) - Date.parse(created)).toBe(90 * 86_400_000)
  for (const file of fs.readdirSync(join(here.folder, 'state'))) {
    expect(fs.readFileSync(join(here.folder, 'state', file)).includes(token)).toBe(false)
  }
})

test('the same file again changes nothing; what differs is named', async () => {
  const here = await scene()
  withPrograms(here)
  const env = { PPLX_PROD: randomToken() }
  await here.load(main, env)
  expect(await here.load(main, env)).toMatchObject([{ outcome: 'unchanged' }])
  const changed = main
    .replace('Answers on', 'Questions on')
    .replace('days: 90', 'days: 90')
    .replace('[{ name: Search', '[{ name: Find')
  expect(await here.load(changed, env)).toEqual([
    { name: 'Production-Main', outcome: 'changed', fields: ['purpose', 'owners'] },
  ])
  const [entry] = await listKeys(here.store.db)
  expect(entry?.purpose).toBe('Questions on the search page')
  const history = await historyOf(here.store.db, entry?.id ?? '')
  expect(history.map(({ what, who }) => [what, who])).toEqual([
    ['added', 'import'],
    ['changed', 'import'],
  ])
})

test('no consumers and nothing said about consumers are kept apart', async () => {
  const here = await scene()
  const token = { A: randomToken(), B: randomToken() }
  await here.load('keys: [{ name: a, token: env:A, consumers: [] }, { name: b, token: env:B }]', token)
  expect((await findByName(here.store.db, 'a'))?.consumers).toEqual([])
  expect((await findByName(here.store.db, 'b'))?.consumers).toBeNull()
})

test('a token comes from standard input, a file, a program, or stands as its fingerprint', async () => {
  const here = await scene()
  const tokens = Array.from({ length: 4 }, () => randomToken())
  const [stdin = '', file = '', program = '', bare = ''] = tokens
  fs.writeFileSync(join(here.folder, 'key'), file)
  fs.writeFileSync(join(here.folder, 'read-key'), `#!/bin/sh\nprintf %s '${program}'\n`, { mode: 0o755 })
  await here.load(
    `keys:
  - { name: stdin, token: stdin }
  - { name: file, token: file:key }
  - { name: program, token: "exec:[./read-key, x]" }
  - { name: bare, fingerprint: "${secretOf(bare).fingerprint}", locator: env:BARE }
`,
    { STDIN: stdin },
  )
  const entries = await listKeys(here.store.db)
  expect(entries.map(({ name, fingerprint, locator }) => [name, fingerprint, locator])).toEqual([
    ['bare', secretOf(bare).fingerprint, 'env:BARE'],
    ['file', secretOf(file).fingerprint, `file:${here.folder}/key`],
    ['program', secretOf(program).fingerprint, `exec:["${here.folder}/read-key","x"]`],
    ['stdin', secretOf(stdin).fingerprint, null],
  ])
})

test('all or nothing: one bad entry and none is taken', async () => {
  const here = await scene()
  const good = '  - { name: good, token: env:GOOD }\n'
  const cases: [string, RegExp][] = [
    ['  - { name: bad, token: env:MISSING }', /:3:25: the environment variable MISSING is not set/],
    ['  - { name: bad, tokn: env:GOOD }', /:3:18: keys\[1\]: unknown name tokn \(did you mean token\?\)/],
    ['  - { name: bad }', /:3:5: keys\[1\]: token: or fingerprint: is missing/],
    ['  - { name: good, token: env:OTHER }', /:3:13: keys\[1\]\.name: good stands twice/],
    ['  - { name: same, token: env:GOOD }', /:3:5: the same key stands twice/],
    [
      '  - { name: bad, token: env:OTHER, environment: prod }',
      /:3:49: keys\[1\]\.environment: must be one of production/,
    ],
    [
      '  - { name: bad, token: env:OTHER, consumers: [{ kind: vault }] }',
      /:3:\d+: .*must be one of dotenv, file, exec/,
    ],
    [
      '  - { name: bad, token: env:OTHER, consumers: [{ kind: dotenv, path: x }] }',
      /consumers\[0\]\.variable: missing/,
    ],
    [
      '  - { name: bad, token: env:OTHER, consumers: [{ kind: exec, deliver: [no-such-program] }] }',
      /program not found: no-such-program \(it is looked for on PATH/,
    ],
    [
      '  - { name: bad, token: env:OTHER, consumers: [{ kind: exec, deliver: [./no] }] }',
      /program not found: \.\/no \(it is looked for in /,
    ],
    ['  - { name: bad, token: env:OTHER, consumers: }', /must be a list/],
    ['  - { name: bad, token: env:OTHER, fingerprint: "sha256:00" }', /64 lower-case hex digits/],
    ['  - { name: bad, token: env:JUNK }', /no Perplexity API key/],
    ['  - name: bad\n   token: x', /inventory\.yaml:\d+:\d+: /],
  ]
  for (const [entry, expected] of cases) {
    const env = { GOOD: randomToken(), OTHER: randomToken(), JUNK: 'junk-value' }
    const error = await failure(here.load(`keys:\n${good}${entry}`, env))
    expect(error.message).toMatch(expected)
    expect(error.exitCode).toBe(2)
    expect(error.message).not.toContain('junk-value')
    expect(await listKeys(here.store.db)).toEqual([])
  }
})

test('a token that stands in the file is refused and not repeated', async () => {
  const here = await scene()
  const token = randomToken()
  for (const entry of [
    `name: bad, token: ${token}`,
    `name: ${token}, token: env:X`,
    `name: bad, token: env:X, purpose: ${token}`,
    `name: a, ${token}: 1`,
  ]) {
    const error = await failure(here.load(`keys: [{ ${entry} }]`))
    expect(`${error.message} ${error.hint}`).not.toContain(token.slice(5, 40))
  }
  expect((await failure(here.load(`keys: [{ name: bad, token: ${token} }]`))).message).toContain(
    'must not stand in this file',
  )
})

test('a value known as compromised, revoked or retired is refused, also when its name is free again', async () => {
  for (const status of ['compromised', 'revoked', 'retired'] as const) {
    const here = await scene()
    const env = { KEY: randomToken() }
    await here.load('keys: [{ name: main, token: env:KEY }]', env)
    await mark(here.store, 'main', status)
    for (const name of ['main', 'another']) {
      const error = await failure(here.load(`keys: [{ name: ${name}, token: env:KEY }]`, env))
      expect(error).toMatchObject({ code: 'known-bad', exitCode: 2 })
      expect(error.message).toContain(`known as ${status}`)
    }
  }
})

test('another value under a known name replaces it; the one before stays in sight', async () => {
  const here = await scene()
  await here.load('keys: [{ name: main, token: env:KEY }]', { KEY: randomToken() })
  const next = randomToken()
  const imported = await here.load('keys: [{ name: main, token: env:KEY }]', { KEY: next })
  expect(imported).toMatchObject([{ outcome: 'replaced' }])
  expect((await listKeys(here.store.db)).map((entry) => entry.status).sort()).toEqual(['active', 'retired'])
  expect((await findByName(here.store.db, 'main'))?.fingerprint).toBe(secretOf(next).fingerprint)
  await mark(here.store, 'main', 'rotating')
  const error = await failure(here.load('keys: [{ name: main, token: env:KEY }]', { KEY: randomToken() }))
  expect(error.message).toContain('a response is working on it')
})

test('one key under two names is refused', async () => {
  const here = await scene()
  const env = { KEY: randomToken() }
  await here.load('keys: [{ name: main, token: env:KEY }]', env)
  const error = await failure(here.load('keys: [{ name: other, token: env:KEY }]', env))
  expect(error).toMatchObject({ code: 'already-known', exitCode: 2 })
})

test('what is exported is imported again without a change', async () => {
  const here = await scene()
  withPrograms(here)
  await here.load(main, { PPLX_PROD: randomToken() })
  const text = inventoryFile(await listKeys(here.store.db))
  expect(text).not.toMatch(/pplx-[A-Za-z0-9]{20}/)
  expect(await here.load(text)).toMatchObject([{ outcome: 'unchanged' }])
  const other = await scene()
  expect(await other.load(text.replaceAll(other.folder, here.folder))).toMatchObject([{ outcome: 'added' }])
})

test('an empty list is fine, an empty file is not', async () => {
  const here = await scene()
  expect(await here.load('keys: []')).toEqual([])
  await expect(here.load('')).rejects.toThrow('must be a mapping')
})

test('a thousand keys are imported in one go', { timeout: 20_000 }, async () => {
  const here = await scene()
  const count = 1_000
  const hex = (index: number) => index.toString(16).padStart(64, '0')
  const keys = Array.from(
    { length: count },
    (_, index) => `  - { name: key-${index}, fingerprint: "sha256:${hex(index)}" }`,
  )
  await here.load(`keys:\n${keys.join('\n')}`)
  expect(await listKeys(here.store.db)).toHaveLength(count)
})

async function mark(
  store: Store,
  name: string,
  status: 'compromised' | 'revoked' | 'retired' | 'rotating',
): Promise<void> {
  const entry = await findByName(store.db, name)
  await markStatus(
    { db: store.db, clock: store.clock, random: (bytes) => store.random(bytes), who: 'test' },
    entry?.id ?? '',
    status,
  )
}

async function failure(work: Promise<unknown>): Promise<WardenError> {
  const outcome = await work.then(
    () => new Error('was not refused'),
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(WardenError)
  return outcome as WardenError
}

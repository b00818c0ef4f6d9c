import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { ConfigError } from '../../src/config/errors.ts'
import { readOperatorConfig } from '../../src/config/operator.ts'
import { statePaths } from '../../src/config/paths.ts'
import { temporaryFolder } from '../store/support.ts'
import { randomToken } from '../support.ts'

const environment = { PATH: process.env['PATH'] }

function read(text: string | Uint8Array, options: Parameters<typeof readOperatorConfig>[2] = {}) {
  const folder = temporaryFolder()
  const config = join(folder, 'config.yaml')
  fs.writeFileSync(config, text)
  const context = { env: { ...environment, HOME: folder }, cwd: folder, fs }
  return { folder, config: readOperatorConfig(context, statePaths(context), { config, ...options }) }
}

test('reads every key that is built, paths and programs made absolute', () => {
  const { folder, config } = read(`
version: 1
management: { locator: file:secrets/management }
api: { url: http://127.0.0.1:8080, probe: [{ path: /v1/agent, body: { model: none }, paidBody: {} }] }
escrow: { identity: keys/escrow.key, recipients: [age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq] }
policy: { production: { public: 15m } }
channels:
  - { kind: command, command: [sh, -c, "cat > told"] }
  - { kind: webhook, url: https://hooks.example.com/x, secret: "exec:[sh, -c, cat x]" }
scan: { exclude: ['vendor/**'] }
`)
  expect(config).toMatchObject({
    path: join(folder, 'config.yaml'),
    management: { locator: `file:${folder}/secrets/management` },
    api: { url: 'http://127.0.0.1:8080', probe: [{ path: '/v1/agent' }] },
    escrow: { identity: `${folder}/keys/escrow.key` },
    policy: { production: { public: '15m' } },
    channels: [
      {
        kind: 'command',
        command: [expect.stringMatching(/^\/.*\/sh$/), '-c', 'cat > told'],
        directory: folder,
      },
      { kind: 'webhook', secret: expect.stringMatching(/^exec:\["\/.*\/sh","-c","cat x"\]$/) },
    ],
    scan: { exclude: ['vendor/**'] },
  })
})

test('every mistake is pointed at, with the nearest name', () => {
  const cases: [string, string | RegExp][] = [
    ['chanels: []', ':1:1: unknown name chanels (did you mean channels?)'],
    ['api:\n  ulr: https://x', ':2:3: api: unknown name ulr (did you mean url?)'],
    [
      'channels:\n  - kind: webhok\n    url: https://x',
      ':2:11: channels[0].kind: must be one of command, webhook (did you mean webhook?)',
    ],
    ['api: { url: http://example.com }', ':1:13: api.url: must be an https:// URL'],
    ['api: { url: "https://me:x@example.com" }', 'without credentials'],
    [
      'channels: [{ kind: command, command: [no-such-program] }]',
      ':1:39: channels[0].command[0]: program not found: no-such-program',
    ],
    ['management: { locator: nonsense }', ':1:24: management.locator: not a locator'],
    ['escrow: { recipients: [ssh-rsa] }', ':1:24: escrow.recipients[0]: must be an age recipient'],
    ['escrow: { identity: "exec:[x]" }', 'not built yet'],
    ['version: 2', ':1:10: version: must be 1'],
    ['- a list', ':1:1: must be a mapping'],
    ['api: {\n  url: [', /:\d+:\d+: /],
    ['a: 1\na: 2', ':2:1: '],
    ['a: 1\n---\nb: 2', /:2:1: a second document/],
    ['usageSources: []', ':1:1: usageSources is not built yet'],
    ['scan: {}\ntrustedPrograms: []', ':2:1: trustedPrograms is not built yet'],
  ]
  for (const [text, expected] of cases) {
    const error = failure(() => read(text))
    expect(error.exitCode).toBe(2)
    expect(error.message).toMatch(typeof expected === 'string' ? literal(expected) : expected)
  }
})

test('a token in the wrong place is not repeated', () => {
  const token = randomToken()
  for (const text of [
    token,
    `${token}: 1`,
    `management: { locator: ${token} }`,
    `"${token}`,
    `api: { url: ${token} }`,
    `a: ${token}\n b: 1`,
  ]) {
    expect(failure(() => read(text)).message).not.toContain(token.slice(5, 40))
  }
})

test('the policy is checked by the schema it is given', () => {
  const policy = z.strictObject({ drain: z.number() }) as unknown as z.ZodType<Record<string, unknown>>
  expect(read('policy: { drain: 5 }', { policy }).config.policy).toEqual({ drain: 5 })
  expect(failure(() => read('policy: { drian: 5 }', { policy })).message).toContain('did you mean drain?')
})

test('a named file must be there, the default one need not', () => {
  const folder = temporaryFolder()
  const context = { env: { HOME: folder }, cwd: folder, fs }
  const paths = statePaths(context)
  expect(readOperatorConfig(context, paths)).toMatchObject({ path: null, channels: [] })
  expect(failure(() => readOperatorConfig(context, paths, { config: 'no.yaml' }))).toMatchObject({
    code: 'unreadable',
    exitCode: 2,
  })
  const named = { ...context, env: { HOME: folder, PPLX_WARDEN_CONFIG: 'no.yaml' } }
  expect(failure(() => readOperatorConfig(named, paths)).code).toBe('unreadable')
  fs.mkdirSync(join(folder, '.config/pplx-warden/config.yaml'), { recursive: true })
  expect(failure(() => readOperatorConfig(context, paths)).code).toBe('unreadable')
  expect(read('').config.path).not.toBeNull()
  expect(failure(() => read(new Uint8Array([0xff, 0xfe, 0x41]))).message).toContain('not UTF-8')
})

function failure(work: () => unknown): ConfigError {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('was not refused')
}

function literal(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
}

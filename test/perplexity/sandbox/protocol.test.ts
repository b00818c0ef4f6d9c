import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/perplexity/sandbox/index.ts'
import { secretOf } from '../../../src/secret/index.ts'
import { open } from '../../../src/secret/open.ts'
import { randomToken } from '../../support.ts'
import { sandbox } from '../support.ts'

function post(server: Sandbox, path: string, token: string | null, body: unknown = {}): Promise<Response> {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` }
  return fetch(server.url + path, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** Bytes in, bytes out, for what no HTTP library would send. */
function raw(server: Sandbox, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => (text += String(chunk)))
    socket.on('error', () => resolve(text))
    socket.on('close', () => resolve(text))
  })
}

describe('the documented protocol', () => {
  it('issues: a name, a time, a token of the known shape, shown once', async () => {
    const server = await sandbox()
    const answer = await post(server, '/generate_auth_token', open(server.firstKey), {
      token_name: 'Search r1',
    })
    expect(answer.status).toBe(200)
    const reply = (await answer.json()) as Record<string, unknown>
    expect(Object.keys(reply)).toEqual(['auth_token', 'created_at_epoch_seconds', 'token_name'])
    expect(reply['auth_token']).toMatch(/^pplx-[A-Za-z0-9]{48}$/)
    expect(Math.abs(Number(reply['created_at_epoch_seconds']) - Date.now() / 1000)).toBeLessThan(5)
    const { fingerprint } = secretOf(String(reply['auth_token']))
    expect(server.books().keys[1]).toMatchObject({
      fingerprint,
      tokenName: 'Search r1',
      status: 'live',
      issuedBy: server.firstKey.fingerprint,
      account: 'default',
    })
    expect((await post(server, '/generate_auth_token', String(reply['auth_token']), '')).status).toBe(200)
  })

  it('revokes for good; a key can revoke itself', async () => {
    const server = await sandbox()
    const leaked = server.createKey()
    const answer = await post(server, '/revoke_auth_token', open(leaked), { auth_token: open(leaked) })
    expect(answer.status).toBe(200)
    expect((await post(server, '/v1/agent', open(leaked))).status).toBe(401)
    expect(server.books().keys[1]).toMatchObject({ status: 'revoked', revokedBy: leaked.fingerprint })
    expect(server.books().counters).toMatchObject({ issued: 2, revoked: 1, live: 1, refused: 1 })
  })

  it.each([
    ['/v1/agent', { model: 'perplexity/sonar', input: 'Test', max_output_tokens: 16 }, 200],
    ['/v1/agent', { model: 'nothing', input: 'Test' }, 400],
    ['/v1/agent', { input: 'Test' }, 422],
    ['/v1/agent', '{"model":', 400],
    [
      '/chat/completions',
      { model: 'sonar', messages: [{ role: 'user', content: 'Test' }], max_tokens: 1 },
      200,
    ],
    ['/chat/completions', { model: 'nothing', messages: [{}] }, 400],
    ['/chat/completions', { model: 'sonar' }, 422],
    ['/generate_auth_token', { token_name: 7 }, 422],
    ['/generate_auth_token', [], 200],
    ['/revoke_auth_token', {}, 422],
    ['/revoke_auth_token', 'null', 422],
    ['/revoke_auth_token', '\u0000', 400],
    ['/elsewhere', {}, 404],
    ['/constructor', {}, 404],
    ['/v1/models', {}, 405],
  ])('POST %s %j → %i', async (path, body, status) => {
    const server = await sandbox()
    expect((await post(server, path, open(server.firstKey), body)).status).toBe(status)
  })

  it.each(['/generate_auth_token', '/revoke_auth_token', '/v1/agent', '/chat/completions'])(
    '%s refuses strangers',
    async (path) => {
      const server = await sandbox()
      for (const token of [null, randomToken(), 'x']) {
        const answer = await post(server, path, token)
        expect(answer.status).toBe(401)
        expect(await answer.json()).toMatchObject({ error: { type: 'invalid_api_key', code: 401 } })
      }
    },
  )

  it('lists its models to anyone', async () => {
    const server = await sandbox()
    const answer = await fetch(`${server.url}/v1/models`)
    expect(await answer.json()).toMatchObject({ object: 'list', data: [{ id: 'perplexity/sonar' }] })
  })

  it.each([
    ['error', 404],
    ['ok', 200],
  ] as const)('revoking an unknown token: %s', async (revokeUnknown, status) => {
    const server = await sandbox({ revokeUnknown })
    const token = open(server.firstKey)
    expect((await post(server, '/revoke_auth_token', token, { auth_token: randomToken() })).status).toBe(
      status,
    )
  })

  it.each([
    [false, 403, 'live'],
    [true, 200, 'revoked'],
  ] as const)('accounts that trust each other: %s', async (accountsTrust, status, left) => {
    const server = await sandbox({ accountsTrust })
    const other = server.createKey({ account: 'other' })
    const answer = await post(server, '/revoke_auth_token', open(server.firstKey), {
      auth_token: open(other),
    })
    expect(answer.status).toBe(status)
    expect(server.books().keys[1]).toMatchObject({ account: 'other', status: left })
  })

  it('the console can revoke too', async () => {
    const server = await sandbox()
    server.revokeKey(server.firstKey.fingerprint)
    expect(server.books().keys[0]).toMatchObject({ status: 'revoked', revokedBy: 'console' })
    expect((await post(server, '/v1/agent', open(server.firstKey))).status).toBe(401)
  })
})

describe('the books', () => {
  it('hold fingerprints, never a token, not even one in a name or a path', async () => {
    const server = await sandbox()
    const stray = randomToken()
    const answer = await post(server, '/generate_auth_token', open(server.firstKey), {
      token_name: `x ${stray}`,
    })
    const token = String(((await answer.json()) as Record<string, unknown>)['auth_token'])
    await fetch(`${server.url}/${stray}?key=${stray}`)
    await post(server, '/revoke_auth_token', open(server.firstKey), { auth_token: token })
    const text = await (await fetch(`${server.url}/_sandbox/books`)).text()
    for (const secret of [stray, token, open(server.firstKey)])
      expect(text).not.toContain(secret.slice(5, 20))
    expect(JSON.parse(text)).toEqual(server.books())
    expect(server.books().calls.map(({ path, status, bearer }) => [path, status, bearer])).toEqual([
      ['/generate_auth_token', 200, server.firstKey.fingerprint],
      ['(other)', 404, null],
      ['/revoke_auth_token', 200, server.firstKey.fingerprint],
    ])
  })
})

describe('only this machine, whatever comes', () => {
  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    '10.0.0.1',
    '',
  ])('Host %j is refused', async (host) => {
    const server = await sandbox()
    const answer = await raw(
      server,
      `GET /_sandbox/books HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 403 /)
    expect(answer).not.toContain('sha256:')
  })

  it.each(['127.0.0.1', 'localhost:99', '[::1]:4'])('Host %s is served', async (host) => {
    const server = await sandbox()
    const answer = await raw(
      server,
      `GET /_sandbox/books HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('a web page may not post here', async () => {
    const server = await sandbox()
    const headers = { origin: 'https://evil.example' }
    const answer = await fetch(`${server.url}/_sandbox/faults`, { method: 'POST', headers, body: '[]' })
    expect(answer.status).toBe(403)
  })

  it('survives garbage, and bodies without end', async () => {
    const server = await sandbox()
    expect(await raw(server, 'not http\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    expect(await raw(server, '\u0000\u0001\u0002\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    expect(await raw(server, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 4/)
    const long = `POST /v1/agent HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(100_000)}`
    expect(await raw(server, long)).toMatch(/^HTTP\/1\.1 413 |^$/)
    const gone = connect(server.port, '127.0.0.1', () =>
      gone.write('POST /v1/agent HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nab', () =>
        gone.resetAndDestroy(),
      ),
    )
    gone.on('error', () => {})
    expect((await post(server, '/v1/agent', open(server.firstKey), { model: 'x', input: 'y' })).status).toBe(
      400,
    )
  })
})

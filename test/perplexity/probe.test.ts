import { describe, expect, it } from 'vitest'
import type { Fault } from '../../src/perplexity/sandbox/types.ts'
import { client, closedPort, expectNoToken, key, lying, reply, sandbox, world } from './support.ts'

const gone: Fault = { endpoint: 'probe', kind: 'retired', path: '/v1/agent', times: null }

describe('probe', () => {
  it('tells a live key from a dead one without paying', async () => {
    const server = await sandbox()
    const api = client(server.url)
    expect(await api.probe(server.firstKey)).toMatchObject({
      answer: 'accepted',
      endpoint: '/v1/agent',
      signal: { status: 400 },
    })
    expect(await api.probe(key().secret)).toMatchObject({ answer: 'refused', signal: { status: 401 } })
    expect(server.books().calls.every((call) => call.status !== 200)).toBe(true)
  })

  it('checks each endpoint with a random token, once a run', async () => {
    const server = await sandbox()
    const api = client(server.url)
    for (let i = 0; i < 3; i++) await api.probe(server.firstKey)
    const others = server.books().calls.filter((call) => call.bearer !== server.firstKey.fingerprint)
    expect(others).toHaveLength(1)
    await client(server.url).probe(server.firstKey)
    expect(server.books().calls).toHaveLength(6)
    expect(new Set(server.books().calls.map((call) => call.bearer)).size).toBe(3)
  })

  it('passes over an endpoint that is retired', async () => {
    const server = await sandbox()
    server.inject([gone])
    const api = client(server.url)
    expect(await api.probe(server.firstKey)).toMatchObject({
      answer: 'accepted',
      endpoint: '/chat/completions',
    })
    expect(await api.probe(key().secret)).toMatchObject({ answer: 'refused', endpoint: '/chat/completions' })
    expect(server.books().calls.filter((call) => call.path === '/v1/agent')).toHaveLength(1)
  })

  it('says nothing when no endpoint tells keys apart', async () => {
    const server = await sandbox()
    server.inject([{ endpoint: 'probe', kind: 'retired', times: null }])
    const result = await client(server.url).probe(server.firstKey)
    expect(result).toMatchObject({
      answer: 'unknown',
      endpoint: null,
      hint: expect.stringContaining('api.probe'),
    })
  })

  it.each([400, 404, 405, 413, 422, 200])('%i for the key: accepted', async (status) => {
    const mine = key()
    const server = await lying((socket, asked) =>
      socket.end(asked.includes(mine.text) ? reply(status, '{}') : reply(401, '{}')),
    )
    expect(await client(server.url).probe(mine.secret)).toMatchObject({
      answer: 'accepted',
      endpoint: '/v1/agent',
    })
  })

  it.each([302, 402, 403, 429, 500, 503])('%i for the key: unknown', async (status) => {
    const mine = key()
    const server = await lying((socket, asked) =>
      socket.end(asked.includes(mine.text) ? reply(status, '{}') : reply(401, '{}')),
    )
    const result = await client(server.url).probe(mine.secret)
    expect(result).toMatchObject({ answer: 'unknown', signal: { status } })
    expectNoToken(result, mine.text)
  })

  it.each([
    ['a web page', reply(200, '<p>Sign in')],
    ['a reply that breaks off', reply(200, '{"a":1}').slice(0, -3)],
    ['a reset', (socket: { resetAndDestroy(): unknown }) => void socket.resetAndDestroy()],
    ['silence', () => {}],
  ] as const)('%s: unknown', async (_what, lie) => {
    const server = await lying(lie)
    expect(await client(server.url, { timeoutMs: 150 }).probe(key().secret)).toMatchObject({
      answer: 'unknown',
    })
  })

  it('a check that failed is made again', async () => {
    const server = await sandbox()
    server.inject([{ endpoint: 'probe', kind: 'status', status: 503, times: 2 }])
    const api = client(server.url)
    expect(await api.probe(server.firstKey)).toMatchObject({ answer: 'unknown', signal: { status: 503 } })
    expect(await api.probe(server.firstKey)).toMatchObject({ answer: 'accepted' })
  })

  it('goes on to the next endpoint when the first one has trouble', async () => {
    const server = await sandbox()
    server.inject([{ endpoint: 'probe', kind: 'status', status: 403, path: '/v1/agent', times: null }])
    expect(await client(server.url).probe(server.firstKey)).toMatchObject({
      answer: 'accepted',
      endpoint: '/chat/completions',
    })
  })

  it('429 is not answered with more calls', async () => {
    const server = await sandbox()
    server.inject([{ endpoint: 'probe', kind: 'status', status: 429, retryAfter: 9, times: null }])
    const result = await client(server.url).probe(server.firstKey)
    expect(result).toMatchObject({ answer: 'unknown', signal: { status: 429, retryAfter: 9 } })
    expect(server.books().counters.calls).toBe(1)
  })

  it('nobody listens: unknown', async () => {
    const result = await client(`http://127.0.0.1:${await closedPort()}`).probe(key().secret)
    expect(result).toMatchObject({ answer: 'unknown', endpoint: null, signal: { cause: 'refused' } })
    expect(result.hint).toMatch(/^No answer from the API/)
  })
})

describe('the paid probe', () => {
  it('asks a model that exists', async () => {
    const server = await sandbox()
    const api = client(server.url)
    expect(await api.paidProbe(server.firstKey)).toMatchObject({
      answer: 'accepted',
      signal: { status: 200 },
    })
    expect(await api.paidProbe(key().secret)).toMatchObject({ answer: 'refused' })
  })

  it('a key that is accepted but cannot pay does not work', async () => {
    const server = await sandbox()
    server.inject([
      { endpoint: 'probe', kind: 'status', status: 402, times: null, bearer: server.firstKey.fingerprint },
    ])
    const result = await client(server.url).paidProbe(server.firstKey)
    expect(result).toMatchObject({ answer: 'unknown', hint: expect.stringMatching(/^Every key refused/) })
  })

  it('passes over an endpoint whose model is gone', async () => {
    const server = await sandbox()
    server.inject([
      {
        endpoint: 'probe',
        kind: 'status',
        status: 400,
        path: '/v1/agent',
        times: null,
        bearer: server.firstKey.fingerprint,
      },
    ])
    expect(await client(server.url).paidProbe(server.firstKey)).toMatchObject({
      answer: 'accepted',
      endpoint: '/chat/completions',
    })
  })
})

describe('liveness', () => {
  it('alive without a control', async () => {
    const server = await sandbox()
    expect(await client(server.url).liveness(server.firstKey, null)).toMatchObject({ validity: 'alive' })
  })

  it('dead only beside a control that is accepted', async () => {
    const server = await sandbox()
    const leaked = server.createKey()
    const api = client(server.url)
    await api.revoke({ authoriser: server.firstKey, target: leaked })
    expect(await api.liveness(leaked, server.firstKey)).toMatchObject({ validity: 'dead' })
    expect(await api.liveness(leaked, null)).toMatchObject({ validity: 'unknown' })
    expect(await api.liveness(leaked, leaked)).toMatchObject({
      validity: 'unknown',
      hint: expect.stringContaining('beside another key'),
    })
  })

  it('credits gone: unknown, and it says so', async () => {
    const server = await sandbox()
    const leaked = server.createKey()
    server.inject([{ endpoint: 'probe', kind: 'credits-gone', times: null }])
    const result = await client(server.url).liveness(leaked, server.firstKey)
    expect(result).toMatchObject({
      validity: 'unknown',
      hint: 'Every key refused: all keys of the account are refused: credits or account status, not this key',
    })
  })

  it('a control with trouble proves nothing', async () => {
    const server = await sandbox()
    server.inject([
      { endpoint: 'probe', kind: 'status', status: 500, times: null, bearer: server.firstKey.fingerprint },
    ])
    expect(await client(server.url).liveness(key().secret, server.firstKey)).toMatchObject({
      validity: 'unknown',
    })
  })

  it('a control accepted by another endpoint proves nothing', async () => {
    const server = await sandbox()
    server.inject([
      {
        endpoint: 'probe',
        kind: 'status',
        status: 503,
        path: '/v1/agent',
        times: null,
        bearer: server.firstKey.fingerprint,
      },
    ])
    const result = await client(server.url).liveness(key().secret, server.firstKey)
    expect(result).toMatchObject({ validity: 'unknown', hint: expect.stringContaining('another endpoint') })
  })

  it('a control accepted more than a minute later proves nothing', async () => {
    const context = world()
    const control = key()
    const server = await lying((socket, asked) => {
      if (asked.includes(control.text)) context.forward(61_000)
      socket.end(asked.includes(control.text) ? reply(400, '{}') : reply(401, '{}'))
    })
    const result = await client(server.url, {}, context).liveness(key().secret, control.secret)
    expect(result).toMatchObject({ validity: 'unknown', hint: expect.stringContaining('more than a minute') })
  })
})

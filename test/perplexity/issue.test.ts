import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IssueResult } from '../../src/perplexity/types.ts'
import { salvage } from '../../src/perplexity/reply.ts'
import { randomToken } from '../support.ts'
import { client, closedPort, expectNoToken, issued, key, lying, reply } from './support.ts'

const authoriser = key()
const sealed = () => Promise.resolve()

/** One call, what was sealed on the way, and the certainty that no token shows in what came back. */
async function issue(url: string, settings = {}, token?: string) {
  const sealed: Buffer[] = []
  const result = await client(url, settings).issue({
    authoriser: authoriser.secret,
    tokenName: 'Production r1 a1',
    sealReply: async (raw) => {
      await setImmediate()
      sealed.push(Buffer.from(raw))
    },
  })
  expectNoToken(result, authoriser.text, ...(token === undefined ? [] : [token]))
  return { result, sealed }
}

function next(result: IssueResult): string {
  return result.outcome === 'not-done' ? result.next : result.outcome
}

describe('issue, done', () => {
  it('hands out the key, and seals the reply as it came', async () => {
    const token = randomToken()
    const server = await lying(reply(200, issued(token)))
    const { result, sealed } = await issue(server.url, {}, token)
    expect(result).toMatchObject({ outcome: 'done', tokenName: 'Production r1 a1', createdAt: 1_735_689_600 })
    expect(sealed).toEqual([Buffer.from(issued(token))])
    expect(server.requests[0]).toMatch(/^POST \/generate_auth_token HTTP\/1\.1\r\n/)
    expect(server.requests[0]).toContain(`Bearer ${authoriser.text}`)
    expect(server.requests[0]).toContain('{"token_name":"Production r1 a1"}')
    expect(server.requests[0]).toMatch(/user-agent: pplx-warden\/\S+ \(.+\)/i)
    expect(server.requests[0]).toMatch(/connection: close/i)
  })

  it('takes nothing from a reply that could not be sealed', async () => {
    const server = await lying(reply(200, issued(randomToken())))
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })
    const call = client(server.url).issue({
      authoriser: authoriser.secret,
      tokenName: 'x',
      sealReply: () => Promise.reject(full),
    })
    await expect(call).rejects.toBe(full)
  })

  it('opens a connection for each call', async () => {
    const server = await lying((socket) => socket.write(reply(200, issued(randomToken()))))
    const api = client(server.url)
    for (let i = 0; i < 3; i++) {
      await api.issue({ authoriser: authoriser.secret, tokenName: 'x', sealReply: sealed })
    }
    expect(server.connections()).toBe(3)
  })
})

describe('issue, not done', () => {
  it.each([
    [301, 'misconfigured'],
    [302, 'misconfigured'],
    [307, 'misconfigured'],
    [308, 'misconfigured'],
    [400, 'permanent'],
    [401, 'authoriser'],
    [402, 'permanent'],
    [403, 'permanent'],
    [404, 'permanent'],
    [405, 'permanent'],
    [413, 'permanent'],
    [422, 'permanent'],
    [429, 'retry'],
  ])('%i → %s, nothing sealed', async (status, expected) => {
    const server = await lying(reply(status, '{"error":"no"}'))
    const { result, sealed } = await issue(server.url)
    expect(next(result)).toBe(expected)
    expect(result.signal.status).toBe(status)
    expect(sealed).toEqual([])
  })

  it('names the troubleshooting table when key generation fails', async () => {
    const server = await lying(reply(402, '{}'))
    const { result } = await issue(server.url)
    expect(result).toMatchObject({
      hint: expect.stringMatching(/^Key generation fails: check account status and tier limits/),
    })
  })

  it('never follows a redirect', async () => {
    const elsewhere = await lying(reply(200, issued(randomToken())))
    const server = await lying(reply(307, '', `Location: ${elsewhere.url}/generate_auth_token\r\n`))
    const { result } = await issue(server.url)
    expect(result).toMatchObject({
      outcome: 'not-done',
      next: 'misconfigured',
      signal: { cause: 'redirect' },
    })
    expect(elsewhere.connections()).toBe(0)
  })

  it('reads Retry-After in seconds and as a date', async () => {
    const seconds = await lying(reply(429, '{}', 'Retry-After: 17\r\n'))
    expect((await issue(seconds.url)).result.signal.retryAfter).toBe(17)
    const date = await lying(
      reply(429, '{}', `Retry-After: ${new Date(Date.now() + 90_000).toUTCString()}\r\n`),
    )
    const wait = (await issue(date.url)).result.signal.retryAfter
    expect(wait).toBeGreaterThan(80)
    expect(wait).toBeLessThan(92)
    const nonsense = await lying(reply(429, '{}', 'Retry-After: soon\r\n'))
    expect((await issue(nonsense.url)).result.signal.retryAfter).toBeUndefined()
  })

  it('nobody listens', async () => {
    const { result } = await issue(`http://127.0.0.1:${await closedPort()}`)
    expect(result).toMatchObject({
      outcome: 'not-done',
      next: 'retry',
      signal: { cause: 'refused', status: null },
    })
  })

  it('the name does not exist', async () => {
    const { result } = await issue('https://api.perplexity.invalid', {
      connectTimeoutMs: 20_000,
      timeoutMs: 20_000,
    })
    expect(result).toMatchObject({
      outcome: 'not-done',
      next: 'retry',
      signal: { cause: 'dns', status: null },
    })
  })

  it('stopped before the connection stands', async () => {
    const server = await lying(reply(200, issued(randomToken())))
    const signal = AbortSignal.abort()
    const result = await client(server.url).issue({
      authoriser: authoriser.secret,
      tokenName: 'x',
      sealReply: sealed,
      signal,
    })
    expect(result).toMatchObject({ outcome: 'not-done', next: 'retry', signal: { cause: 'aborted' } })
    expect(server.requests).toEqual([])
  })
})

describe('issue, ambiguous', () => {
  it.each([500, 502, 503, 504, 408])('%i, and a key in its body is sealed and salvaged', async (status) => {
    const token = randomToken()
    const server = await lying(reply(status, issued(token)))
    const { result, sealed } = await issue(server.url, {}, token)
    expect(result.outcome).toBe('ambiguous')
    expect(sealed).toHaveLength(1)
    expect(result).toMatchObject({ salvaged: { masked: expect.stringContaining(token.slice(-4)) } })
  })

  it('no reply in time', async () => {
    const server = await lying(() => {})
    const { result } = await issue(server.url, { timeoutMs: 150 })
    expect(result).toMatchObject({
      outcome: 'ambiguous',
      salvaged: null,
      signal: { cause: 'timeout', status: null },
    })
  })

  it('reset after the request was read', async () => {
    const server = await lying((socket) => socket.resetAndDestroy())
    const { result, sealed } = await issue(server.url)
    expect(result).toMatchObject({ outcome: 'ambiguous', salvaged: null, signal: { cause: 'reset' } })
    expect(sealed).toEqual([])
  })

  it('closed without a word', async () => {
    const server = await lying((socket) => socket.destroy())
    expect((await issue(server.url)).result).toMatchObject({
      outcome: 'ambiguous',
      signal: { cause: 'reset' },
    })
  })

  it('stopped while waiting', async () => {
    const stop = new AbortController()
    const server = await lying(() => stop.abort())
    const result = await client(server.url).issue({
      authoriser: authoriser.secret,
      tokenName: 'x',
      sealReply: sealed,
      signal: stop.signal,
    })
    expect(result).toMatchObject({ outcome: 'ambiguous', signal: { cause: 'aborted' } })
  })

  it('truncated behind the key: sealed as far as it came, key salvaged', async () => {
    const token = randomToken()
    const whole = reply(200, issued(token))
    const server = await lying(whole.slice(0, whole.indexOf('created') - 1))
    const { result, sealed } = await issue(server.url, {}, token)
    expect(result).toMatchObject({ outcome: 'ambiguous', signal: { cause: 'truncated', status: 200 } })
    expect(result).toMatchObject({ salvaged: { masked: expect.stringContaining(token.slice(-4)) } })
    expect(String(sealed[0])).toContain(token)
  })

  it('truncated inside the key: nothing to salvage, and sealed all the same', async () => {
    const token = randomToken()
    const whole = reply(200, issued(token))
    const server = await lying(whole.slice(0, whole.indexOf('pplx-') + 30))
    const { result, sealed } = await issue(server.url, {}, token)
    expect(result).toMatchObject({ outcome: 'ambiguous', salvaged: null })
    expect(sealed).toHaveLength(1)
  })

  it('hangs in the middle of the body', async () => {
    const token = randomToken()
    const server = await lying((socket) => socket.write(reply(200, issued(token)).slice(0, -20)))
    const { result } = await issue(server.url, { timeoutMs: 150 }, token)
    expect(result).toMatchObject({ outcome: 'ambiguous', signal: { cause: 'timeout', status: 200 } })
    expect(result).toHaveProperty('salvaged.masked')
  })

  it('no HTTP at all, but a key in it', async () => {
    const token = randomToken()
    const server = await lying(`${issued(token)}\n`)
    const { result, sealed } = await issue(server.url, {}, token)
    expect(result).toMatchObject({ outcome: 'ambiguous', signal: { cause: 'garbage', status: null } })
    expect(result).toHaveProperty('salvaged.masked')
    expect(String(sealed[0])).toContain(token)
  })

  it.each([
    ['a web page', '<!doctype html><p>Sign in'],
    ['nothing', ''],
    ['JSON without a token', '{"token_name":"x"}'],
    ['a token that is a number', '{"auth_token":7}'],
    ['a token with a space', '{"auth_token":"pplx-no key can hold a space"}'],
    ['a list', '[]'],
  ])('200 with %s', async (_what, body) => {
    const server = await lying(reply(200, body))
    const { result } = await issue(server.url)
    expect(result).toMatchObject({
      outcome: 'ambiguous',
      salvaged: null,
      signal: { cause: 'garbage', status: 200 },
    })
  })

  it('200 with a token of another shape: ambiguous, and offered for verification', async () => {
    const token = `pk_${randomToken().slice(5)}`
    const server = await lying(reply(200, issued(token)))
    const { result } = await issue(server.url, {}, token)
    expect(result).toMatchObject({
      outcome: 'ambiguous',
      salvaged: { fingerprint: expect.stringMatching(/^sha256:/) },
    })
  })

  it('stops reading at 64 KB', async () => {
    const server = await lying(reply(200, `{"padding":"${'x'.repeat(300_000)}"}`))
    const { result, sealed } = await issue(server.url)
    expect(result).toMatchObject({ outcome: 'ambiguous', signal: { cause: 'truncated' } })
    expect(sealed[0]).toHaveLength(65_536)
  })
})

describe('salvage', () => {
  const token = randomToken()
  const body = issued(token)

  it('finds the whole key or none, wherever the reply is cut', () => {
    const end = body.indexOf(token) + token.length
    for (let cut = 0; cut <= body.length; cut++) {
      const found = salvage(Buffer.from(body.slice(0, cut)))
      expect(found?.masked ?? null, `cut at ${cut}`).toBe(
        cut < end ? null : salvage(Buffer.from(body))?.masked,
      )
    }
  })

  it('takes any bytes', () => {
    const finds = fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => salvage(bytes) === null)
    expect(() => fc.assert(finds)).not.toThrow()
  })
})

import { describe, expect, it } from 'vitest'
import type { RevokeResult } from '../../src/perplexity/types.ts'
import { client, closedPort, expectNoToken, key, lying, reply } from './support.ts'

const authoriser = key()
const target = key()

async function revoke(url: string, settings = {}): Promise<RevokeResult> {
  const result = await client(url, settings).revoke({ authoriser: authoriser.secret, target: target.secret })
  expectNoToken(result, authoriser.text, target.text)
  return result
}

describe('revoke', () => {
  it.each(['', '{}', '{"ok":true}', 'null'])('200 with %j is done', async (body) => {
    const server = await lying(reply(200, body))
    expect(await revoke(server.url)).toMatchObject({ outcome: 'done' })
    expect(server.requests[0]).toMatch(/^POST \/revoke_auth_token HTTP/)
    expect(server.requests[0]).toContain(`Bearer ${authoriser.text}`)
    expect(server.requests[0]).toContain(`{"auth_token":"${target.text}"}`)
  })

  it.each([
    [302, 'misconfigured'],
    [400, 'probe'],
    [404, 'probe'],
    [405, 'probe'],
    [413, 'probe'],
    [422, 'probe'],
    [401, 'probe'],
    [402, 'authoriser'],
    [403, 'authoriser'],
    [429, 'retry'],
  ])('%i is not done → %s', async (status, next) => {
    const server = await lying(reply(status, `{"echo":"${target.text}"}`))
    expect(await revoke(server.url)).toMatchObject({ outcome: 'not-done', next, signal: { status } })
  })

  it('says which authoriser was tried, under the name the guide gives the trouble', async () => {
    const server = await lying(reply(403, '{}'))
    const result = await revoke(server.url)
    expect(result).toMatchObject({ hint: expect.stringContaining('Cannot revoke a key') })
    expect(result).toMatchObject({ hint: expect.stringContaining(authoriser.secret.masked) })
  })

  it('nobody listens: not done', async () => {
    const result = await revoke(`http://127.0.0.1:${await closedPort()}`)
    expect(result).toMatchObject({ outcome: 'not-done', next: 'retry', signal: { cause: 'refused' } })
  })

  it('429 carries its wait', async () => {
    const server = await lying(reply(429, '{}', 'Retry-After: 3\r\n'))
    expect((await revoke(server.url)).signal.retryAfter).toBe(3)
  })

  it.each([
    ['5xx', reply(500, '{}'), 'http'],
    ['a web page', reply(200, '<p>Sign in'), 'garbage'],
    ['a reply that breaks off', reply(200, '{"ok":true}').slice(0, -4), 'truncated'],
    ['no HTTP', 'SSH-2.0-server\r\n', 'garbage'],
    ['a silent close', (socket: { destroy(): unknown }) => void socket.destroy(), 'reset'],
    ['a reset', (socket: { resetAndDestroy(): unknown }) => void socket.resetAndDestroy(), 'reset'],
    ['silence', () => {}, 'timeout'],
  ] as const)('%s is ambiguous', async (_what, lie, cause) => {
    const server = await lying(lie)
    const result = await revoke(server.url, { timeoutMs: 200 })
    expect(result.outcome).toBe('ambiguous')
    expect(result.signal.cause).toBe(cause)
  })
})

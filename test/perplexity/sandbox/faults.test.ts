import { describe, expect, it } from 'vitest'
import type { Sandbox } from '../../../src/perplexity/sandbox/index.ts'
import type { Fault } from '../../../src/perplexity/sandbox/types.ts'
import { client, sandbox, world } from '../support.ts'

async function post(server: Sandbox, body: unknown): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${server.url}/_sandbox/faults`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: answer.status, text: await answer.text() }
}

/** Our own client against one fault: its outcome, and what the books say really happened. */
async function issueWith(fault: Omit<Fault, 'endpoint'>) {
  const server = await sandbox()
  server.inject([{ ...fault, endpoint: 'issue' }])
  const result = await client(server.url, { timeoutMs: 300 }).issue({
    authoriser: server.firstKey,
    tokenName: 'x',
    sealReply: () => Promise.resolve(),
  })
  return { result, live: server.books().counters.live - 1, calls: server.books().calls }
}

async function revokeWith(fault: Omit<Fault, 'endpoint'>) {
  const server = await sandbox()
  const target = server.createKey()
  server.inject([{ ...fault, endpoint: 'revoke' }])
  const result = await client(server.url, { timeoutMs: 300 }).revoke({ authoriser: server.firstKey, target })
  return { result, live: server.books().counters.live - 1 }
}

describe('faults of issue', () => {
  it.each<[string, Omit<Fault, 'endpoint'>, string, number]>([
    ['reset before', { kind: 'reset-before' }, 'ambiguous', 0],
    ['reset after', { kind: 'reset-after' }, 'ambiguous', 1],
    ['hang after', { kind: 'hang' }, 'ambiguous', 1],
    ['hang before', { kind: 'hang', when: 'before' }, 'ambiguous', 0],
    ['500 before', { kind: 'status', status: 500 }, 'ambiguous', 0],
    ['503 after', { kind: 'status', status: 503, when: 'after' }, 'ambiguous', 1],
    ['429', { kind: 'status', status: 429, retryAfter: 2 }, 'not-done', 0],
    ['402', { kind: 'status', status: 402 }, 'not-done', 0],
    ['truncated', { kind: 'truncate' }, 'ambiguous', 1],
    ['garbage', { kind: 'garbage' }, 'ambiguous', 1],
    ['redirect', { kind: 'redirect' }, 'not-done', 0],
    ['credits gone', { kind: 'credits-gone' }, 'not-done', 0],
    ['retired', { kind: 'retired' }, 'not-done', 0],
    ['delay', { kind: 'delay', ms: 20 }, 'done', 1],
  ])('%s', async (_what, fault, outcome, live) => {
    const seen = await issueWith(fault)
    expect(seen.result.outcome).toBe(outcome)
    expect(seen.live).toBe(live)
    expect(seen.calls).toMatchObject([
      { path: '/generate_auth_token', fault: fault.kind, status: seen.result.signal.status },
    ])
  })

  it('a truncated reply may hold the whole key', async () => {
    expect((await issueWith({ kind: 'truncate', bytes: 72 })).result).toHaveProperty('salvaged.masked')
    expect((await issueWith({ kind: 'truncate', bytes: 40 })).result).toHaveProperty('salvaged', null)
  })

  it('429 carries Retry-After', async () => {
    expect((await issueWith({ kind: 'status', status: 429, retryAfter: 2 })).result.signal.retryAfter).toBe(2)
  })
})

describe('faults of revoke', () => {
  it.each<[string, Omit<Fault, 'endpoint'>, string, number]>([
    ['reset before', { kind: 'reset-before' }, 'ambiguous', 1],
    ['reset after', { kind: 'reset-after' }, 'ambiguous', 0],
    ['hang', { kind: 'hang' }, 'ambiguous', 0],
    ['500 after', { kind: 'status', status: 500, when: 'after' }, 'ambiguous', 0],
    ['403', { kind: 'status', status: 403 }, 'not-done', 1],
    ['garbage', { kind: 'garbage' }, 'ambiguous', 0],
    ['ineffective', { kind: 'ineffective-revocation' }, 'done', 1],
  ])('%s', async (_what, fault, outcome, live) => {
    const seen = await revokeWith(fault)
    expect([seen.result.outcome, seen.live]).toEqual([outcome, live])
  })
})

describe('slow', () => {
  it('activation: refused first, then accepted', async () => {
    const context = world()
    const server = await sandbox({}, context)
    server.inject([{ endpoint: 'issue', kind: 'slow-activation', ms: 5_000 }])
    const api = client(server.url)
    const result = await api.issue({
      authoriser: server.firstKey,
      tokenName: 'x',
      sealReply: () => Promise.resolve(),
    })
    if (result.outcome !== 'done') throw new Error(result.outcome)
    expect((await api.probe(result.secret)).answer).toBe('refused')
    context.forward(5_000)
    expect((await api.probe(result.secret)).answer).toBe('accepted')
  })

  it('revocation: accepted a while longer, though revoked in the books', async () => {
    const context = world()
    const server = await sandbox({}, context)
    const target = server.createKey()
    server.inject([{ endpoint: 'revoke', kind: 'slow-revocation', ms: 5_000 }])
    const api = client(server.url)
    expect((await api.revoke({ authoriser: server.firstKey, target })).outcome).toBe('done')
    expect((await api.probe(target)).answer).toBe('accepted')
    expect(server.books().keys[1]).toMatchObject({ status: 'revoked' })
    context.forward(5_000)
    expect((await api.probe(target)).answer).toBe('refused')
  })
})

describe('/_sandbox/faults', () => {
  it('counts down, shows what is left, and is cleared', async () => {
    const server = await sandbox()
    const answer = await post(server, [
      { endpoint: 'issue', kind: 'status', status: 500, times: 2 },
      { endpoint: 'any', kind: 'garbage', times: null },
    ])
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toMatchObject({ faults: [{ times: 2 }, { times: null }] })
    const api = client(server.url)
    const request = { authoriser: server.firstKey, tokenName: 'x', sealReply: () => Promise.resolve() }
    const statuses = [await api.issue(request), await api.issue(request), await api.issue(request)].map(
      (r) => r.signal.status,
    )
    expect(statuses).toEqual([500, 500, 200])
    await fetch(`${server.url}/_sandbox/faults`, { method: 'DELETE' })
    expect((await api.issue(request)).outcome).toBe('done')
  })

  it.each([
    ['no JSON', 'faults: a JSON list is wanted'],
    [{ endpoint: 'issue' }, 'faults: a JSON list is wanted'],
    [[7], 'faults[0]: an object is wanted'],
    [[{ kind: 'hang' }], 'faults[0].endpoint: one of issue, revoke, probe, any is wanted'],
    [[{ endpoint: 'issue', kind: 'explode' }], 'faults[0].kind: one of reset-before'],
    [[{ endpoint: 'issue', kind: 'toString' }], 'faults[0].kind: one of reset-before'],
    [[{ endpoint: 'issue', kind: 'status' }], 'faults[0].status: a status from 200 to 599 is wanted'],
    [[{ endpoint: 'issue', kind: 'hang', status: 500 }], '\\"status\\" is no field of hang'],
    [[{ endpoint: 'issue', kind: 'hang', times: 0 }], 'faults[0].times'],
    [[{ endpoint: 'issue', kind: 'status', status: 429, retryAfter: 'a\r\nb' }], 'faults[0].retryAfter'],
  ])('%j → 400 that names the word, and nothing is taken', async (body, message) => {
    const server = await sandbox()
    const answer = await post(server, body)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain(message)
    expect(await (await fetch(`${server.url}/_sandbox/faults`)).json()).toEqual({ faults: [] })
  })
})

import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createClient } from '../../src/perplexity/index.ts'
import { randomToken } from '../support.ts'
import { certificate } from './certificate.ts'
import { client, closedPort, expectNoToken, issued, key, lying, reply, world } from './support.ts'

const authoriser = key()
const request = { authoriser: authoriser.secret, tokenName: 'x', sealReply: () => Promise.resolve() }

describe('addresses', () => {
  it.each([
    'http://api.perplexity.ai',
    'http://192.168.1.4:8080',
    'http://localhost.example.org',
    'ftp://localhost',
    'nonsense',
    'https://user:secret@api.perplexity.ai',
    'https://api.perplexity.ai/?a=b',
  ])('%s is refused, with 2', (url) => {
    expect(() => createClient({ url }, world())).toThrowError(expect.objectContaining({ exitCode: 2 }))
    expect(() => createClient({ url }, world())).not.toThrowError(/secret/)
  })

  it.each(['https://api.perplexity.ai', 'http://127.0.0.1:1', 'http://localhost', 'http://[::1]:8080'])(
    '%s is taken',
    (url) => {
      expect(createClient({ url }, world())).toBeDefined()
    },
  )

  it('keeps the path of a gateway', async () => {
    const server = await lying(reply(200, issued(randomToken())))
    await client(`${server.url}/gateway/`).issue(request)
    expect(server.requests[0]).toMatch(/^POST \/gateway\/generate_auth_token /)
  })

  it('a key that no header can carry is a usage error, not a broken call', async () => {
    const server = await lying(reply(200, '{}'))
    const { secretOf } = await import('../../src/secret/index.ts')
    const call = client(server.url).issue({ ...request, authoriser: secretOf('two\nlines') })
    await expect(call).rejects.toMatchObject({ exitCode: 2 })
    expect(server.connections()).toBe(0)
  })
})

describe('TLS', () => {
  it('speaks it', async () => {
    const pair = certificate()
    const server = await lying(reply(200, issued(randomToken())), pair)
    expect(await client(server.url, { ca: pair.cert }).issue(request)).toMatchObject({ outcome: 'done' })
  })

  it('a certificate nobody vouches for: not done, and not a byte of the key has left', async () => {
    const server = await lying(reply(200, issued(randomToken())), certificate())
    const result = await client(server.url).issue(request)
    expect(result).toMatchObject({ outcome: 'not-done', next: 'retry', signal: { cause: 'tls' } })
    expect(server.requests).toEqual([])
  })

  it('a certificate for another name: the same', async () => {
    const pair = certificate('somebody.example')
    const server = await lying(reply(200, issued(randomToken())), pair)
    const result = await client(`https://localhost:${server.port}`, { ca: pair.cert }).issue(request)
    expect(result).toMatchObject({ outcome: 'not-done', signal: { cause: 'tls' } })
    expect(server.requests).toEqual([])
  })

  it('no TLS on the other side: not done', async () => {
    const server = createServer((socket) => socket.end('hello\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    const result = await client(`https://127.0.0.1:${port}`).issue(request)
    server.close()
    expect(result).toMatchObject({ outcome: 'not-done', signal: { cause: 'tls' } })
  })

  it('a handshake that never ends: not done', async () => {
    const server = await lying(() => {})
    const result = await client(`https://127.0.0.1:${server.port}`, { connectTimeoutMs: 150 }).issue(request)
    expect(result).toMatchObject({ outcome: 'not-done', next: 'retry', signal: { cause: 'timeout' } })
  })
})

describe('a proxy', () => {
  const api = 'https://api.sandbox.test'

  it('is used for https, sees only the tunnel, and gets its own login', async () => {
    const pair = certificate('api.sandbox.test')
    const server = await lying(reply(200, issued(randomToken())), pair)
    const proxy = await lying((socket, asked) => {
      if (asked.startsWith('CONNECT ')) tunnel(socket, server.port)
    })
    const env = { HTTPS_PROXY: `http://user:p%40ss@127.0.0.1:${proxy.port}` }
    const result = await client(api, { ca: pair.cert }, world(env)).issue(request)
    expect(result.outcome).toBe('done')
    expect(proxy.requests[0]).toMatch(/^CONNECT api\.sandbox\.test:443 HTTP/)
    expect(proxy.requests[0]).toContain(Buffer.from('user:p@ss').toString('base64'))
    expectNoToken(proxy.requests, authoriser.text)
  })

  it.each([
    ['refuses', reply(407)],
    ['breaks off', (socket: Socket) => void socket.destroy()],
  ] as const)('that %s: not done', async (_what, lie) => {
    const proxy = await lying(lie)
    const result = await client(api, {}, world({ https_proxy: `127.0.0.1:${proxy.port}` })).issue(request)
    expect(result).toMatchObject({ outcome: 'not-done', next: 'retry', signal: { cause: 'proxy' } })
  })

  it('that is not there: not done', async () => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${await closedPort()}` }
    expect(await client(api, {}, world(env)).issue(request)).toMatchObject({
      outcome: 'not-done',
      signal: { cause: 'proxy' },
    })
  })

  it('that is silent: not done', async () => {
    const proxy = await lying(() => {})
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }
    const result = await client(api, { connectTimeoutMs: 150 }, world(env)).issue(request)
    expect(result).toMatchObject({ outcome: 'not-done', signal: { cause: 'timeout' } })
  })

  it.each(['*', '127.0.0.1', 'x.org, sandbox.test', '.sandbox.test', 'api.sandbox.test:443'])(
    'NO_PROXY=%s',
    async (list) => {
      const { proxyFor } = await import('../../src/perplexity/proxy.ts')
      const target = new URL(list === '127.0.0.1' ? 'https://127.0.0.1' : api)
      expect(proxyFor(target, { HTTPS_PROXY: 'http://proxy', NO_PROXY: list })).toBeNull()
      expect(
        proxyFor(new URL('https://api.perplexity.ai'), {
          HTTPS_PROXY: 'http://proxy',
          NO_PROXY: 'perplexity.a',
        }),
      ).not.toBeNull()
    },
  )

  it('of a kind that is not built says so', () => {
    expect(() => createClient({ url: api }, world({ HTTPS_PROXY: 'socks5://127.0.0.1:1' }))).toThrowError(
      expect.objectContaining({ exitCode: 2 }),
    )
  })
})

function tunnel(socket: Socket, port: number): void {
  const onward = connect(port, '127.0.0.1', () => {
    socket.removeAllListeners('data')
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    socket.pipe(onward).pipe(socket)
  })
  onward.on('error', () => socket.destroy())
}

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { exposureOfRemotes } from '../../src/respond/exposure.ts'

let server: Server
let api: string
const asked: { url: string; authorization: string | undefined }[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push({ url: request.url ?? '', authorization: request.headers.authorization })
    const status = request.url === '/repos/acme/open' ? 200 : request.url === '/repos/acme/broken' ? 500 : 404
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => {
  asked.length = 0
})
afterAll(() => {
  server.close()
})

const judge = (...urls: string[]) =>
  exposureOfRemotes(
    urls.map((url, index) => ({ name: index === 0 ? 'origin' : `remote${index}`, url })),
    { env: { PPLX_WARDEN_GITHUB_URL: api } },
  )

describe('what stands in a history is exposed as its remotes are', () => {
  it('none: it never left', async () => {
    expect(await judge()).toMatchObject({ exposure: 'local' })
    expect(asked).toEqual([])
  })

  it.each([
    'https://github.com/acme/open',
    'https://github.com/acme/open.git',
    'https://GitHub.com/acme/open/',
    'http://www.github.com/acme/open.git',
    'git://github.com/acme/open.git',
    'git@github.com:acme/open.git',
    'git@GitHub.com:acme/open',
    'github.com:acme/open.git',
    'git@github.com:/acme/open.git',
    'ssh://git@github.com/acme/open.git',
    'ssh://git@ssh.github.com:443/acme/open.git',
  ])('%s is public', async (url) => {
    expect(await judge(url)).toEqual({ exposure: 'public', reason: 'acme/open is public on GitHub' })
    expect(asked).toEqual([{ url: '/repos/acme/open', authorization: undefined }])
  })

  it.each(['https://github.com/acme/closed', 'https://github.com/acme/broken'])(
    '%s does not say 200: shared, and not known to be private',
    async (url) => {
      const finding = await judge(url)
      expect(finding.exposure).toBe('shared')
      expect(finding.reason).toContain('not public or unknown')
      expect(asked.length).toBeGreaterThan(0)
    },
  )

  it.each([
    'https://gitlab.example/acme/open.git',
    '/srv/git/open.git',
    '../open',
    'file:///srv/open',
    'work:acme/open',
    'https://github.com/only-one',
    'nonsense',
  ])('%s is pushed somewhere that nobody asks: shared', async (url) => {
    expect(await judge(url)).toMatchObject({
      exposure: 'shared',
      reason: expect.stringContaining('not known') as string,
    })
    expect(asked).toEqual([])
  })

  it('one public remote among several decides', async () => {
    expect(
      await judge('https://gitlab.example/a/b', 'git@github.com:acme/closed', 'git@github.com:acme/open'),
    ).toMatchObject({ exposure: 'public' })
  })

  it('no answer: shared', async () => {
    const env = { PPLX_WARDEN_GITHUB_URL: 'http://127.0.0.1:1' }
    expect(
      await exposureOfRemotes([{ name: 'origin', url: 'https://github.com/acme/open' }], { env }),
    ).toMatchObject({ exposure: 'shared' })
    const wrong = { PPLX_WARDEN_GITHUB_URL: 'no address' }
    expect(
      await exposureOfRemotes([{ name: 'origin', url: 'https://github.com/acme/open' }], { env: wrong }),
    ).toMatchObject({ exposure: 'shared' })
  })

  it.each([
    'https://user:s3cretword@github.com/acme/open',
    'https://s3cretword@github.com/acme/closed.git',
    'https://u:s3cretword@gitlab.example/a/b',
  ])('credentials in %s are neither sent nor shown', async (url) => {
    const finding = await judge(url)
    expect(JSON.stringify([finding, asked])).not.toContain('s3cretword')
    expect(asked.every((one) => one.authorization === undefined)).toBe(true)
  })
})

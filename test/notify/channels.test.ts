import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { channelFor } from '../../src/notify/registry.ts'
import type { ChannelDependencies, ChannelSpec, Message } from '../../src/notify/types.ts'
import { script } from '../consumers/support.ts'
import { deps, temporaryFolder } from '../store/support.ts'

const message: Message = {
  incident: 'inc-aaaaaaaaaa',
  subject: 'grüße',
  text: 'two\nlines',
  result: { steps: [] },
  journalHead: 'f'.repeat(64),
}
const signingSecret = 'not a key of ours'
const dependencies = (over: Partial<ChannelDependencies> = {}): ChannelDependencies => ({
  spawn,
  env: { PATH: process.env['PATH'] ?? '' },
  clock: { ...deps.clock, now: () => Date.UTC(2026, 0, 1) },
  signal: new AbortController().signal,
  readSecret: () => Promise.resolve(signingSecret),
  ...over,
})

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

interface Received {
  readonly request: IncomingMessage
  readonly body: string
}

/** A receiver on loopback; what it got, in order. */
async function receiver(
  answer: (response: ServerResponse) => void,
): Promise<{ spec: ChannelSpec; received: Received[] }> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ request, body: Buffer.concat(chunks).toString('utf8') })
      answer(response)
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    spec: { kind: 'webhook', url: `http://127.0.0.1:${port}/hook/path?x=1`, secret: 'env:HOOK' },
    received,
  }
}

const send = (spec: ChannelSpec, over: Partial<ChannelDependencies> = {}) =>
  channelFor(spec).send(spec, message, 'key-1', dependencies(over))

describe('a webhook', () => {
  it('gets the message once, signed over time and body', async () => {
    const { spec, received } = await receiver((response) => response.writeHead(204).end())
    expect(await send(spec)).toEqual({ sent: true })
    expect(received.length).toBe(1)
    const [{ request, body }] = received as [Received]
    expect([request.method, request.url, request.headers['content-type']]).toEqual([
      'POST',
      '/hook/path?x=1',
      'application/json',
    ])
    expect(JSON.parse(body)).toEqual({ ...message, deduplicationKey: 'key-1' })
    const [, seconds, hex] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers['x-pplx-warden-signature'])) ?? []
    expect(Number(seconds)).toBe(Date.UTC(2026, 0, 1) / 1000)
    expect(hex).toBe(createHmac('sha256', signingSecret).update(`${seconds}.${body}`).digest('hex'))
  })

  it.each([301, 400, 404, 429, 500])('that answers %i was not told', async (status) => {
    const { spec, received } = await receiver((response) =>
      response.writeHead(status, { location: '/elsewhere' }).end(),
    )
    expect(await send(spec)).toEqual({ sent: false, reason: `HTTP ${status}` })
    expect(received.length, 'no redirect is followed').toBe(1)
  })

  it('that never ends its answer keeps nobody', async () => {
    const { spec } = await receiver((response) => {
      response.writeHead(200)
      response.write('and so on')
    })
    expect(await send(spec)).toEqual({ sent: true })
    const [server] = servers
    await expect
      .poll(() => new Promise((resolve) => server?.getConnections((_, count) => resolve(count))))
      .toBe(0)
  })

  it('that hangs up, or is not there, was not told, and its path is not shown', async () => {
    const { spec } = await receiver((response) => response.destroy())
    const receipt = await send(spec)
    expect(receipt).toEqual({ sent: false, reason: 'ECONNRESET' })
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
    expect(await send(spec)).toEqual({ sent: false, reason: 'ECONNREFUSED' })
    expect(channelFor(spec).name(spec)).toMatch(/^webhook 127\.0\.0\.1:\d+$/)
  })

  it('whose signing secret cannot be read is not asked', async () => {
    const { spec, received } = await receiver((response) => response.end())
    const receipt = await send(spec, { readSecret: () => Promise.reject(new Error('HOOK is not set')) })
    expect(receipt).toEqual({ sent: false, reason: 'HOOK is not set' })
    expect(received).toEqual([])
  })

  it('is given up when the run is interrupted', async () => {
    const { spec } = await receiver(() => undefined)
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 50)
    expect(await send(spec, { signal: abort.signal })).toMatchObject({ sent: false })
  })
})

describe('a command', () => {
  const commandOf = (program: string, directory: string): ChannelSpec => ({
    kind: 'command',
    command: [program, 'own word'],
    directory,
  })

  it('gets the message as one line of JSON on standard input', async () => {
    const folder = temporaryFolder()
    const spec = commandOf(script(folder, 'tell', 'cat > message; printf "%s" "$*" > arguments'), folder)
    expect(await send(spec)).toEqual({ sent: true })
    const text = readFileSync(join(folder, 'message'), 'utf8')
    expect(text.endsWith('}\n')).toBe(true)
    expect(JSON.parse(text)).toEqual({ ...message, deduplicationKey: 'key-1' })
    expect(readFileSync(join(folder, 'arguments'), 'utf8')).toBe('own word')
  })

  it('that fails was not told', async () => {
    const folder = temporaryFolder()
    expect(await send(commandOf(script(folder, 'no', 'exit 9'), folder))).toMatchObject({
      sent: false,
      reason: expect.stringContaining('exited 9') as string,
    })
    writeFileSync(join(folder, 'plain'), '')
    expect(await send(commandOf(join(folder, 'plain'), folder))).toMatchObject({
      sent: false,
      reason: expect.stringContaining('EACCES') as string,
    })
  })
})

import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { createServer as createTlsServer } from 'node:tls'
import { expect, onTestFinished } from 'vitest'
import { createClient } from '../../src/perplexity/index.ts'
import type { ApiSettings, PerplexityClient } from '../../src/perplexity/types.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/perplexity/sandbox/index.ts'
import { type Secret, secretOf } from '../../src/secret/index.ts'
import { randomToken } from '../support.ts'
import type { Certificate } from './certificate.ts'

/** The real world without an environment; `forward` moves both clocks. */
export function world(env: Record<string, string> = {}) {
  let offset = 0
  return {
    clock: {
      now: () => Date.now() + offset,
      monotonic: () => performance.now() + offset,
      sleep: (ms: number, signal?: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          const timer = setTimeout(resolve, ms)
          signal?.addEventListener('abort', () => {
            clearTimeout(timer)
            reject(new Error('interrupted'))
          })
        }),
    },
    random: (bytes: number) => randomBytes(bytes),
    env,
    fs,
    forward(ms: number) {
      offset += ms
    },
  }
}

export function client(
  url: string,
  settings: Partial<ApiSettings> = {},
  context = world(),
): PerplexityClient {
  return createClient({ url, timeoutMs: 2_000, connectTimeoutMs: 1_000, ...settings }, context)
}

/** A token as text for the other side, and as Secret for ours. */
export function key(): { text: string; secret: Secret } {
  const text = randomToken()
  return { text, secret: secretOf(text) }
}

export async function sandbox(options: SandboxOptions = {}, context = world()): Promise<Sandbox> {
  const started = await startSandbox(options, context)
  onTestFinished(() => started.close())
  return started
}

export interface Lying {
  readonly url: string
  readonly port: number
  /** Raw requests, as they came. */
  readonly requests: string[]
  readonly connections: () => number
}

/** What it does once a whole request was read; null: the reply's bytes after closing. */
type Lie = string | Buffer | ((socket: Socket, request: string) => void)

/** A server that says what it is told to, byte by byte, so that no HTTP library tidies it up. */
export async function lying(lie: Lie, tls?: Certificate): Promise<Lying> {
  const requests: string[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const onSocket = (socket: Socket) => {
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (!isWhole(text)) return
      requests.push(text)
      const asked = text
      text = ''
      if (typeof lie === 'function') lie(socket, asked)
      else socket.end(lie)
    })
  }
  const server: Server = tls === undefined ? createServer(onSocket) : createTlsServer(tls, onSocket)
  server.on('connection', (socket: Socket) => {
    connections += 1
    socket.on('error', () => {})
    sockets.add(socket)
  })
  const port = await listening(server)
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => connections,
  }
}

export function reply(status: number, body = '', headers = ''): string {
  return `HTTP/1.1 ${status} Whatever\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`
}

/** The documented reply of /generate_auth_token. */
export function issued(token: string): string {
  return JSON.stringify({
    auth_token: token,
    created_at_epoch_seconds: 1_735_689_600,
    token_name: 'Production r1 a1',
  })
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer()
  const port = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Neither text, JSON nor inspection of `value` holds more of the token than its mask. */
export function expectNoToken(value: unknown, ...tokens: string[]): void {
  const shown = [JSON.stringify(value), inspect(value, { depth: 9, showHidden: true }), String(value)].join(
    '\n',
  )
  for (const token of tokens) expect(shown).not.toContain(token.slice(5, 20))
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return false
  return text.length - end - 4 >= Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { WardenError } from '../../errors.ts'
import { type Fingerprint, secretOf } from '../../secret/index.ts'
import { type Bend, failure, type Reply, type Route, unauthorised } from './api.ts'
import type { Ledger } from './books.ts'
import type { FaultList } from './faults.ts'
import { parseFaults } from './faults.ts'
import { readBody, refusal } from './guard.ts'
import { misbehave, type Outcome } from './misbehave.ts'

export interface Parts {
  readonly keys: Ledger
  readonly faults: FaultList
  readonly routes: Readonly<Record<string, Route>>
  readonly sleep: (ms: number) => Promise<void>
}

/** The HTTP side: what is asked, who asks, and what goes out. Not listening yet. */
export function sandboxServer(parts: Parts): Server {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 20_000, keepAliveTimeout: 2_000 })
  server.on('request', (request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      // The caller went away, or the state cannot be written: this call fails, the sandbox stays.
      if (!response.headersSent && !response.destroyed)
        send(response, failure(500, 'sandbox_error', nameOf(error)))
      else response.destroy()
    })
  })
  server.on('clientError', (_error, socket: Socket) => {
    if (!socket.writable) socket.destroy()
    else
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () =>
        socket.destroy(),
      )
  })
  return server
}

async function serve(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refused = refusal(request)
  if (refused !== null)
    return send(response, { ...failure(403, 'forbidden', refused), headers: { connection: 'close' } })
  const body = await readBody(request)
  if (body === null)
    return send(response, {
      ...failure(413, 'too_large', 'Body too large'),
      headers: { connection: 'close' },
    })
  const path = (request.url ?? '').split('?')[0] ?? ''
  if (path.startsWith('/_sandbox/')) return send(response, control(parts, request.method ?? '', path, body))
  await documented(parts, { method: request.method ?? '', path, bearer: bearerOf(request), body }, response)
}

/** The sandbox's own two addresses. */
function control({ keys, faults }: Parts, method: string, path: string, body: Buffer): Reply {
  if (path === '/_sandbox/books' && method === 'GET') return { status: 200, body: keys.books() }
  if (path !== '/_sandbox/faults')
    return failure(404, 'not_found', 'There are /_sandbox/books and /_sandbox/faults.')
  if (method === 'DELETE') faults.clear()
  else if (method === 'POST') {
    try {
      faults.add(parseFaults(parseJson(body)))
    } catch (error) {
      if (!(error instanceof WardenError)) throw error
      return failure(400, 'invalid_fault', error.message)
    }
  } else if (method !== 'GET') return failure(405, 'method_not_allowed', 'GET, POST or DELETE')
  return { status: 200, body: { faults: faults.list() } }
}

interface Asked {
  readonly method: string
  readonly path: string
  readonly bearer: Fingerprint | null
  readonly body: Buffer
}

async function documented(parts: Parts, asked: Asked, response: ServerResponse): Promise<void> {
  const { method, path, bearer } = asked
  const route = Object.hasOwn(parts.routes, path) ? parts.routes[path] : undefined
  const fault = parts.faults.take({ endpoint: route?.endpoint ?? null, path, bearer })
  const outcome = await misbehave(fault, (bend) => answer(parts, route, asked, bend), parts.sleep)
  const status = 'reply' in outcome ? outcome.reply.status : outcome.send === 'garbage' ? 200 : null
  // Booked before it is sent: whoever has the answer finds the call in the books.
  parts.keys.note({
    method: method.slice(0, 10),
    path: route === undefined ? '(other)' : path,
    status,
    bearer,
    fault: fault?.kind ?? null,
  })
  emit(response, outcome)
}

function answer(
  { keys }: Parts,
  route: Route | undefined,
  { method, bearer, body }: Asked,
  bend: Bend,
): Reply {
  if (route === undefined) return failure(404, 'not_found', 'Not Found')
  if (method !== route.method) return failure(405, 'method_not_allowed', 'Method Not Allowed')
  const key = keys.accepts(bearer)
  if (key === null && route.endpoint !== null) return unauthorised()
  const json = body.length === 0 ? {} : parseJson(body)
  return json === undefined
    ? failure(400, 'invalid_json', 'The body is no JSON.')
    : route.act(key, json, bend)
}

function emit(response: ServerResponse, outcome: Outcome): void {
  switch (outcome.send) {
    case 'reply':
      return send(response, outcome.reply)
    case 'garbage':
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<!doctype html><title>Welcome</title><p>Sign in to this network.')
      return
    case 'part': {
      const text = Buffer.from(JSON.stringify(outcome.reply.body))
      response.writeHead(outcome.reply.status, {
        'content-type': 'application/json',
        'content-length': text.length,
      })
      response.write(text.subarray(0, outcome.bytes ?? text.length >> 1), () =>
        response.socket?.destroySoon(),
      )
      return
    }
    case 'reset':
      response.socket?.resetAndDestroy()
      return
    case 'nothing':
  }
}

function send(response: ServerResponse, { status, body, headers }: Reply): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(text)
}

function bearerOf({ headers }: IncomingMessage): Fingerprint | null {
  const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  return token === undefined ? null : secretOf(token).fingerprint
}

/** undefined when it is none. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

/** `ENOSPC` and the like; a message could name a path or quote a body. */
function nameOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'the sandbox failed'
}

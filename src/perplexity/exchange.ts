import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http'
import type { Duplex } from 'node:stream'
import { connect } from './connect.ts'
import { codeOf, Unsent } from './failures.ts'
import type { Api } from './settings.ts'
import type { Cause } from './types.ts'

/** More of a reply is never read: a token's reply has some hundred bytes. */
const replyCap = 64 * 1024

export interface Request {
  /** Appended to the base address's path. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What came of one request. */
export interface Exchange {
  /** False: not one byte of the request left. */
  readonly sent: boolean
  /** From the reply's first line, also when the rest did not arrive; null when that did not either. */
  readonly status: number | null
  /** `http` only when the whole reply was read. */
  readonly cause: Cause
  /** In words that hold nothing of what the other side sent. */
  readonly detail: string
  readonly headers: IncomingHttpHeaders
  readonly body: Uint8Array
}

/** One POST on a connection of its own. Never throws for what the network does. */
export async function exchange(api: Api, request: Request, signal?: AbortSignal): Promise<Exchange> {
  const limit = limits(api, signal)
  try {
    const connection = await connect(api, limit.signal)
    limit.connected()
    return await converse(api, connection, request, limit.signal)
  } catch (error) {
    if (!(error instanceof Unsent)) throw error
    return {
      sent: false,
      status: null,
      cause: error.why,
      detail: error.message,
      headers: {},
      body: new Uint8Array(),
    }
  } finally {
    limit.over()
  }
}

function converse(api: Api, connection: Duplex, request: Request, signal: AbortSignal): Promise<Exchange> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    let reply: IncomingMessage | null = null
    let finished = false

    const finish = (cause: Cause, detail: string) => {
      if (finished) return
      finished = true
      signal.removeEventListener('abort', onAbort)
      const status = reply?.statusCode ?? null
      resolve({
        sent: true,
        status,
        cause,
        detail,
        headers: reply?.headers ?? {},
        body: Buffer.concat(chunks),
      })
      connection.destroy()
    }
    const onAbort = () => {
      const why = signal.reason instanceof Unsent ? signal.reason.why : 'aborted'
      finish(why, why === 'timeout' ? 'no whole reply in time' : 'stopped while waiting for the reply')
    }
    const onError = (error: Error & { rawPacket?: Buffer }) => {
      if (!codeOf(error).startsWith('HPE_'))
        return finish(reply === null ? 'reset' : 'truncated', codeOf(error))
      // No HTTP, but it may hold a token all the same: kept for the seal.
      if (error.rawPacket !== undefined) chunks.push(error.rawPacket.subarray(0, replyCap - size))
      finish('garbage', 'the reply is no HTTP')
    }

    const call = httpRequest({
      createConnection: () => connection,
      method: 'POST',
      path: api.base.pathname.replace(/\/+$/, '') + request.path,
      setHost: false,
      headers: { host: api.base.host, connection: 'close', ...request.headers },
    })
    call.on('error', onError)
    call.on('upgrade', () => finish('garbage', 'the reply switches protocols'))
    call.on('response', (incoming) => {
      reply = incoming
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk.subarray(0, replyCap - size))
        size += chunk.length
        if (size > replyCap) finish('truncated', `the reply is longer than ${replyCap} bytes`)
      })
      incoming.on('error', onError)
      incoming.on('end', () => finish(...whole(incoming)))
      incoming.on('close', () => finish('truncated', 'the reply broke off'))
    })
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) return onAbort()
    call.end(request.body)
  })
}

function whole(reply: IncomingMessage): [Cause, string] {
  if (!reply.complete) return ['truncated', 'the reply broke off']
  const status = reply.statusCode ?? 0
  return status >= 300 && status < 400 ? ['redirect', 'the reply redirects'] : ['http', 'answered']
}

/** Both clocks of a call, and the caller's own signal, as one. Network time is real time: no test's clock holds it. */
function limits(api: Api, outer: AbortSignal | undefined) {
  const controller = new AbortController()
  const after = (ms: number, detail: string) =>
    setTimeout(() => controller.abort(new Unsent('timeout', detail)), ms)
  const total = after(api.timeoutMs, 'no connection in time')
  const connecting = after(api.connectTimeoutMs, 'no connection in time')
  const onAbort = () => controller.abort(new Unsent('aborted', 'stopped before anything was sent'))
  outer?.addEventListener('abort', onAbort, { once: true })
  if (outer?.aborted) onAbort()
  return {
    signal: controller.signal,
    connected: () => clearTimeout(connecting),
    over: () => {
      clearTimeout(total)
      clearTimeout(connecting)
      outer?.removeEventListener('abort', onAbort)
    },
  }
}

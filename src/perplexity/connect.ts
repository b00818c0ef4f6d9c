import { request } from 'node:http'
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { codeOf, Unsent } from './failures.ts'
import type { Api } from './settings.ts'
import type { Cause } from './types.ts'

/**
 * A fresh connection on which nothing was written yet, its certificate checked. The request is written only after
 * this, so that "nothing was sent" is certain whenever it throws `Unsent`, and no certificate is trusted too late.
 */
export async function connect(api: Api, signal: AbortSignal): Promise<Duplex> {
  const host = api.base.hostname.replace(/^\[|\]$/g, '')
  if (api.base.protocol === 'http:') return await tcp(host, Number(api.base.port || 80), signal)
  const port = Number(api.base.port || 443)
  const carrier =
    api.proxy === null ? await tcp(host, port, signal) : await tunnel(api.proxy, host, port, signal)
  return await tls(carrier, host, api.ca, signal)
}

async function tcp(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return await ready(connectTcp({ host, port, noDelay: true }), 'connect', signal, (error) => {
    const code = codeOf(error)
    if (code === 'ECONNREFUSED') return 'refused'
    return code === 'ENOTFOUND' || code.startsWith('EAI_') ? 'dns' : 'unreachable'
  })
}

async function tls(
  socket: Socket,
  host: string,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<Duplex> {
  const options = {
    socket,
    host,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
  }
  return await ready(
    connectTls(ca === undefined ? options : { ...options, ca }),
    'secureConnect',
    signal,
    () => 'tls',
  )
}

/** HTTP CONNECT, RFC 9110 section 9.3.6. */
function tunnel(proxy: URL, host: string, port: number, signal: AbortSignal): Promise<Socket> {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return new Promise((resolve, reject) => {
    const call = request({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: Number(proxy.port || 80),
      method: 'CONNECT',
      path: authority,
      agent: false,
      signal,
      headers: {
        host: authority,
        ...(login === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` }),
      },
    })
    call.once('connect', (reply, socket: Socket) => {
      if (Math.floor((reply.statusCode ?? 0) / 100) === 2) return resolve(socket)
      socket.destroy()
      reject(new Unsent('proxy', `the proxy answered ${reply.statusCode}`))
    })
    call.once('response', (reply) => {
      reply.destroy()
      reject(new Unsent('proxy', `the proxy answered ${reply.statusCode}`))
    })
    call.once('error', (error) => {
      reject(
        signal.aborted ? stopped(signal) : new Unsent('proxy', `the proxy cannot be used (${codeOf(error)})`),
      )
    })
    call.end()
  })
}

function ready<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  causeOf: (error: unknown) => Cause,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const settle = (failure: Unsent | null) => {
      signal.removeEventListener('abort', onAbort)
      socket.off('close', onClose)
      if (failure === null) return resolve(socket)
      socket.destroy()
      reject(failure)
    }
    const onAbort = () => settle(stopped(signal))
    const onClose = () => settle(new Unsent(causeOf(null), 'the connection was closed at once'))
    // Stays for good: an error after the request has its own listeners, one in between must not end the process.
    socket.on('error', (error) => settle(new Unsent(causeOf(error), codeOf(error))))
    socket.once('close', onClose)
    socket.once(event, () => settle(null))
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
  })
}

function stopped(signal: AbortSignal): Unsent {
  return signal.reason instanceof Unsent
    ? signal.reason
    : new Unsent('aborted', 'stopped before anything was sent')
}

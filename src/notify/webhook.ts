import { createHmac } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { version } from '../version.ts'
import type { Channel, ChannelSpec, Receipt } from './types.ts'

const timeoutMs = 15_000

/** POST of the message as JSON, signed: `X-Pplx-Warden-Signature: t=SECONDS,v1=HEX` is HMAC-SHA-256 over `t.body`. */
export const webhook: Channel<Extract<ChannelSpec, { kind: 'webhook' }>> = {
  kind: 'webhook',
  name: (spec) => `webhook ${new URL(spec.url).host}`,
  async send(spec, message, deduplicationKey, deps) {
    const body = JSON.stringify({ ...message, deduplicationKey })
    const seconds = Math.floor(deps.clock.now() / 1000)
    let signature: string
    try {
      const secret = await deps.readSecret(spec.secret)
      signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
    } catch (error) {
      return {
        sent: false,
        reason: error instanceof Error ? error.message : 'the signing secret cannot be read',
      }
    }
    return await post(new URL(spec.url), body, `t=${seconds},v1=${signature}`, deps.signal)
  },
}

function post(url: URL, body: string, signature: string, signal: AbortSignal): Promise<Receipt> {
  return new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': `pplx-warden/${version}`,
      'x-pplx-warden-signature': signature,
    }
    const send = url.protocol === 'http:' ? httpRequest : httpsRequest
    const late = AbortSignal.timeout(timeoutMs)
    const limits = { agent: false, signal: AbortSignal.any([signal, late]) }
    const call = send(url, { method: 'POST', headers, ...limits }, (reply) => {
      const status = reply.statusCode ?? 0
      // Its status is the whole answer: a body that never ends must not keep us.
      call.destroy()
      resolve(status >= 200 && status < 300 ? { sent: true } : { sent: false, reason: `HTTP ${status}` })
    })
    call.on('error', (error: NodeJS.ErrnoException) =>
      resolve({
        sent: false,
        reason: late.aborted ? `no answer in ${timeoutMs / 1000} s` : (error.code ?? error.message),
      }),
    )
    call.end(body)
  })
}

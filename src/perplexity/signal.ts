import type { Clock } from '../context.ts'
import type { Exchange } from './exchange.ts'
import type { Signal } from './types.ts'

/** What is kept of an exchange: nothing of the reply but its status and Retry-After. */
export function signalOf(clock: Clock, path: string, result: Exchange): Signal {
  const { status, cause } = result
  const signal = { status, cause, detail: `POST ${path}: ${wordsFor(result)}` }
  const wait = retryAfter(result.headers['retry-after'], clock.now())
  return wait === null ? signal : { ...signal, retryAfter: wait }
}

/** The server has said no in so many words: it did nothing. 408 is its own time-out and says no such thing. */
export function isRefusal(result: Exchange): boolean {
  return result.status !== null && result.status >= 300 && result.status < 500 && result.status !== 408
}

/** The whole of a 2xx was read. */
export function isSuccess(result: Exchange): boolean {
  return result.cause === 'http' && result.status !== null && result.status >= 200 && result.status < 300
}

/** The reply's JSON, or undefined. */
export function jsonOf(result: Exchange): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(result.body))
  } catch {
    return undefined
  }
}

function wordsFor({ sent, status, cause, detail }: Exchange): string {
  if (cause === 'http' || cause === 'redirect') return String(status)
  const what = `${cause} (${detail})`
  if (status !== null) return `${status}, then ${what}`
  return sent ? what : `${what}, nothing was sent`
}

/** Seconds, from either form of RFC 9110 section 10.2.3; null when there is none that can be read. */
function retryAfter(value: string | undefined, now: number): number | null {
  if (value === undefined) return null
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const time = Date.parse(value)
  return Number.isNaN(time) ? null : Math.max(0, Math.ceil((time - now) / 1000))
}

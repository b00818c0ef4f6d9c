import type { Clock } from '../context.ts'
import type { Secret } from '../secret/index.ts'
import { hintOf } from './troubles.ts'
import { type Exchange, exchange } from './exchange.ts'
import { revocation } from './request.ts'
import type { Api } from './settings.ts'
import { isRefusal, isSuccess, jsonOf, signalOf } from './signal.ts'
import type { RevokeResult, Signal } from './types.ts'

const path = '/revoke_auth_token'

export interface RevokeRequest {
  readonly authoriser: Secret
  readonly target: Secret
  readonly signal?: AbortSignal
}

export async function revoke(api: Api, clock: Clock, request: RevokeRequest): Promise<RevokeResult> {
  const result = await exchange(api, revocation(api, request.authoriser, request.target), request.signal)
  const signal = signalOf(clock, path, result)
  if (!result.sent) return { outcome: 'not-done', next: 'retry', signal, hint: hintOf('unreachable') }
  if (isRefusal(result)) return refused(result, signal, request)
  if (!isSuccess(result)) return { outcome: 'ambiguous', signal }
  // The documented answer is a bare 200. Anything but JSON or nothing came from somebody else (a portal, a proxy).
  if (result.body.length === 0 || jsonOf(result) !== undefined) return { outcome: 'done', signal }
  return {
    outcome: 'ambiguous',
    signal: { ...signal, cause: 'garbage', detail: `${signal.detail}, with a reply that is no JSON` },
  }
}

function refused({ status }: Exchange, signal: Signal, { authoriser }: RevokeRequest): RevokeResult {
  const tried = `${hintOf('cannot-revoke')} (tried ${authoriser.masked})`
  if (status !== null && status < 400) {
    return { outcome: 'not-done', next: 'misconfigured', signal, hint: hintOf('misconfigured') }
  }
  if (status === 429) {
    return {
      outcome: 'not-done',
      next: 'retry',
      signal,
      hint: 'too many requests: wait as Retry-After says, then again',
    }
  }
  if (status === 402 || status === 403)
    return { outcome: 'not-done', next: 'authoriser', signal, hint: tried }
  if (status === 401) return { outcome: 'not-done', next: 'probe', signal, hint: tried }
  return { outcome: 'not-done', next: 'probe', signal, hint: 'the key may be gone already: probe it' }
}

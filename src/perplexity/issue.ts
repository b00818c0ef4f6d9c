import type { Clock } from '../context.ts'
import type { Secret } from '../secret/index.ts'
import { hintOf } from './troubles.ts'
import { type Exchange, exchange } from './exchange.ts'
import { readIssued, salvage } from './reply.ts'
import { authorised } from './request.ts'
import type { Api } from './settings.ts'
import { isRefusal, isSuccess, signalOf } from './signal.ts'
import type { IssueResult, Signal } from './types.ts'

const path = '/generate_auth_token'

export interface IssueRequest {
  readonly authoriser: Secret
  readonly tokenName: string
  readonly sealReply: (raw: Uint8Array) => Promise<void>
  readonly signal?: AbortSignal
}

export async function issue(api: Api, clock: Clock, request: IssueRequest): Promise<IssueResult> {
  const call = authorised(api, request.authoriser, path, { token_name: request.tokenName })
  const result = await exchange(api, call, request.signal)
  const signal = signalOf(clock, path, result)
  if (!result.sent) return { outcome: 'not-done', next: 'retry', signal, hint: hintOf('unreachable') }
  if (isRefusal(result)) return refused(result, signal)

  // From here on the reply may hold a key: encrypted before anything looks into it (RESPONSE.md, invariant 1).
  if (result.body.length > 0) await request.sealReply(result.body)
  const issued = isSuccess(result) ? readIssued(result) : null
  if (issued !== null) return { outcome: 'done', ...issued, signal }
  return { outcome: 'ambiguous', signal: unreadable(result, signal), salvaged: salvage(result.body) }
}

function refused({ status }: Exchange, signal: Signal): IssueResult {
  if (status !== null && status < 400) {
    return { outcome: 'not-done', next: 'misconfigured', signal, hint: hintOf('misconfigured') }
  }
  if (status === 401) {
    const hint = 'the authorising key is refused: authorise with another valid key of the same account'
    return { outcome: 'not-done', next: 'authoriser', signal, hint }
  }
  if (status === 429) {
    return {
      outcome: 'not-done',
      next: 'retry',
      signal,
      hint: 'too many requests: wait as Retry-After says, then again',
    }
  }
  return {
    outcome: 'not-done',
    next: 'permanent',
    signal,
    hint: `${hintOf('generation-fails')} (it answered ${status})`,
  }
}

function unreadable(result: Exchange, signal: Signal): Signal {
  if (!isSuccess(result)) return signal
  return { ...signal, cause: 'garbage', detail: `${signal.detail}, without a token that can be read` }
}

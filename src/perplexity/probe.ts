import type { Context } from '../context.ts'
import { type Secret, secretOf } from '../secret/index.ts'
import { hintOf } from './troubles.ts'
import { type Exchange, exchange } from './exchange.ts'
import { authorised } from './request.ts'
import type { Api } from './settings.ts'
import { isSuccess, jsonOf, signalOf } from './signal.ts'
import { randomToken } from './token.ts'
import type { ProbeResult, ProbeSpec } from './types.ts'

export interface Prober {
  probe(secret: Secret, signal?: AbortSignal): Promise<ProbeResult>
  paidProbe(secret: Secret, signal?: AbortSignal): Promise<ProbeResult>
}

type Answer = ProbeResult['answer']
type Ask = { readonly free: boolean; readonly secret: Secret; readonly signal: AbortSignal | undefined }

/** Asks the endpoints in order; each counts only once it has refused a random token. That is remembered for the run. */
export function prober(api: Api, context: Pick<Context, 'clock' | 'random'>): Prober {
  const checked = new Map<string, ProbeResult>()

  async function firstAnswer(ask: Ask): Promise<ProbeResult> {
    let unknown: ProbeResult | null = null
    for (const endpoint of api.probes) {
      const check = await tellsApart(endpoint, ask.signal)
      const result = check.answer === 'refused' ? await call(endpoint, ask) : silent(check)
      if (result.answer !== 'unknown') return result
      if (unknown === null || unknown.endpoint === null) unknown = result
      // What reached nobody, or came too early, will do no better on another path of the same host.
      if (result.signal.status === null || result.signal.status === 429) break
    }
    return unknown ?? nothingToAsk
  }

  /** What a random token meets there: `refused` is what makes the endpoint count. Only a clear answer is remembered. */
  async function tellsApart(endpoint: ProbeSpec, signal: AbortSignal | undefined): Promise<ProbeResult> {
    const before = checked.get(endpoint.path)
    if (before !== undefined) return before
    const nobody = secretOf(randomToken(context.random))
    const met = await call(endpoint, { free: true, secret: nobody, signal })
    if (met.answer !== 'unknown') checked.set(endpoint.path, met)
    return met
  }

  async function call(endpoint: ProbeSpec, { free, secret, signal }: Ask): Promise<ProbeResult> {
    const request = authorised(api, secret, endpoint.path, free ? endpoint.body : endpoint.paidBody)
    const result = await exchange(api, request, signal)
    const answer = free ? freeAnswer(result) : paidAnswer(result)
    const found = { answer, endpoint: endpoint.path, signal: signalOf(context.clock, endpoint.path, result) }
    const hint = answer === 'unknown' ? hintFor(result) : undefined
    return hint === undefined ? found : { ...found, hint }
  }

  return {
    probe: (secret, signal) => firstAnswer({ free: true, secret, signal }),
    paidProbe: (secret, signal) => firstAnswer({ free: false, secret, signal }),
  }
}

/** 401 is asked first; the codes are those with which a server complains about the request, not about the key. */
function freeAnswer(result: Exchange): Answer {
  if (result.status === 401) return 'refused'
  if (isSuccess(result)) return jsonOf(result) === undefined ? 'unknown' : 'accepted'
  return [400, 404, 405, 413, 422].includes(result.status ?? 0) ? 'accepted' : 'unknown'
}

/** Only an answer shows that the key works: a 400 may mean that the paid model is gone. */
function paidAnswer(result: Exchange): Answer {
  if (result.status === 401) return 'refused'
  return isSuccess(result) && jsonOf(result) !== undefined ? 'accepted' : 'unknown'
}

function hintFor({ status, sent }: Exchange): string | undefined {
  if (!sent) return hintOf('unreachable')
  if (status === 402) return hintOf('every-key-refused')
  if (status === 403) return 'a network edge may have answered instead of the API: try from another network'
  if (status !== null && status >= 300 && status < 400) return hintOf('misconfigured')
  return undefined
}

/** An endpoint whose check gave no refusal: nothing it could answer for a key would mean anything. */
function silent(check: ProbeResult): ProbeResult {
  if (check.answer === 'unknown') return { ...check, endpoint: null }
  const detail = `${check.signal.detail} for a random token too: this endpoint does not tell keys apart`
  return { answer: 'unknown', endpoint: null, signal: { ...check.signal, detail }, hint: undiscerning }
}

const undiscerning = 'no probe endpoint tells keys apart: set api.probe to one that does'

const nothingToAsk: ProbeResult = {
  answer: 'unknown',
  endpoint: null,
  signal: { status: null, cause: 'aborted', detail: 'no probe endpoint is configured' },
  hint: undiscerning,
}

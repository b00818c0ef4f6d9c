import { secretOf } from '../../secret/index.ts'
import { randomToken } from '../token.ts'
import type { KeyRecord, Ledger } from './books.ts'
import type { Fault, SandboxContext, SandboxOptions } from './types.ts'

export interface Reply {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** How a fault bends the effect of a call. */
export interface Bend {
  readonly activationMs: number
  readonly revocationMs: number
  /** Answers 200 and revokes nothing. */
  readonly ineffective: boolean
}

/** One documented path. `act` is only called with a body that is JSON; the key has been accepted where one is asked. */
export interface Route {
  readonly method: 'GET' | 'POST'
  readonly endpoint: Exclude<Fault['endpoint'], 'any'> | null
  act(key: KeyRecord | null, body: unknown, bend: Bend): Reply
}

/** PERPLEXITY_API.md's table, by path. */
export function routes(
  context: SandboxContext,
  keys: Ledger,
  options: SandboxOptions,
): Readonly<Record<string, Route>> {
  return {
    '/generate_auth_token': { method: 'POST', endpoint: 'issue', act: generate },
    '/revoke_auth_token': { method: 'POST', endpoint: 'revoke', act: revoke },
    '/v1/agent': { method: 'POST', endpoint: 'probe', act: (_key, body) => agent(body, context.clock.now()) },
    '/chat/completions': {
      method: 'POST',
      endpoint: 'probe',
      act: (_key, body) => chat(body, context.clock.now()),
    },
    '/v1/models': { method: 'GET', endpoint: null, act: () => ({ status: 200, body: models() }) },
  }

  function generate(key: KeyRecord | null, body: unknown, { activationMs }: Bend): Reply {
    const name = field(body, 'token_name') ?? null
    if (key === null || (name !== null && typeof name !== 'string')) return invalid('token_name', 'string')
    const token = randomToken(context.random)
    const { fingerprint } = secretOf(token)
    keys.add({ fingerprint, tokenName: name, account: key.account, issuedBy: key.fingerprint, activationMs })
    const created = Math.floor(context.clock.now() / 1000)
    return { status: 200, body: { auth_token: token, created_at_epoch_seconds: created, token_name: name } }
  }

  function revoke(key: KeyRecord | null, body: unknown, { revocationMs, ineffective }: Bend): Reply {
    const token = field(body, 'auth_token')
    if (key === null || typeof token !== 'string' || token === '') return invalid('auth_token', 'string')
    const target = keys.find(secretOf(token).fingerprint)
    if (target === null || target.revokedAt !== null) {
      if (options.revokeUnknown === 'ok') return { status: 200, body: {} }
      return failure(404, 'not_found', 'The token does not exist.')
    }
    if (target.account !== key.account && options.accountsTrust !== true) {
      return failure(403, 'forbidden', 'The token belongs to another account.')
    }
    if (!ineffective) keys.revoke(target.fingerprint, key.fingerprint, revocationMs)
    return { status: 200, body: {} }
  }
}

export function failure(status: number, type: string, message: string): Reply {
  return { status, body: { error: { message, type, code: status } } }
}

export function unauthorised(): Reply {
  const reply = failure(
    401,
    'invalid_api_key',
    'Invalid API key provided. You can find your API key in the API settings.',
  )
  return { ...reply, headers: { 'www-authenticate': 'Bearer' } }
}

const agentModels = ['perplexity/sonar']
const chatModels = ['sonar', 'sonar-pro', 'sonar-reasoning-pro', 'sonar-deep-research']

function agent(body: unknown, now: number): Reply {
  const model = field(body, 'model')
  const input = field(body, 'input')
  if (typeof model !== 'string') return invalid('model', 'string')
  if (typeof input !== 'string' && !Array.isArray(input)) return invalid('input', 'string or list')
  if (!agentModels.includes(model)) return noSuchModel()
  const text = { type: 'output_text', text: 'Sandbox', annotations: [] }
  const output = [{ type: 'message', role: 'assistant', status: 'completed', content: [text] }]
  return {
    status: 200,
    body: {
      id: 'resp_sandbox',
      object: 'response',
      created_at: Math.floor(now / 1000),
      status: 'completed',
      model,
      output,
    },
  }
}

function chat(body: unknown, now: number): Reply {
  const model = field(body, 'model')
  const messages = field(body, 'messages')
  if (typeof model !== 'string') return invalid('model', 'string')
  if (!Array.isArray(messages) || messages.length === 0) return invalid('messages', 'list')
  if (!chatModels.includes(model)) return noSuchModel()
  const choice = { index: 0, message: { role: 'assistant', content: 'Sandbox' }, finish_reason: 'length' }
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  return {
    status: 200,
    body: {
      id: 'sandbox',
      object: 'chat.completion',
      created: Math.floor(now / 1000),
      model,
      choices: [choice],
      usage,
    },
  }
}

function models(): unknown {
  return { object: 'list', data: agentModels.map((id) => ({ id, object: 'model', owned_by: 'perplexity' })) }
}

function noSuchModel(): Reply {
  return failure(400, 'invalid_model', 'Invalid model. Permitted models are listed in the documentation.')
}

function invalid(name: string, wanted: string): Reply {
  return {
    status: 422,
    body: {
      detail: [{ loc: ['body', name], msg: `Input should be a valid ${wanted}`, type: 'value_error' }],
    },
  }
}

function field(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? (body as Record<string, unknown>)[name]
    : undefined
}

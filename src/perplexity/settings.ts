import { UsageError } from '../errors.ts'
import { version } from '../version.ts'
import { isLoopback } from './loopback.ts'
import { proxyFor } from './proxy.ts'
import type { ApiSettings, ProbeSpec } from './types.ts'

/** Settings after checking: what every call needs to know. */
export interface Api {
  readonly base: URL
  readonly probes: readonly ProbeSpec[]
  readonly timeoutMs: number
  readonly connectTimeoutMs: number
  readonly userAgent: string
  readonly ca: string | undefined
  /** From HTTPS_PROXY and NO_PROXY; null when calls go straight. */
  readonly proxy: URL | null
}

type Environment = Readonly<Record<string, string | undefined>>

export function resolveSettings(settings: ApiSettings, env: Environment): Api {
  const base = baseUrl(settings.url)
  return {
    base,
    probes: settings.probes ?? defaultProbes,
    timeoutMs: settings.timeoutMs ?? 30_000,
    connectTimeoutMs: settings.connectTimeoutMs ?? 10_000,
    userAgent: `pplx-warden/${version} (${settings.contact ?? 'key rotation; no contact configured'})`,
    ca: settings.ca,
    proxy: proxyFor(base, env),
  }
}

// Names no existing model: a key that is accepted gets 400 or 404 and costs nothing (PERPLEXITY_API.md, "Is a key alive?").
const noSuchModel = 'no-such-model-liveness-check'

const defaultProbes: readonly ProbeSpec[] = [
  {
    path: '/v1/agent',
    body: { model: noSuchModel, input: 'Test', max_output_tokens: 16 },
    paidBody: { model: 'perplexity/sonar', input: 'Test', max_output_tokens: 16 },
  },
  {
    path: '/chat/completions',
    body: { model: noSuchModel, messages: [{ role: 'user', content: 'Test' }], max_tokens: 1 },
    paidBody: { model: 'sonar', messages: [{ role: 'user', content: 'Test' }], max_tokens: 1 },
  },
]

function baseUrl(text: string): URL {
  if (!URL.canParse(text)) throw new UsageError('the API address is no URL', 'set api.url to https://…')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError(
      'the API address may hold neither credentials nor a query',
      'set api.url to https://host',
    )
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return url
  throw new UsageError(
    `the API address is ${url.protocol}//${url.host}: a key is only ever sent over https, or over http to this machine`,
    'set api.url to https://…',
  )
}

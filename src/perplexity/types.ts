import type { Secret } from '../secret/index.ts'

/** Endpoint settings; plain http is taken only for loopback. */
export interface ApiSettings {
  /** Base URL, default https://api.perplexity.ai */
  readonly url: string
  /** Probe endpoints in order; default /v1/agent, then /chat/completions. */
  readonly probes?: readonly ProbeSpec[]
  /** Whole exchange, from name lookup to the reply's last byte. Default 30,000. */
  readonly timeoutMs?: number
  /** Until the connection (TLS included) stands. Default 10,000. */
  readonly connectTimeoutMs?: number
  /** Mail address or page of whoever runs this, for the User-Agent. */
  readonly contact?: string
  /** PEM of certificates to trust instead of the system's, for a gateway of one's own. */
  readonly ca?: string
}

export interface ProbeSpec {
  readonly path: string
  /** JSON body of the free probe: names a model that does not exist. */
  readonly body: unknown
  /** JSON body of the paid one-token request. */
  readonly paidBody: unknown
}

/**
 * `http`: a readable reply, its status decides. The other words say why there is none, or none that can be trusted:
 * up to `tls` and `proxy` nothing was written. `aborted` and `timeout` come before or after writing.
 */
export type Cause =
  | 'http'
  | 'redirect'
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'tls'
  | 'proxy'
  | 'aborted'
  | 'timeout'
  | 'reset'
  | 'truncated'
  | 'garbage'

/** What an HTTP exchange came to, in words that hold no token: for evidence and errors. */
export interface Signal {
  /** HTTP status, or null when no reply could be read. */
  readonly status: number | null
  readonly cause: Cause
  readonly detail: string
  /** Seconds, from Retry-After. */
  readonly retryAfter?: number
}

export type IssueResult =
  | {
      readonly outcome: 'done'
      readonly secret: Secret
      readonly tokenName: string | null
      /** Seconds since 1970. */
      readonly createdAt: number | null
      readonly signal: Signal
    }
  /** `next`: retry later | permanent (a person) | the authoriser is dead (next one) */
  | {
      readonly outcome: 'not-done'
      readonly next: 'retry' | 'permanent' | 'authoriser' | 'misconfigured'
      readonly signal: Signal
      readonly hint: string
    }
  | {
      readonly outcome: 'ambiguous'
      readonly signal: Signal
      /** A whole token was in the unreadable reply: to be verified like any other. */
      readonly salvaged: Secret | null
    }

export type RevokeResult =
  | { readonly outcome: 'done'; readonly signal: Signal }
  /** `probe`: whose fault is unclear, probe the target and the authoriser */
  | {
      readonly outcome: 'not-done'
      readonly next: 'retry' | 'probe' | 'authoriser' | 'misconfigured'
      readonly signal: Signal
      readonly hint: string
    }
  | { readonly outcome: 'ambiguous'; readonly signal: Signal }

export interface ProbeResult {
  /** `refused` is a 401 by itself; whether that means dead needs a control: see `Liveness`. */
  readonly answer: 'accepted' | 'refused' | 'unknown'
  readonly endpoint: string | null
  readonly signal: Signal
  /** What a person can do about an unknown. */
  readonly hint?: string
}

export interface Liveness {
  readonly validity: 'alive' | 'dead' | 'unknown'
  readonly detail: string
  readonly hint?: string
}

export interface PerplexityClient {
  /**
   * POST /generate_auth_token. `sealReply` gets the raw bytes of whatever came back and must have them encrypted and
   * synced before it resolves; only then are they parsed (RESPONSE.md, invariant 1). It is called at most once, with
   * at most 64 KB, for every reply that may hold a token: any 2xx, and what is left of an ambiguous one. A clear
   * refusal (3xx, 4xx) and an empty reply are not sealed. What it rejects with is passed on, and nothing was parsed then.
   */
  issue(request: {
    authoriser: Secret
    tokenName: string
    sealReply: (raw: Uint8Array) => Promise<void>
    signal?: AbortSignal
  }): Promise<IssueResult>
  /** POST /revoke_auth_token. */
  revoke(request: { authoriser: Secret; target: Secret; signal?: AbortSignal }): Promise<RevokeResult>
  /** The free probe, on the first endpoint that tells keys apart (a random well-formed token is refused there). */
  probe(secret: Secret, signal?: AbortSignal): Promise<ProbeResult>
  /** The paid one-token request. */
  paidProbe(secret: Secret, signal?: AbortSignal): Promise<ProbeResult>
  /** alive, dead (refused while `control` is accepted by the same probe) or unknown. */
  liveness(secret: Secret, control: Secret | null, signal?: AbortSignal): Promise<Liveness>
}

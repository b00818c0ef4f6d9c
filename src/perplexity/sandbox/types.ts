import type { Context } from '../../context.ts'
import type { Fingerprint, Secret } from '../../secret/index.ts'

export type SandboxContext = Pick<Context, 'clock' | 'random' | 'fs'>

export interface SandboxOptions {
  /** Default 0: any free port of 127.0.0.1. */
  readonly port?: number
  /** Keys outlive the process in this file, as fingerprints. */
  readonly stateFile?: string
  /** Where the first key is written, 0600: the one place that ever holds it. An existing file must hold a live key of the state. */
  readonly keyFile?: string
  /** What revoking a token nobody knows is answered with: not documented, so both can be played. Default `error` (404). */
  readonly revokeUnknown?: 'ok' | 'error'
  /** Whether a key of one account may revoke a key of another. Default false (403). */
  readonly accountsTrust?: boolean
}

export interface Sandbox {
  readonly url: string
  readonly port: number
  /** The account's first key. @throws UsageError after a restart from a state whose key file is gone. */
  readonly firstKey: Secret
  books(): Books
  /** What a person does in the console. */
  createKey(key?: { account?: string; tokenName?: string }): Secret
  /** What a person does in the console. */
  revokeKey(fingerprint: Fingerprint): void
  /** As POST /_sandbox/faults. @throws UsageError for words it does not know. */
  inject(faults: readonly Fault[]): void
  /** As DELETE /_sandbox/faults. */
  clearFaults(): void
  close(): Promise<void>
}

/** `GET /_sandbox/books`. Fingerprints only. Times are ISO 8601, UTC. */
export interface Books {
  readonly keys: readonly BookedKey[]
  /** The newest 10,000, oldest first. */
  readonly calls: readonly BookedCall[]
  readonly counters: {
    readonly calls: number
    readonly issued: number
    readonly revoked: number
    readonly live: number
    readonly refused: number
  }
}

export interface BookedKey {
  readonly fingerprint: Fingerprint
  readonly tokenName: string | null
  readonly account: string
  /** `revoked` from the moment it was asked for, though it may be accepted a while longer (`refusedFrom`). */
  readonly status: 'live' | 'revoked'
  readonly issuedAt: string
  readonly issuedBy: Fingerprint | 'console'
  /** Refused before this (slow activation). */
  readonly activeFrom: string
  readonly revokedAt: string | null
  readonly revokedBy: Fingerprint | 'console' | null
  readonly refusedFrom: string | null
}

export interface BookedCall {
  readonly at: string
  readonly method: string
  /** A documented path, or `(other)`. */
  readonly path: string
  /** null: no reply was begun (reset, hang). */
  readonly status: number | null
  readonly bearer: Fingerprint | null
  readonly fault: FaultKind | null
}

export type FaultKind =
  | 'reset-before'
  | 'reset-after'
  | 'hang'
  | 'status'
  | 'redirect'
  | 'truncate'
  | 'garbage'
  | 'delay'
  | 'slow-activation'
  | 'slow-revocation'
  | 'ineffective-revocation'
  | 'credits-gone'
  | 'retired'

/** One misbehaviour, taken by the next calls that fit; the first of the list that fits wins. */
export interface Fault {
  readonly endpoint: 'issue' | 'revoke' | 'probe' | 'any'
  readonly kind: FaultKind
  /** How many calls it takes. Default 1; null: until cleared. */
  readonly times?: number | null
  /** Only calls of this path: `/v1/agent`. */
  readonly path?: string
  /** Only calls by this key. */
  readonly bearer?: Fingerprint
  /** status, hang: before the call has its effect (default for status), or after (default for hang). */
  readonly when?: 'before' | 'after'
  /** status, redirect. */
  readonly status?: number
  /** status: Retry-After, in seconds or as an HTTP date. */
  readonly retryAfter?: number | string
  /** slow-activation, slow-revocation, delay. */
  readonly ms?: number
  /** truncate: how much of the body is sent. Default half. */
  readonly bytes?: number
}

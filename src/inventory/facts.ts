import type { Fingerprint, Secret } from '../secret/index.ts'
import { open } from '../secret/open.ts'

/** What is kept of a token. */
export interface KeyFacts {
  readonly fingerprint: Fingerprint
  readonly bodyLength: number | null
  readonly alphanumeric: boolean | null
}

/** One of the few places that open a Secret: only the shape of the token comes out of it. */
export function factsOf(secret: Secret): KeyFacts {
  const body = open(secret).slice('pplx-'.length)
  return {
    fingerprint: secret.fingerprint,
    bodyLength: body.length,
    alphanumeric: /^[A-Za-z0-9]*$/.test(body),
  }
}

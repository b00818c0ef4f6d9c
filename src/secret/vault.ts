import { inspect } from 'node:util'
import { lazyCrypto } from '../lazy-node.ts'

/** `sha256:` + 64 lower-case hex digits: SHA-256 of the token's bytes, as `printf %s "$KEY" | sha256sum` prints. */
export type Fingerprint = `sha256:${string}`

const plaintexts = new WeakMap<Secret, string>()

/**
 * A token that cannot be written out by accident: text, JSON and inspection show the mask.
 * The plaintext is reached with `open` (see `open.ts`) and nowhere else.
 */
export class Secret {
  readonly fingerprint: Fingerprint
  /** `pplx-…wXyZ [1a2b3c4d]`: last 4 characters (none under 40) and the first 8 hex digits of the fingerprint. */
  readonly masked: string

  constructor(token: string) {
    plaintexts.set(this, token)
    this.fingerprint = fingerprintOf(token)
    this.masked = mask(token, this.fingerprint)
    Object.freeze(this)
  }

  toString(): string {
    return this.masked
  }

  toJSON(): string {
    return this.masked
  }

  [inspect.custom](): string {
    return this.masked
  }
}

/** Births of a Secret are few: the scanner, the Perplexity client, a locator, a prompt or standard input, escrow on resume. */
export function secretOf(token: string): Secret {
  return new Secret(token)
}

export function plaintextOf(secret: Secret): string {
  const token = plaintexts.get(secret)
  if (token === undefined) throw new TypeError('not a Secret of this process')
  return token
}

function fingerprintOf(token: string): Fingerprint {
  return `sha256:${lazyCrypto().createHash('sha256').update(token, 'utf8').digest('hex')}`
}

function mask(token: string, fingerprint: Fingerprint): string {
  const tail = token.length >= 40 ? token.slice(-4) : ''
  return `pplx-…${tail} [${fingerprint.slice(7, 15)}]`
}

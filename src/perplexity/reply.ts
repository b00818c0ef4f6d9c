import { type Secret, secretOf } from '../secret/index.ts'
import type { Exchange } from './exchange.ts'
import { jsonOf } from './signal.ts'
import { isSendable, isWellFormed, withoutTokens } from './token.ts'

export interface Issued {
  readonly secret: Secret
  readonly tokenName: string | null
  /** Seconds since 1970. */
  readonly createdAt: number | null
}

/** The documented reply `{ auth_token, created_at_epoch_seconds, token_name }`; null when it has no token of the known shape. */
export function readIssued(result: Exchange): Issued | null {
  const reply = jsonOf(result)
  if (typeof reply !== 'object' || reply === null) return null
  const fields = reply as Record<string, unknown>
  const token = fields['auth_token']
  if (typeof token !== 'string' || !isWellFormed(token)) return null
  const name = fields['token_name']
  const created = fields['created_at_epoch_seconds']
  return {
    secret: secretOf(token),
    tokenName: typeof name === 'string' ? withoutTokens(name) : null,
    createdAt: typeof created === 'number' && Number.isFinite(created) ? created : null,
  }
}

/**
 * A whole token in a reply that cannot be read as it should: cut short, garbled, or of another shape than known.
 * Whole means that its closing quote is there, or that it has exactly the 48 characters which keys are known to have.
 */
export function salvage(body: Uint8Array): Secret | null {
  const text = Buffer.from(body).toString('latin1')
  const quoted = /"auth_token"\s*:\s*"([^"\\]{16,1024})"/.exec(text)?.[1]
  if (quoted !== undefined && isSendable(quoted)) return secretOf(quoted)
  const bare = /(?<![A-Za-z0-9])pplx-[A-Za-z0-9]{48}(?![A-Za-z0-9])/.exec(text)?.[0]
  return bare === undefined ? null : secretOf(bare)
}

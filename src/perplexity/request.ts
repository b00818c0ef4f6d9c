import { UsageError } from '../errors.ts'
import type { Secret } from '../secret/index.ts'
import { open } from '../secret/open.ts'
import type { Request } from './exchange.ts'
import type { Api } from './settings.ts'
import { isSendable } from './token.ts'

/** A JSON request that `key` authorises. */
export function authorised(api: Api, key: Secret, path: string, body: unknown): Request {
  return {
    path,
    headers: {
      authorization: `Bearer ${plain(key)}`,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(JSON.stringify(body))),
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': api.userAgent,
    },
    body: JSON.stringify(body),
  }
}

/** The one request that carries a token in its body. */
export function revocation(api: Api, authoriser: Secret, target: Secret): Request {
  return authorised(api, authoriser, '/revoke_auth_token', { auth_token: plain(target) })
}

function plain(key: Secret): string {
  const token = open(key)
  if (!isSendable(token)) {
    throw new UsageError(
      'this is no key: it holds spaces or characters that cannot be sent',
      'give the key alone, on one line',
    )
  }
  return token
}

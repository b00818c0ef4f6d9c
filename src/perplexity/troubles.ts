/**
 * The rows of the guide's troubleshooting table, by its own names, and the one it lacks (every key refused).
 * `hint` is what a person is told; callers put what they know (consumers, authorisers, statuses) in front of it.
 */
export const troubles = {
  'authentication-failed': {
    name: '"Authentication failed" after rotation',
    hint: 'the new key has not reached every instance: look at the consumers that are not confirmed, deliver to them and reload them',
  },
  'cannot-revoke': {
    name: 'Cannot revoke a key',
    hint: 'the authorising key is not valid: authorise with another valid key of the same account, or revoke it by hand in the console',
  },
  'generation-fails': {
    name: 'Key generation fails',
    hint: 'check account status and tier limits, or make the key in the console and hand it in with --replacement-stdin',
  },
  'old-key-in-use': {
    name: 'Services still using the old key',
    hint: 'the logs name who: deliver the new key there and reload, before the old one is revoked',
  },
  'every-key-refused': {
    name: 'Every key refused',
    hint: 'all keys of the account are refused: credits or account status, not this key',
  },
  misconfigured: {
    name: 'Redirected',
    hint: 'redirects are never followed with a credential: check api.url or PPLX_WARDEN_API_URL',
  },
  unreachable: {
    name: 'No answer from the API',
    hint: 'check the network, HTTPS_PROXY and the API address; nothing was sent, so it is safe to try again',
  },
} as const satisfies Record<string, { name: string; hint: string }>

export type TroubleCode = keyof typeof troubles

/** `Key generation fails: check account status and tier limits…` */
export function hintOf(code: TroubleCode): string {
  return `${troubles[code].name}: ${troubles[code].hint}`
}

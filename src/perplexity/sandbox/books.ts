import type { Fingerprint } from '../../secret/index.ts'
import { withoutTokens } from '../token.ts'
import type { BookedCall, BookedKey, Books } from './types.ts'

const callsKept = 10_000

/** What the sandbox knows of a key: never the key. Times in milliseconds since 1970. */
export interface KeyRecord {
  readonly fingerprint: Fingerprint
  readonly tokenName: string | null
  readonly account: string
  readonly issuedAt: number
  readonly issuedBy: Fingerprint | 'console'
  readonly activeFrom: number
  readonly revokedAt: number | null
  readonly revokedBy: Fingerprint | 'console' | null
  readonly refusedFrom: number | null
}

export type NewKey = Pick<KeyRecord, 'fingerprint' | 'tokenName' | 'account' | 'issuedBy'> & {
  readonly activationMs: number
}

export interface Ledger {
  find(fingerprint: Fingerprint): KeyRecord | null
  /** The key when it is accepted now. */
  accepts(fingerprint: Fingerprint | null): KeyRecord | null
  add(key: NewKey): void
  revoke(fingerprint: Fingerprint, by: Fingerprint | 'console', afterMs: number): void
  note(call: Omit<BookedCall, 'at'>): void
  books(): Books
}

/** `save` is called before a change counts: when it throws, nothing has changed. */
export function ledger(
  now: () => number,
  start: readonly KeyRecord[],
  save: (keys: readonly KeyRecord[]) => void,
): Ledger {
  let keys = new Map(start.map((key) => [key.fingerprint, key]))
  const calls: BookedCall[] = []
  let counted = 0
  let refused = 0

  function put(key: KeyRecord): void {
    const next = new Map(keys).set(key.fingerprint, key)
    save([...next.values()])
    keys = next
  }

  return {
    find: (fingerprint) => keys.get(fingerprint) ?? null,

    accepts(fingerprint) {
      const key = fingerprint === null ? undefined : keys.get(fingerprint)
      if (key === undefined || now() < key.activeFrom) return null
      return key.refusedFrom !== null && now() >= key.refusedFrom ? null : key
    },

    add({ activationMs, tokenName, ...key }) {
      const issuedAt = now()
      const name = tokenName === null ? null : withoutTokens(tokenName)
      const unrevoked = { revokedAt: null, revokedBy: null, refusedFrom: null }
      put({ ...key, tokenName: name, issuedAt, activeFrom: issuedAt + activationMs, ...unrevoked })
    },

    revoke(fingerprint, by, afterMs) {
      const key = keys.get(fingerprint)
      if (key === undefined || key.revokedAt !== null) return
      put({ ...key, revokedAt: now(), revokedBy: by, refusedFrom: now() + afterMs })
    },

    note(call) {
      counted += 1
      if (call.status === 401) refused += 1
      calls.push({ at: iso(now()), ...call })
      if (calls.length > callsKept) calls.shift()
    },

    books() {
      const all = [...keys.values()]
      const live = all.filter((key) => key.revokedAt === null).length
      return {
        keys: all.map(shown),
        calls: [...calls],
        counters: { calls: counted, issued: all.length, revoked: all.length - live, live, refused },
      }
    },
  }
}

function shown(key: KeyRecord): BookedKey {
  return {
    ...key,
    status: key.revokedAt === null ? 'live' : 'revoked',
    issuedAt: iso(key.issuedAt),
    activeFrom: iso(key.activeFrom),
    revokedAt: key.revokedAt === null ? null : iso(key.revokedAt),
    refusedFrom: key.refusedFrom === null ? null : iso(key.refusedFrom),
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

import type { Fingerprint } from '../secret/index.ts'

export type KeyStatus = 'active' | 'staged' | 'rotating' | 'retired' | 'compromised' | 'revoked' | 'lost'
export type Environment = 'production' | 'staging' | 'development' | 'ci'

export interface Owner {
  readonly name: string
  readonly email?: string
  readonly slack?: string
}

/** One key the team owns. The token itself is never here. */
export interface KeyEntry {
  readonly id: string
  readonly name: string
  /** null only for a `lost` key: its name is known, its value is not. */
  readonly fingerprint: Fingerprint | null
  /** Length of what follows `pplx-`, and whether it is all [A-Za-z0-9]: so that odd shapes can be looked for. */
  readonly bodyLength: number | null
  readonly alphanumeric: boolean | null
  readonly account: string
  readonly environment: Environment
  readonly purpose: string | null
  readonly owners: readonly Owner[]
  /** null: nobody said who uses it (counts as production, a response stops at preflight); []: nobody does. */
  readonly consumers: readonly ConsumerSpec[] | null
  /** How the plaintext can be read again: `env:NAME`, `file:PATH`, `exec:["cmd","arg"]`, `dotenv:PATH:NAME`. */
  readonly locator: string | null
  readonly locatorStale: boolean
  readonly status: KeyStatus
  readonly management: boolean
  readonly createdAt: string
  readonly rotateEveryDays: number | null
  readonly rotateBy: string | null
  readonly lastSeenAt: string | null
  /** Key it was issued to replace. */
  readonly replaces: string | null
  readonly updatedAt: string
}

/** A place where a key is used, as written in the inventory; paths absolute, programs resolved at import. */
export type ConsumerSpec =
  | {
      readonly kind: 'dotenv'
      readonly path: string
      readonly variable: string
      readonly reload?: readonly string[]
      readonly confirm?: readonly string[]
      readonly directory: string
    }
  | {
      readonly kind: 'file'
      readonly path: string
      readonly reload?: readonly string[]
      readonly confirm?: readonly string[]
      readonly directory: string
    }
  | {
      readonly kind: 'exec'
      readonly deliver: readonly string[]
      readonly reload?: readonly string[]
      readonly confirm?: readonly string[]
      readonly directory: string
    }

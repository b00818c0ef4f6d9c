import type { Context } from '../context.ts'

/** How the plaintext of a key can be read again. */
export type Locator =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'exec'; readonly argv: readonly [string, ...string[]] }
  | { readonly kind: 'dotenv'; readonly path: string; readonly variable: string }

export interface LocatorDependencies extends Pick<Context, 'env' | 'fs' | 'spawn'> {
  readonly signal?: AbortSignal
  /** For programs, in milliseconds; default 30 000. */
  readonly timeoutMs?: number
}

/** Reads what stands there, white space and all. */
export type Reader<K extends Locator['kind']> = (
  locator: Extract<Locator, { readonly kind: K }>,
  deps: LocatorDependencies,
) => Promise<string>

import type { Cause } from './types.ts'

/** Why there is no connection: nothing was written. */
export class Unsent extends Error {
  readonly why: Cause

  constructor(why: Cause, detail: string) {
    super(detail)
    this.why = why
  }
}

/** `ECONNREFUSED`, `CERT_HAS_EXPIRED`…: the code alone, because an error's message may quote what the other side sent. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'no reason given'
  if ('code' in error && typeof error.code === 'string') return error.code
  // Several addresses were tried: the first one's reason.
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return 'no reason given'
}

import { WardenError, type FailureCode } from '../errors.ts'

export type RespondErrorCode =
  | 'escrow-unwritable'
  | 'escrow-identity'
  | 'escrow-unreadable'
  | 'lease-lost'
  | 'journal-broken'
  | 'playbook'
  | 'policy'
  | 'no-plaintext'
  | 'unknown-key'
  | 'not-durable'
  | 'incident-missing'
  | 'interrupted'

export class RespondError extends WardenError {
  readonly code: RespondErrorCode

  constructor(
    code: RespondErrorCode,
    message: string,
    options: { exitCode: FailureCode; hint?: string; cause?: unknown },
  ) {
    super(message, options)
    this.code = code
  }
}

import { WardenError } from '../errors.ts'

export type LocatorErrorCode =
  | 'syntax'
  | 'missing-variable'
  | 'unreadable'
  | 'program'
  | 'timeout'
  | 'interrupted'
  | 'empty'
  | 'not-a-key'

/** A token could not be read again. Says where and why, never what was there. */
export class LocatorError extends WardenError {
  readonly code: LocatorErrorCode

  constructor(code: LocatorErrorCode, message: string, hint?: string, cause?: unknown) {
    super(message, { exitCode: 2, hint, cause })
    this.code = code
  }
}

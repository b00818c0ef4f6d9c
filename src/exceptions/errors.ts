import { WardenError } from '../errors.ts'

export type ExceptionErrorCode = 'baseline' | 'unwritable' | 'busy' | 'link'

/** A baseline that cannot be used, or a file that cannot be written: nothing was done (2). */
export class ExceptionError extends WardenError {
  readonly code: ExceptionErrorCode

  constructor(code: ExceptionErrorCode, message: string, hint?: string, cause?: unknown) {
    super(message, { exitCode: 2, hint, cause })
    this.code = code
  }
}

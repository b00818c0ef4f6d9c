/** Exit codes a command may end with when it could not do what it was asked (DESIGN: one table for all commands). */
export type FailureCode = 1 | 2 | 3

/**
 * What every area's own error class extends: the message names the input, the hint says what to do, and `exitCode`
 * says whether nothing was done (2), it is not finished (3) or a step failed for good (1).
 */
export class WardenError extends Error {
  readonly exitCode: FailureCode
  readonly hint: string | undefined

  constructor(
    message: string,
    options: { exitCode: FailureCode; hint?: string | undefined; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.exitCode = options.exitCode
    this.hint = options.hint
  }
}

/** Wrong words on the command line or in a configuration file: nothing was done. */
export class UsageError extends WardenError {
  constructor(message: string, hint?: string, cause?: unknown) {
    super(message, { exitCode: 2, hint, cause })
  }
}

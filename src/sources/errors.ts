import { UsageError } from '../errors.ts'

type SourceErrorCode =
  | 'missing-path'
  | 'no-match'
  | 'not-a-repository'
  | 'bare-repository'
  | 'unsafe-repository'
  | 'no-git'
  | 'broken-repository'
  | 'bad-revision'

/** What was asked for cannot be scanned at all: said before anything is read, exit code 2. */
export class SourceError extends UsageError {
  readonly code: SourceErrorCode

  constructor(code: SourceErrorCode, message: string, hint?: string, cause?: unknown) {
    super(message, hint, cause)
    this.code = code
  }
}

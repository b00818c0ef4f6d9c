import { WardenError } from '../errors.ts'

export type InventoryErrorCode =
  | 'unknown'
  | 'ambiguous'
  | 'name-taken'
  | 'already-known'
  | 'known-bad'
  | 'transition'

/** The inventory cannot do what it was asked: nothing was changed (2). */
export class InventoryError extends WardenError {
  readonly code: InventoryErrorCode

  constructor(code: InventoryErrorCode, message: string, hint?: string, cause?: unknown) {
    super(message, { exitCode: 2, hint, cause })
    this.code = code
  }
}

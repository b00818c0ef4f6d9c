import { WardenError } from '../errors.ts'

export type ConfigErrorCode = 'unreadable' | 'not-yaml' | 'invalid' | 'not-built'

/** A configuration or inventory file that cannot be used: nothing was done (2). Values are never repeated. */
export class ConfigError extends WardenError {
  readonly code: ConfigErrorCode

  constructor(code: ConfigErrorCode, message: string, hint?: string, cause?: unknown) {
    super(message, { exitCode: 2, hint, cause })
    this.code = code
  }
}

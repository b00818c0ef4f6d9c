import { UsageError } from '../../errors.ts'
import { type Secret, secretOf } from '../../secret/index.ts'
import { randomToken } from '../token.ts'
import type { Ledger } from './books.ts'
import { writeNew } from './state.ts'
import type { SandboxContext } from './types.ts'

/**
 * The first key: made with an empty state and written to the key file, or read from there after a restart.
 * null: the state has keys, but none was written where it can be read again.
 */
export function firstKey(context: SandboxContext, keys: Ledger, keyFile: string | undefined): Secret | null {
  const exists = keyFile !== undefined && context.fs.existsSync(keyFile)
  if (exists) return readAgain(context, keys, keyFile)
  if (keys.books().keys.length > 0) return null
  const token = randomToken(context.random)
  // The file first: a key that is known but written nowhere could not be used after a crash in between.
  if (keyFile !== undefined) writeKey(context, keyFile, token)
  const secret = secretOf(token)
  keys.add({
    fingerprint: secret.fingerprint,
    tokenName: 'First key',
    account: 'default',
    issuedBy: 'console',
    activationMs: 0,
  })
  return secret
}

function readAgain({ fs }: SandboxContext, keys: Ledger, keyFile: string): Secret {
  const secret = secretOf(read(fs, keyFile).trim())
  if (keys.find(secret.fingerprint) !== null) return secret
  throw new UsageError(
    `${keyFile}: exists and holds no key of this sandbox`,
    'remove it or name another file with --key-file; to go on with an earlier sandbox, give its --state as well',
  )
}

function read(fs: SandboxContext['fs'], keyFile: string): string {
  try {
    return fs.readFileSync(keyFile, 'utf8')
  } catch (error) {
    throw new UsageError(`${keyFile}: cannot be read`, 'name another file with --key-file', error)
  }
}

function writeKey({ fs }: SandboxContext, keyFile: string, token: string): void {
  try {
    writeNew(fs, keyFile, `${token}\n`)
  } catch (error) {
    throw new UsageError(
      `${keyFile}: cannot be written`,
      'name a new file in a folder that you may write to',
      error,
    )
  }
}

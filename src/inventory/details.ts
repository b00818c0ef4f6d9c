import { z } from 'zod'
import { inWords } from '../config/check.ts'
import { looksLikeToken } from '../config/tokens.ts'
import { UsageError } from '../errors.ts'
import type { Fingerprint } from '../secret/index.ts'
import type { Database } from '../store/index.ts'
import type { KeyDetails } from './change.ts'
import { InventoryError } from './errors.ts'
import { findByFingerprint } from './find.ts'

/** What is said about a key, alike in a file and on the command line. */
const text = z.string().refine((value) => !looksLikeToken(value), 'must not hold a token')

const name = text
  .trim()
  .min(1, 'must not be empty')
  .max(100, 'must have at most 100 characters')
  .refine((value) => !/\p{Cc}/u.test(value), 'must not hold control characters')

const owner = z.strictObject({
  name: text.min(1, 'must not be empty'),
  email: text.optional(),
  slack: text.optional(),
})

export const detailFields = {
  name,
  account: text.min(1, 'must not be empty').default('default'),
  environment: z.enum(['production', 'staging', 'development', 'ci']).default('production'),
  purpose: text.nullable().default(null),
  owners: z.array(owner).default([]),
  management: z.boolean().default(false),
  rotateEveryDays: z.int().min(1).max(3650).nullable().default(null),
}

const given = z.strictObject({
  ...detailFields,
  locator: z.string().nullable(),
  consumers: z.array(z.never()).nullable(),
})

/** For `inventory add`: errors name the flag. */
export function checkDetails(details: Readonly<Record<string, unknown>>): KeyDetails {
  const result = given.safeParse(details, { error: inWords })
  if (result.success) return result.data as KeyDetails
  const issue = result.error.issues[0]
  const field = String(issue?.path[0] ?? '')
  throw new UsageError(`--${flags[field] ?? field}: ${issue?.message ?? 'not valid'}`)
}

const flags: Readonly<Record<string, string>> = { owners: 'owner', rotateEveryDays: 'rotate-every' }

/** One value is in the inventory once, and a dead one does not come back under another name. */
export async function refuseKnown(db: Database, fingerprint: Fingerprint): Promise<void> {
  const known = await findByFingerprint(db, fingerprint)
  if (known === null) return
  const isBad = known.status === 'compromised' || known.status === 'revoked'
  const message = `this key is in the inventory already: ${known.name}, ${known.status}`
  throw new InventoryError(isBad ? 'known-bad' : 'already-known', message, 'nothing was added')
}

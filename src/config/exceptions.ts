import { z } from 'zod'
import { UsageError } from '../errors.ts'
import { inWords } from './check.ts'

/** One exception of a `.pplx-warden.yaml`, checked alike in the file and on the command line. */
export interface ProjectException {
  readonly fingerprint: string
  readonly path: string | null
  readonly reason: string
  readonly owner: string
  readonly expires: string | null
}

const words = z.string().trim().min(1, 'must not be empty').max(1000, 'must have at most 1000 characters')

/** Upper case, as some tools print it, is the same. */
const fingerprint = z
  .string()
  .regex(/^sha256:[0-9a-f]{8,64}$/i, 'must be sha256: and 8 to 64 hex digits')
  .transform((text) => text.toLowerCase())

const path = z
  .string()
  .min(1, 'must not be empty')
  .max(1000, 'must have at most 1000 characters')
  .refine((glob) => !glob.startsWith('/'), 'must be relative to the folder of this file, without a / first')
  .refine(
    (glob) => !glob.split('/').includes('..'),
    'must not leave the folder of this file: .. never matches',
  )
  .refine((glob) => !glob.startsWith('!'), 'must not begin with !: what is not named would be excepted')

const expires = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/, 'must be a date: YYYY-MM-DD')
  .refine(isDate, 'is no date of the calendar')

function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

const fields = {
  fingerprint,
  path: path.optional().transform(orNull),
  reason: words,
  owner: words,
  expires: expires.optional().transform(orNull),
}

function orNull<T>(value: T | undefined): T | null {
  return value ?? null
}

const exception = z.strictObject(fields)

export const exceptionList = z.array(exception)

/** For `ignore`: errors name the flag. */
export function checkException(given: Readonly<Record<string, unknown>>): ProjectException {
  const result = exception.safeParse(given, { error: inWords })
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = String(issue?.path[0] ?? '')
  throw new UsageError(
    `${field === 'fingerprint' ? field : `--${field}`}: ${issue?.message ?? 'not valid'}`,
    field === 'fingerprint' ? 'a report shows it: --report json' : undefined,
  )
}

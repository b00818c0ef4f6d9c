import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { check } from '../config/check.ts'
import type { YamlFile } from '../config/document.ts'
import { type FilePlace, locatorType } from '../config/locator.ts'
import { programType } from '../config/program.ts'
import { refuseTokensIn } from '../config/tokens.ts'
import type { Context } from '../context.ts'
import type { Fingerprint } from '../secret/index.ts'
import { detailFields } from './details.ts'
import type { ConsumerSpec, Environment, Owner } from './types.ts'

/** One key as an inventory file describes it; paths and programs are absolute. */
export interface FileEntry {
  readonly name: string
  /** Where the token is read once: a locator, `stdin`, or null when the fingerprint is written instead. */
  readonly token: string | null
  readonly fingerprint: Fingerprint | null
  /** For a key given by its fingerprint: where it can be read later. */
  readonly locator: string | null
  readonly account: string
  readonly environment: Environment
  readonly purpose: string | null
  readonly owners: readonly Owner[]
  /** null when nothing is said, which is not the same as none. */
  readonly consumers: readonly ConsumerSpec[] | null
  readonly management: boolean
  readonly rotateEveryDays: number | null
}

/** Checks the whole file; errors point at line and column. */
export function fileEntries(file: YamlFile, context: Pick<Context, 'env' | 'fs'>): readonly FileEntry[] {
  const place = { directory: dirname(resolve(file.path)), env: context.env, fs: context.fs }
  const { keys } = check(fileSchema(place), file)
  refuseTokensIn(file)
  return keys as readonly FileEntry[]
}

function fileSchema(place: FilePlace) {
  const locator = locatorType(place)
  const key = z
    .strictObject({
      ...detailFields,
      token: tokenPlace(locator).nullable().default(null),
      fingerprint: fingerprint.nullable().default(null),
      locator: locator.nullable().default(null),
      consumers: z.array(consumer(place)).optional().transform(orNull),
    })
    .superRefine(({ token, fingerprint, locator }, context) => {
      const complain = (message: string): void => context.addIssue({ code: 'custom', message })
      if (token === null && fingerprint === null) complain('token: or fingerprint: is missing')
      if (token !== null && fingerprint !== null) complain('either token: or fingerprint:, not both')
      if (token !== null && locator !== null)
        complain('token: is the locator; locator: goes with fingerprint:')
    })
  return z.strictObject({ version: z.literal(1).optional(), keys: z.array(key).superRefine(distinct) })
}

function tokenPlace(locator: z.ZodType<string>): z.ZodType<string> {
  const stdin = z.string().transform((given) => given.trim())
  const notAToken = stdin.refine((given) => !given.startsWith('pplx-'), {
    error:
      'a token must not stand in this file: say where it is (env:NAME, file:PATH, exec:[…]) and rotate this one',
    abort: true,
  })
  return notAToken.transform((given, context) => {
    if (given === 'stdin') return given
    const result = locator.safeParse(given)
    if (result.success) return result.data
    context.addIssue({ code: 'custom', message: result.error.issues[0]?.message ?? 'not a locator' })
    return z.NEVER
  })
}

function orNull<T>(value: T | undefined): T | null {
  return value ?? null
}

/** Names, values and standard input can stand in a file once. */
function distinct(
  keys: readonly {
    readonly name: string
    readonly token: string | null
    readonly fingerprint: string | null
  }[],
  context: z.RefinementCtx,
): void {
  const seen = new Set<string>()
  const once = (index: number, field: string, what: string, message: string): void => {
    if (seen.has(what)) context.addIssue({ code: 'custom', message, path: [index, field] })
    seen.add(what)
  }
  for (const [index, key] of keys.entries()) {
    once(index, 'name', `name ${key.name}`, `${key.name} stands twice in this file`)
    if (key.token === 'stdin') once(index, 'token', 'stdin', 'only one key can be read from standard input')
    if (key.fingerprint !== null)
      once(index, 'fingerprint', key.fingerprint, 'the same key stands twice in this file')
  }
}

const fingerprint = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'must be sha256: and 64 lower-case hex digits')

function consumer(place: FilePlace) {
  const program = programType(place)
  const after = { reload: program.optional(), confirm: program.optional() }
  const path = z
    .string()
    .min(1, 'must not be empty')
    .transform((given) => resolve(place.directory, given))
  const variable = z.string().regex(/^[\w.-]+$/, 'must be a variable name')
  const directory = <T extends object>(spec: T): T & { directory: string } => ({
    ...spec,
    directory: place.directory,
  })
  return z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('dotenv'), path, variable, ...after }).transform(directory),
    z.strictObject({ kind: z.literal('file'), path, ...after }).transform(directory),
    z.strictObject({ kind: z.literal('exec'), deliver: program, ...after }).transform(directory),
  ])
}

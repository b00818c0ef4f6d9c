import { z } from 'zod'
import data from '../../rules/policy.yaml'
import type { KeyEntry } from '../inventory/types.ts'
import { RespondError } from './errors.ts'
import type { Exposure } from './types.ts'

const durationText = z.string().regex(/^\d+(ms|s|m|h|d)$/, 'a duration such as 30m, 12h or 0s')

const cell = z.strictObject({
  revoke: z.enum(['now', 'confirmed', 'block']),
  deadline: durationText.optional(),
  atDeadline: z.enum(['revoke', 'ask']).optional(),
  ask: z.boolean(),
})

const wholeCell = cell.refine((one) => (one.deadline === undefined) === (one.atDeadline === undefined), {
  message: 'deadline and atDeadline go together',
})
const row = z.strictObject({
  noConsumer: wholeCell,
  notProduction: wholeCell,
  production: wholeCell,
  management: wholeCell,
})
const perExposure = <T extends z.ZodType>(inner: T) =>
  z.strictObject({ local: inner, internal: inner, shared: inner, public: inner })

const policySchema = z.strictObject({
  version: z.literal(1),
  leakedKeyMayIssue: z.boolean(),
  approvalExpires: durationText,
  drain: perExposure(durationText),
  exposures: perExposure(row),
})

/** What the operator's file may say under `policy:`: any part of rules/policy.yaml. */
export const policyOverrides = z.strictObject({
  leakedKeyMayIssue: z.boolean().optional(),
  approvalExpires: durationText.optional(),
  drain: perExposure(durationText).partial().optional(),
  exposures: perExposure(
    z.strictObject({
      noConsumer: cell.partial().optional(),
      notProduction: cell.partial().optional(),
      production: cell.partial().optional(),
      management: cell.partial().optional(),
    }),
  )
    .partial()
    .optional(),
})

export type Policy = z.infer<typeof policySchema>
export type Cell = z.infer<typeof cell>
export type Column = keyof Policy['exposures']['local']

/** The shipped policy with the operator's overrides laid over it. */
export function loadPolicy(overrides: unknown = {}): Policy {
  const parsed = policyOverrides.safeParse(overrides)
  if (!parsed.success) throw badPolicy(parsed.error)
  const merged = policySchema.safeParse(layered(data, parsed.data))
  if (!merged.success) throw badPolicy(merged.error)
  return merged.data
}

/** A missing list of consumers counts as production: nobody knows who would be cut off. */
export function columnOf(
  key: Pick<KeyEntry, 'management' | 'environment'> | null,
  consumers: { known: boolean; count: number },
): Column {
  if (key?.management === true) return 'management'
  if (consumers.known && consumers.count === 0) return 'noConsumer'
  return key === null || key.environment === 'production' ? 'production' : 'notProduction'
}

export function cellOf(policy: Policy, exposure: Exposure, column: Column): Cell {
  return policy.exposures[exposure][column]
}

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of a policy's duration. */
export function milliseconds(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text)
  return Number(match?.[1] ?? 0) * (units[match?.[2] ?? 's'] ?? 1000)
}

/** From least to most urgent. */
const order: readonly Exposure[] = ['local', 'internal', 'shared', 'public']

export function worse(one: Exposure, other: Exposure): Exposure {
  return order.indexOf(one) >= order.indexOf(other) ? one : other
}

function layered(base: unknown, over: unknown): unknown {
  if (over === undefined) return base
  if (!isObject(base) || !isObject(over)) return over
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(over)])].map((name) => [
      name,
      layered(base[name], over[name]),
    ]),
  )
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function badPolicy(error: z.ZodError): RespondError {
  const [issue] = error.issues
  return new RespondError('policy', `policy: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`, {
    exitCode: 2,
    hint: 'rules/policy.yaml shows every cell and its words',
  })
}

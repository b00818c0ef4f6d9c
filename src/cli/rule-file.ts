import * as z from 'zod'
import data from '../../rules/perplexity.yaml'

const text = z.union([z.string(), z.array(z.string())])
const random = z.strictObject({
  alphabet: z.enum(['mixed', 'lower', 'hex']),
  length: z.int().min(1).max(4096),
  seed: z.int(),
})

const example = { name: z.string().min(1), text, random: random.optional() }
const match = z.strictObject({
  ...example,
  random,
  confidence: z.enum(['exact', 'near']),
  wrap: z.array(z.enum(['base64', 'utf-16le', 'utf-16be'])).default([]),
})

const schema = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[a-z0-9-]+$/),
  description: z.string().min(1),
  samples: z.array(z.string().min(1)),
  names: z.array(z.string().regex(/^[a-z0-9]+$/)),
  words: z.array(z.string().regex(/^[a-z0-9]+$/)),
  matches: z.array(match).min(1),
  ignores: z.array(z.strictObject(example)).min(1),
})

export type RuleFile = z.infer<typeof schema>
export type MatchExample = z.infer<typeof match>
export type IgnoreExample = RuleFile['ignores'][number]

/** Checks the data of a rule; throws a ZodError that names the place of the mistake. */
export function parseRule(data: unknown): RuleFile {
  return schema.parse(data)
}

/** The rules that ship with the package. */
export function shippedRules(): readonly RuleFile[] {
  return [parseRule(data)]
}

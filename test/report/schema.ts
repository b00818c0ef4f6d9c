import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** What is wrong with a document by one of the published schemas; null when nothing is. */
export function mistakesBy(schema: 'scan' | 'respond', document: unknown): string | null {
  const checked = schemaOf(schema).safeParse(document)
  return checked.success ? null : z.prettifyError(checked.error)
}

function schemaOf(schema: 'scan' | 'respond'): z.ZodType {
  const file = new URL(`../../src/report/schemas/${schema}.schema.json`, import.meta.url)
  return z.fromJSONSchema(JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof z.fromJSONSchema>[0])
}

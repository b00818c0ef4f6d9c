import {
  exampleOf,
  exceptionsOf,
  expectedOf,
  findingOf,
  incidentsOf,
  preexistingOf,
  scanOf,
  summaryOf,
  toolOf,
} from './document.ts'
import { escapeJson } from './printable.ts'
import type { Report } from './types.ts'

/** One document, as schemas/scan.schema.json describes it. */
export async function* json(report: Report): AsyncGenerator<string> {
  const { result, redact, explain } = report
  const responses = report.responded === null ? null : await report.responded()
  const exceptions = exceptionsOf(report)
  const document = {
    schemaVersion: 1,
    tool: toolOf(report),
    scan: scanOf(report),
    expected: expectedOf(report),
    findings: result.findings.map((finding) => findingOf(finding, redact, responses?.validity, explain)),
    preexisting: preexistingOf(report),
    ...(report.examples
      ? { examples: result.examples.map((finding) => exampleOf(finding, redact, explain)) }
      : {}),
    ...(responses === null ? {} : { incidents: incidentsOf(responses, redact) }),
    ...(exceptions === null ? {} : { exceptions }),
    summary: summaryOf(report),
  }
  yield `${escapeJson(JSON.stringify(document, null, 2))}\n`
}

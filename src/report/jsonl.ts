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

/** One object a line: findings, then what was not read, then, once all responses are over, the summary. */
export async function* jsonl(report: Report): AsyncGenerator<string> {
  const { result, redact, explain } = report
  for (const finding of result.findings) yield line('finding', findingOf(finding, redact, undefined, explain))
  for (const finding of preexistingOf(report)) yield line('preexisting', finding)
  const examples = report.examples ? result.examples : []
  for (const example of examples) yield line('example', exampleOf(example, redact, explain))
  const { skipped, ...scan } = scanOf(report)
  for (const item of skipped) yield line('skipped', item)
  const exceptions = exceptionsOf(report)
  yield line('summary', {
    schemaVersion: 1,
    tool: toolOf(report),
    scan,
    expected: expectedOf(report),
    ...(report.responded === null ? {} : { incidents: incidentsOf(await report.responded(), redact) }),
    ...(exceptions === null ? {} : { exceptions }),
    summary: summaryOf(report),
  })
}

function line(type: string, value: object): string {
  return `${escapeJson(JSON.stringify({ type, ...value }))}\n`
}

import type { Finding } from '../pipeline/types.ts'
import { printable } from './printable.ts'
import { excludedText, expectedText, skippedText } from './text/coverage.ts'
import { exceptionsText } from './text/exceptions.ts'
import { exampleText, findingText } from './text/finding.ts'
import { preexistingText } from './text/preexisting.ts'
import { summaryText } from './text/summary.ts'
import type { Report } from './types.ts'

/** For people: each key found, whose it is, where it stands, what to do; then what was not read; the result last. */
export async function* text(report: Report): AsyncGenerator<string> {
  const { result } = report
  const counts = result.findings.some(({ suppressed }) => suppressed === null)
  const listed = counts || !report.quiet ? result.findings : []
  for (const finding of listed) yield block(findingText(finding, report))
  if (counts || !report.quiet) yield block(exceptionsText(report))
  if (report.examples) yield block(examples(result.examples, report))
  if (counts || !report.quiet) yield block(preexistingText(report))
  if (counts || !report.quiet) yield block(expectedText(report))
  yield block(skippedText(report))
  if (report.responded !== null) yield block([responseText((await report.responded()).text, report)])
  if (!report.quiet) yield block(excludedText(report))
  if (!report.quiet || counts || !result.complete) yield lines(summaryText(report))
}

function examples(found: readonly Finding[], report: Report): string[] {
  if (found.length === 0) return ['No examples were found.']
  return ['Judged examples, not counted', ...found.flatMap((finding) => exampleText(finding, report))]
}

/** The response's own words, line by line as they are. */
function responseText(words: string, { redact }: Report): string {
  return redact(words).trimEnd().split('\n').map(printable).join('\n')
}

function block(content: readonly string[]): string {
  const filled = content.filter((line) => line !== '')
  return filled.length === 0 ? '' : `${lines(filled)}\n`
}

function lines(content: readonly string[]): string {
  return content.map((line) => `${line}\n`).join('')
}

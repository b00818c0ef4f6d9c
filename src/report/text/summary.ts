import { summaryOf } from '../document.ts'
import { printable } from '../printable.ts'
import type { Report } from '../types.ts'
import { wordsOf, wrap } from '../wrap.ts'
import { plural } from './coverage.ts'

/** The result in one or two sentences: what was found, how much was read, whether that was everything. */
export function summaryText(report: Report): string[] {
  return [
    ...wrap(verdict(report), report.columns),
    ...wrap(extent(report), report.columns),
    ...advice(report),
  ]
}

function verdict(report: Report): string {
  const { result, incompleteAllowed } = report
  const { findings, occurrences, suppressed } = summaryOf(report)
  const excepted = suppressed === 0 ? '' : ` (${suppressed} excepted)`
  const found =
    findings === 0
      ? `Nothing found${excepted}.`
      : `Found ${plural(findings, 'key')} in ${plural(occurrences, 'place')}${excepted}.`
  if (result.complete) return found
  const unread = `INCOMPLETE: ${result.skipped.length} could not be read`
  if (incompleteAllowed) return `${found} ${unread}, allowed by --allow-incomplete.`
  return findings === 0 ? `${found} ${unread}, so this is not a clean result.` : `${found} ${unread}.`
}

function extent({ result, redact }: Report): readonly string[] {
  const named = result.source === 'staged' ? [] : [printable(redact(result.target))]
  const read = `${plural(result.units, 'unit')}, ${sizeText(result.bytes)}, ${(result.durationMs / 1000).toFixed(1)} s`
  const words = ['scan', result.source, ...named]
  const last = words.pop() ?? ''
  return [...words, `${last}:`, ...wordsOf(`${read}${result.complete ? ', complete' : ''}.`)]
}

/** The mistake that nearly everybody makes first. */
function advice(report: Report): string[] {
  if (report.result.source !== 'git' || report.responded !== null || summaryOf(report).findings === 0)
    return []
  return [
    ...wrap('Deleting the commit or force-pushing does not help: the key must be revoked.', report.columns),
    ...wrap(hasUnreachable(report) ? removal : '', report.columns),
  ]
}

const removal =
  'What nothing reaches any more, `git reflog expire --expire=now --all && git gc --prune=now` removes from this clone at once; it empties all reflogs, older stashes with them.'

function hasUnreachable({ result }: Report): boolean {
  const locations = result.findings.flatMap(({ occurrences }) => occurrences.map(({ location }) => location))
  return locations.some(({ commit, stray }) => commit?.unreachable === true || stray?.staged === false)
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

export function sizeText(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit] ?? 'B'}`
}

import type { Skipped } from '../../sources/types.ts'
import { showName } from '../names.ts'
import { printable } from '../printable.ts'
import type { Report } from '../types.ts'
import { labelled, wrap } from '../wrap.ts'

const shownUnits = 5

/** What was wanted and not read, by reason. */
export function skippedText(report: Report): string[] {
  const { result, columns, redact } = report
  if (result.skipped.length === 0) return []
  const lines = [`Not read: ${result.skipped.length}`]
  for (const [reason, items] of byReason(result.skipped)) {
    lines.push(...wrap(printable(redact(reason)), columns - 2).map((line) => `  ${line}`))
    for (const item of items.slice(0, shownUnits)) lines.push(`    ${printable(redact(item.skipped))}`)
    if (items.length > shownUnits) lines.push(`    and ${items.length - shownUnits} more`)
    const hints = new Set(items.map((item) => item.hint).filter((hint) => hint !== undefined))
    for (const hint of hints)
      lines.push(...wrap(`hint: ${printable(redact(hint))}`, columns - 4).map((line) => `    ${line}`))
  }
  return lines
}

function byReason(skipped: readonly Skipped[]): Map<string, Skipped[]> {
  const groups = new Map<string, Skipped[]>()
  for (const item of skipped) groups.set(item.reason, [...(groups.get(item.reason) ?? []), item])
  return groups
}

export function expectedText({ result, redact, columns }: Report): string[] {
  if (result.expected.length === 0) return []
  const places = result.expected.map(({ name, path }) => [
    printable(showName(path, redact).path),
    printable(redact(name)),
  ])
  return [
    'Where they belong (not counted)',
    ...places.flatMap((place) => labelled('', place, columns)).filter((line) => line.trim() !== ''),
  ]
}

const kinds: Readonly<Record<string, (count: number) => string>> = {
  links: (count) => plural(count, 'link'),
  devices: (count) => plural(count, 'device, pipe or socket', 'devices, pipes or sockets'),
  git: (count) =>
    `${plural(count, '.git folder or file', '.git folders or files')} (\`pplx-warden scan git\` reads those)`,
  submodules: (count) =>
    `${plural(count, 'submodule')} (their histories are not in this clone, or in no part of the range)`,
  operator: (count) => `${plural(count, 'path')} by the operator's file`,
}

/** What was left out by rule; such a scan is complete, and says so openly. */
export function excludedText({ result, columns }: Report): string[] {
  const { unsupportedContainers = 0, remembered = 0, ...others } = result.excluded
  const left = Object.entries(others)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => kinds[kind]?.(count) ?? `${count} ${kind}`)
  const lines = left.length === 0 ? [] : wrap(`Left out by rule: ${left.join(', ')}.`, columns)
  if (remembered > 0) {
    const text = `Read before, with nothing in them: ${plural(remembered, 'object')}, which are not read again (--no-cache does).`
    lines.push(...wrap(text, columns))
  }
  if (unsupportedContainers > 0) {
    const what = plural(unsupportedContainers, 'archive', 'archives')
    lines.push(
      ...wrap(
        `Not opened: ${what} of a kind that this version reads as raw bytes only (zip, tar, xz, zstd, bzip2, gzip in base64): a compressed key in there is not found.`,
        columns,
      ),
    )
  }
  return lines
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

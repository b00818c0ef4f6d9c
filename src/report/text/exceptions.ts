import type { ExceptionStatus, ExceptionUse } from '../../exceptions/types.ts'
import { printable } from '../printable.ts'
import type { Report } from '../types.ts'
import { labelled } from '../wrap.ts'
import { plural } from './coverage.ts'

/** Of each kind; a report as JSON lists all. */
const shown = 20
const order: readonly ExceptionStatus[] = ['refused', 'expired', 'unused', 'applied']

/** What was excepted and what no longer has to be: nobody should have to ask whether a file silences too much. */
export function exceptionsText(report: Report): string[] {
  const uses = report.result.exceptions ?? []
  if (uses.length === 0) return []
  return ['Exceptions', ...order.flatMap((status) => withStatus(status, uses, report))]
}

function withStatus(status: ExceptionStatus, uses: readonly ExceptionUse[], report: Report): string[] {
  const some = uses.filter((use) => use.status === status)
  const more = some.length - shown
  return [
    ...some.slice(0, shown).flatMap((use) => labelled(status, line(use, report), report.columns)),
    ...(more > 0 ? labelled('', `and ${more} more; --report json lists all`, report.columns) : []),
  ]
}

function line(use: ExceptionUse, report: Report): string {
  const { fingerprint, path, reason, owner, expires, source } = use
  const digits = fingerprint.slice('sha256:'.length)
  const parts = [
    `[${digits.slice(0, 8)}]${path === null ? '' : ` at ${path}`}: ${effect(use, report)}`,
    owner === null ? source : `${source}, owner ${owner}`,
    expires === null ? '' : `until ${expires}`,
    reason ?? '',
  ]
  return printable(report.redact(parts.filter((part) => part !== '').join('; ')))
}

const unusedIn: Readonly<Record<Report['result']['source'], string>> = {
  dir: 'covers nothing in these files; `pplx-warden scan git` tells whether the history needs it',
  git: 'covers nothing in the history; `pplx-warden scan dir` tells whether other files need it',
  staged: 'covers nothing',
  log: 'covers nothing in these logs',
}

function effect({ status, occurrences, fingerprint }: ExceptionUse, { result }: Report): string {
  switch (status) {
    case 'refused':
      return 'this key may be alive, and nothing silences a living key'
    case 'expired':
      return 'is over and covers nothing'
    case 'unused':
      return unusedIn[result.source]
    case 'applied':
      return `${plural(occurrences, 'place')}${openPlaces(fingerprint, result)}`
  }
}

/** One place that is not covered, and the key counts. */
function openPlaces(fingerprint: string, { findings }: Report['result']): string {
  const open = findings.find((one) => one.suppressed === null && one.fingerprint.startsWith(fingerprint))
  return open === undefined ? '' : ` of ${open.occurrenceCount}, not all are covered: the key counts`
}

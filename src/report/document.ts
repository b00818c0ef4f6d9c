import type { Finding, Location, Occurrence } from '../pipeline/types.ts'
import { showName } from './names.ts'
import type { Report, Responses } from './types.ts'

type Redact = Report['redact']

/** The parts of the scan report (DESIGN, Scan report): plain data, every text of it redacted. */
export function toolOf({ version }: Report) {
  return { name: 'pplx-warden', version }
}

export function scanOf({ result, redact }: Report) {
  return {
    source: result.source,
    target: redact(result.target),
    startedAt: result.startedAt,
    durationMs: result.durationMs,
    complete: result.complete,
    units: result.units,
    bytes: result.bytes,
    skipped: result.skipped.map(({ skipped, reason }) => ({ unit: redact(skipped), reason: redact(reason) })),
    excluded: result.excluded,
  }
}

export function expectedOf({ result, redact }: Report) {
  return result.expected.map(({ fingerprint, name, path }) => ({
    fingerprint,
    name: redact(name),
    ...withoutNoBytes(showName(path, redact)),
  }))
}

/** An expected place has `path` alone unless there is more to say. */
function withoutNoBytes(name: ReturnType<typeof showName>) {
  const { path, pathBase64, ...rest } = name
  return pathBase64 === null ? { path, ...rest } : { path, pathBase64, ...rest }
}

export function findingOf(finding: Finding, redact: Redact, probed?: Responses['validity'], explain = false) {
  const { key, suppressed } = finding
  return {
    fingerprint: finding.fingerprint,
    masked: finding.secret.masked,
    ruleId: finding.ruleId,
    confidence: finding.confidence,
    severity: finding.severity,
    key:
      key === null ? null : redactAll({ ...key, owners: key.owners.map((owner) => ({ ...owner })) }, redact),
    validity: probed?.get(finding.fingerprint) ?? finding.validity,
    suppressed: suppressed === null ? null : redactAll({ ...suppressed }, redact),
    occurrences: finding.occurrences.map((occurrence) => occurrenceOf(occurrence, redact)),
    occurrenceCount: finding.occurrenceCount,
    firstSeen: finding.firstSeen,
    lastSeen: finding.lastSeen,
    ...(explain && finding.why !== undefined ? { why: redact(finding.why) } : {}),
  }
}

/** What stood in the same places before the part of the history that was scanned: not counted. */
export function preexistingOf({ result, redact, explain }: Report) {
  return (result.preexisting ?? []).map((finding) => findingOf(finding, redact, undefined, explain))
}

/** Judged no key: its shape says nothing about it. */
export function exampleOf(example: Finding, redact: Redact, explain = false) {
  return { ...findingOf(example, redact, undefined, explain), confidence: 'example' as const }
}

function occurrenceOf({ surface, encodings, location }: Occurrence, redact: Redact) {
  return { surface, encodings: [...encodings], location: locationOf(location, redact) }
}

function locationOf(location: Location, redact: Redact) {
  const { path, commit, object, ref, url } = location
  const name = path === null ? { path: null, pathBase64: null } : showName(path, redact)
  return {
    ...name,
    line: location.line,
    column: location.column,
    byteOffset: location.byteOffset,
    byteLength: location.byteLength,
    commit: commit === null ? null : redactAll({ ...commit, refs: [...commit.refs] }, redact),
    url: url === null ? null : redact(url),
    object: object === null ? null : { ...object },
    ref: ref === null ? null : redact(ref),
    paths: location.paths.map((other) => redact(other.text)),
    introducedBy: location.introducedBy,
    removedBy: location.removedBy,
    ...(location.stray === undefined ? {} : { stray: { ...location.stray } }),
    via: location.via.map(redact),
    log: location.log,
  }
}

/** null: there is none, and nothing is said. */
export function exceptionsOf({ result, redact }: Report) {
  const uses = result.exceptions ?? []
  if (uses.length === 0) return null
  return uses.map(({ fingerprint, path, reason, owner, expires, source, status, occurrences }) => ({
    fingerprint,
    ...redactAll({ path, reason, owner }, redact),
    expires,
    source: redact(source),
    status,
    occurrences,
  }))
}

/** Suppressed findings are listed and not counted. */
export function summaryOf({ result }: Report) {
  const counted = result.findings.filter((finding) => finding.suppressed === null)
  return {
    findings: counted.length,
    occurrences: counted.reduce((sum, finding) => sum + finding.occurrenceCount, 0),
    suppressed: result.findings.length - counted.length,
  }
}

export function incidentsOf({ incidents }: Responses, redact: Redact): unknown[] {
  return incidents.map((incident) => redactAll(incident, redact))
}

/** The same data with every text in it redacted; the names of fields are ours. */
function redactAll<T>(value: T, redact: Redact): T {
  if (typeof value === 'string') return redact(value) as T
  if (Array.isArray(value)) return value.map((item: unknown) => redactAll(item, redact)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, redactAll<unknown>(item, redact)]),
  ) as T
}

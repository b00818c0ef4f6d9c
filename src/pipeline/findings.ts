import { ruleId } from '../detect/index.ts'
import { objectKey, type Provenance, type UnitName } from '../sources/types.ts'
import type { Found, Group } from './collect.ts'
import type { Coverage } from './coverage.ts'
import { pathsOf, viaOf } from './paths.ts'
import type { Finding, FoundKey, KeyLookup, Location, Occurrence, Severity } from './types.ts'

const worstFirst: readonly Severity[] = ['critical', 'high', 'medium', 'low']

/** Groups as the report has them: worst first, then by fingerprint; the same order for the same content. */
export function findingsOf(
  groups: Iterable<Group>,
  provenance: Provenance | null,
  keys: KeyLookup,
  coverage: Coverage | null,
): Finding[] {
  const findings = [...groups].map((group) => findingOf(group, provenance, keys, coverage))
  return findings.sort(
    (a, b) =>
      worstFirst.indexOf(a.severity) - worstFirst.indexOf(b.severity) ||
      (a.fingerprint < b.fingerprint ? -1 : 1),
  )
}

function findingOf(
  group: Group,
  provenance: Provenance | null,
  keys: KeyLookup,
  coverage: Coverage | null,
): Finding {
  const { secret } = group
  const key = foundKey(keys, secret.fingerprint)
  const occurrences = group.listed.map((found) => occurrenceOf(found, provenance)).sort(byPlace)
  const dates = occurrences
    .map(({ location }) => location.commit?.date ?? '')
    .filter((date) => date !== '')
    .sort()
  const confidence =
    group.confidence === 'example' || group.confidence === 'known' ? 'exact' : group.confidence
  return {
    secret,
    fingerprint: secret.fingerprint,
    ruleId,
    confidence: key === null ? confidence : 'known',
    severity: severityOf(group, key),
    key,
    validity: 'unchecked',
    suppressed: coverage?.suppression(secret.fingerprint, key?.status ?? null) ?? null,
    occurrences,
    occurrenceCount: group.count,
    firstSeen: dates[0] ?? null,
    lastSeen: dates.at(-1) ?? null,
    why: group.why,
  }
}

function foundKey(keys: KeyLookup, fingerprint: Finding['fingerprint']): FoundKey | null {
  const entry = keys.byFingerprint(fingerprint)
  if (entry === null) return null
  const { id, name, status, environment, owners } = entry
  return { id, name, status, environment, owners }
}

/** The worst occurrence decides; a key that is revoked harms nobody any more. */
function severityOf(group: Group, key: FoundKey | null): Severity {
  if (key?.status === 'revoked') return 'low'
  return worstFirst.find((severity) => group.severities.has(severity)) ?? 'high'
}

function occurrenceOf(
  { origin, path, encodings, hit, exposure, newAt = [] }: Found,
  provenance: Provenance | null,
): Occurrence {
  const object = origin.kind === 'object' || origin.kind === 'staged' ? origin : null
  const facts = object === null ? undefined : provenance?.objects.get(objectKey(object))
  const type = origin.kind === 'object' ? origin.type : 'blob'
  const paths = pathsOf(type, path, newFirst(facts?.paths ?? [], newAt))
  const location: Location = {
    path: origin.kind === 'object' ? (paths[0] ?? path) : path,
    line: hit.line,
    column: hit.column,
    byteOffset: hit.byteOffset,
    byteLength: hit.byteLength,
    commit: facts?.commit ?? null,
    url: null,
    object: object === null ? null : { id: object.id, type },
    ref: origin.kind === 'ref' ? origin.ref : (facts?.ref ?? null),
    paths,
    introducedBy: facts?.introducedBy ?? null,
    removedBy: facts?.removedBy ?? null,
    ...(facts?.stray === undefined ? {} : { stray: facts.stray }),
    via: viaOf(origin),
    log: null,
  }
  return { surface: exposure.surface, encodings, location }
}

function newFirst(paths: readonly UnitName[], newAt: readonly UnitName[]): readonly UnitName[] {
  const isNew = ({ text }: UnitName) => newAt.some((path) => path.text === text)
  return newAt.length === 0 ? paths : [...paths.filter(isNew), ...paths.filter((path) => !isNew(path))]
}

function byPlace(a: Occurrence, b: Occurrence): number {
  const [one, two] = [sortKey(a), sortKey(b)]
  if (one !== two) return one < two ? -1 : 1
  return a.location.byteOffset - b.location.byteOffset
}

function sortKey({ location }: Occurrence): string {
  const { commit, path, object, ref } = location
  return [commit?.date ?? '~', path?.text ?? '', object?.id ?? '', ref ?? '', location.via.join(' ')].join(
    '\0',
  )
}

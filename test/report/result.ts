import type { Report } from '../../src/report/types.ts'
import type { Finding, Location, ScanResult } from '../../src/pipeline/types.ts'
import { redactText } from '../../src/detect/index.ts'
import { secretOf } from '../../src/secret/index.ts'
import type { UnitName } from '../../src/sources/types.ts'

export const name = (text: string, raw: Uint8Array | null = null): UnitName => ({ text, raw })

export function location(changes: Partial<Location> = {}): Location {
  return {
    path: name('src/app.py'),
    line: 3,
    column: 11,
    byteOffset: 140,
    byteLength: 53,
    commit: null,
    url: null,
    object: null,
    ref: null,
    paths: [],
    introducedBy: null,
    removedBy: null,
    via: [],
    log: null,
    ...changes,
  }
}

export function finding(
  token: string,
  changes: Partial<Finding> = {},
  ...places: Partial<Location>[]
): Finding {
  const secret = secretOf(token)
  const locations = places.length === 0 ? [location()] : places.map(location)
  return {
    secret,
    fingerprint: secret.fingerprint,
    ruleId: 'perplexity-api-key',
    confidence: 'exact',
    severity: 'high',
    key: null,
    validity: 'unchecked',
    suppressed: null,
    occurrences: locations.map((each) => ({ surface: 'source-code', encodings: [], location: each })),
    occurrenceCount: locations.length,
    firstSeen: null,
    lastSeen: null,
    ...changes,
  }
}

export function result(changes: Partial<ScanResult> = {}): ScanResult {
  return {
    source: 'dir',
    target: '.',
    startedAt: '2026-11-23T08:00:00.000Z',
    durationMs: 12,
    complete: (changes.skipped ?? []).length === 0,
    units: 120,
    bytes: 123456,
    skipped: [],
    excluded: {},
    expected: [],
    findings: [],
    examples: [],
    ...changes,
  }
}

export function report(changes: Partial<ScanResult> = {}, options: Partial<Report> = {}): Report {
  return {
    result: result(changes),
    version: '1.2.3',
    redact: (text) => redactText(text),
    responded: null,
    examples: false,
    explain: false,
    incompleteAllowed: false,
    quiet: false,
    columns: 80,
    commandFlags: '',
    ...options,
  }
}

export async function written(pieces: AsyncIterable<string>): Promise<string> {
  let all = ''
  for await (const piece of pieces) all += piece
  return all
}

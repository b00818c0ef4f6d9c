import type { ScanResult } from '../../pipeline/types.ts'
import type { Source } from '../../sources/types.ts'

/** A scan that was interrupted or broke down still has a report: it says that nothing is known. */
export function unfinishedResult(source: Source, startedAt: number, now: number, reason: string): ScanResult {
  return {
    source: source.kind,
    target: source.target,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: Math.max(0, Math.round(now - startedAt)),
    complete: false,
    units: 0,
    bytes: 0,
    skipped: [{ skipped: source.target, reason }],
    excluded: source.excluded,
    expected: [],
    findings: [],
    examples: [],
  }
}

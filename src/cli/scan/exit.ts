import type { Finding, ScanResult } from '../../pipeline/types.ts'
import type { ScanSettings } from './settings.ts'

/** Findings before incompleteness, and "could not finish" is never 0 unless a person allowed it. */
export function exitCodeOf(result: ScanResult, settings: ScanSettings): 0 | 1 | 3 {
  if (result.findings.some(isCounted) && !settings.exitZero) return 1
  return result.complete || isAllowed(result, settings) ? 0 : 3
}

/** No exception covers it. */
export function isCounted({ suppressed }: Finding): boolean {
  return suppressed === null
}

/** Everything that was not read was allowed not to be. */
export function isAllowed(result: ScanResult, { allowIncomplete }: ScanSettings): boolean {
  if (result.complete || allowIncomplete === null) return false
  if (allowIncomplete.length === 0) return true
  return result.skipped.every(({ reason }) =>
    allowIncomplete.some((part) => reason.toLowerCase().includes(part)),
  )
}

import type { ScanResult } from '../../pipeline/types.ts'
import type { ScanSettings } from './settings.ts'

/** Findings before incompleteness, and "could not finish" is never 0 unless a person allowed it. */
export function exitCodeOf(result: ScanResult, settings: ScanSettings): 0 | 1 | 3 {
  const counted = result.findings.some((finding) => finding.suppressed === null)
  if (counted && !settings.exitZero) return 1
  return result.complete || isAllowed(result, settings) ? 0 : 3
}

/** Everything that was not read was allowed not to be. */
export function isAllowed(result: ScanResult, { allowIncomplete }: ScanSettings): boolean {
  if (result.complete || allowIncomplete === null) return false
  if (allowIncomplete.length === 0) return true
  return result.skipped.every(({ reason }) =>
    allowIncomplete.some((part) => reason.toLowerCase().includes(part)),
  )
}

import type { Fingerprint, Secret } from '../secret/index.ts'
import { OwnerNotKept } from './replace-file.ts'
import type { Evidence } from './types.ts'

/** What a value that stands at a target is, seen by fingerprint. */
export function judgeStored(
  stored: Secret | null,
  old: Fingerprint,
  wanted: Fingerprint | null,
): 'old' | 'wanted' | 'other' | 'none' {
  if (stored === null) return 'none'
  if (stored.fingerprint === wanted) return 'wanted'
  return stored.fingerprint === old ? 'old' : 'other'
}

export function failure(error: unknown): Evidence {
  const code = (error as NodeJS.ErrnoException).code
  if (error instanceof OwnerNotKept) return { result: 'manual', level: 'none', text: error.message }
  const text = error instanceof Error ? error.message : String(error)
  return { result: 'failed', level: 'none', text: code === undefined ? text : `${code}: ${text}` }
}

export const changedBySomebody: Evidence = {
  result: 'manual',
  level: 'read back',
  text: 'holds neither the leaked key nor its replacement: somebody changed it, nothing was written',
}

import type { KnownKeys } from '../detect/types.ts'
import type { Fingerprint } from '../secret/index.ts'
import type { KeyEntry } from './types.ts'

/** What the scanner asks: every key whose value was ever known, whatever became of it. */
export function knownKeys(entries: readonly KeyEntry[]): KnownKeys {
  const fingerprints = new Set<Fingerprint>()
  const shapes = new Map<string, KnownKeys['shapes'][number]>()
  for (const { fingerprint, bodyLength, alphanumeric } of entries) {
    if (fingerprint === null) continue
    fingerprints.add(fingerprint)
    if (bodyLength === null || alphanumeric === null) continue
    shapes.set(`${bodyLength} ${alphanumeric}`, { bodyLength, alphanumeric })
  }
  return {
    size: fingerprints.size,
    has: (fingerprint) => fingerprints.has(fingerprint),
    shapes: [...shapes.values()],
  }
}

/** The entries of a scan with a way to find one. */
export function keyLookup(entries: readonly KeyEntry[]): {
  readonly entries: readonly KeyEntry[]
  byFingerprint(fingerprint: Fingerprint): KeyEntry | null
} {
  const byFingerprint = new Map(entries.map((entry) => [entry.fingerprint, entry]))
  return { entries, byFingerprint: (fingerprint) => byFingerprint.get(fingerprint) ?? null }
}

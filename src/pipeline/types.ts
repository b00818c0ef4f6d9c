import type { Confidence, Encoding } from '../detect/types.ts'
import type { ExceptionUse, Suppression } from '../exceptions/types.ts'
import type { KeyEntry, KeyStatus, Owner } from '../inventory/types.ts'
import type { Fingerprint, Secret } from '../secret/index.ts'
import type { CommitFacts, Excluded, Skipped, Stray, UnitName } from '../sources/types.ts'

export type Surface =
  | 'source-code'
  | 'git-history'
  | 'client-side-code'
  | 'mobile-app'
  | 'public-repository'
  | 'log'
  | 'error-message'
  | 'url'
  | 'ci-log'
  | 'env-file'
  | 'notebook'
  | 'container-image'
  | 'issue-or-chat'

export type Severity = 'critical' | 'high' | 'medium' | 'low'
export type Validity = 'unchecked' | 'live' | 'dead' | 'unknown'

export interface Location {
  readonly path: UnitName | null
  readonly line: number | null
  readonly column: number | null
  readonly byteOffset: number
  readonly byteLength: number
  readonly commit: CommitFacts | null
  readonly url: string | null
  readonly object: { readonly id: string; readonly type: string } | null
  readonly ref: string | null
  readonly paths: readonly UnitName[]
  readonly introducedBy: string | null
  readonly removedBy: string | null
  /** Only of an object that neither a commit nor a ref holds. */
  readonly stray?: Stray
  readonly via: readonly string[]
  readonly log: null
}

export interface Occurrence {
  readonly surface: Surface
  readonly encodings: readonly Encoding[]
  readonly location: Location
}

/** What a scan asks of the inventory. */
export interface KeyLookup {
  readonly entries: readonly KeyEntry[]
  byFingerprint(fingerprint: Fingerprint): KeyEntry | null
}

/** The entry of the inventory that a finding belongs to, as far as a report shows it. */
export interface FoundKey {
  readonly id: string
  readonly name: string
  readonly status: KeyStatus
  readonly environment: string
  readonly owners: readonly Owner[]
}

/** One distinct token found by a scan. Holds a Secret, never a string, and loses it when it is written. */
export interface Finding {
  readonly secret: Secret
  readonly fingerprint: Fingerprint
  readonly ruleId: string
  readonly confidence: Exclude<Confidence, 'example'>
  readonly severity: Severity
  readonly key: FoundKey | null
  readonly validity: Validity
  readonly suppressed: Suppression | null
  /** At most 100, the first and the last always among them. */
  readonly occurrences: readonly Occurrence[]
  readonly occurrenceCount: number
  readonly firstSeen: string | null
  readonly lastSeen: string | null
  /** Why its text was or was not taken for a key, in words that hold nothing of it. */
  readonly why?: string
}

/** An active key at its own consumer's target or locator, in a file that git does not track. */
export interface ExpectedPlace {
  readonly fingerprint: Fingerprint
  readonly name: string
  readonly path: UnitName
}

/** So far. */
export interface Progress {
  readonly units: number
  readonly bytes: number
  readonly findings: number
  readonly skipped: number
}

export interface ScanResult {
  readonly source: 'dir' | 'staged' | 'git' | 'log'
  readonly target: string
  readonly startedAt: string
  readonly durationMs: number
  readonly complete: boolean
  readonly units: number
  readonly bytes: number
  readonly skipped: readonly Skipped[]
  readonly excluded: Excluded
  readonly expected: readonly ExpectedPlace[]
  readonly findings: readonly Finding[]
  /** Of a part of a history: what stood in the same places before it, not counted. Absent where all was meant. */
  readonly preexisting?: readonly Finding[]
  /** Present only when asked for (`--show-examples`). */
  readonly examples: readonly Finding[]
  /** What became of the exceptions; absent where there is none. */
  readonly exceptions?: readonly ExceptionUse[]
}

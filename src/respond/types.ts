import type { ConsumerSpec } from '../inventory/types.ts'
import type { Fingerprint } from '../secret/index.ts'

export type StepName =
  | 'open'
  | 'triage'
  | 'preflight'
  | 'approve'
  | 'issue'
  | 'verify'
  | 'deliver'
  | 'notify'
  | 'confirm'
  | 'drain'
  | 'revoke'
  | 'prove'
  | 'review'
  | 'harden'
  | 'close'

/** A `once` step records its intent before its first byte leaves and is reconciled, never just run again. */
export type StepKind = 'idempotent' | 'once' | 'poll' | 'gate' | 'person'

export type StepStatus = 'pending' | 'running' | 'done' | 'skipped' | 'waiting' | 'person' | 'failed'

export type Exposure = 'local' | 'internal' | 'shared' | 'public'

export type IncidentStatus = 'open' | 'contained' | 'closed' | 'needs-human'

export type ConsumerStatus = 'pending' | 'written' | 'reloaded' | 'confirmed' | 'waived' | 'manual' | 'failed'

/** How sure the evidence is: seen in the target itself, said by a program, seen from outside, or nothing. */
export type EvidenceLevel = 'read back' | 'reported' | 'observed' | 'none'

export type ObligationKind = 'leaked-key-alive' | 'possible-orphan' | 'consumer-unconfirmed' | 'locator-stale'

export interface Obligation {
  readonly kind: ObligationKind
  /** What it is about, unique within its kind: a fingerprint, a token_name, a consumer's target. */
  readonly subject: string
  readonly detail: string
}

export interface FollowUp {
  readonly kind: string
  readonly detail: string
}

export interface StepRecord {
  readonly name: StepName
  readonly status: StepStatus
  readonly evidence: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  /** When it is worth trying again by itself, ISO time; null when only a person can move it. */
  readonly retryAt: string | null
}

export interface ConsumerState {
  readonly spec: ConsumerSpec
  readonly target: string
  readonly status: ConsumerStatus
  readonly evidence: string
  readonly level: EvidenceLevel
}

/** One try to issue a replacement. `outcome` is null while nothing is known: intent recorded, process gone. */
export interface IssueAttempt {
  /** `r1a2`: replacement 1, attempt 2. */
  readonly attempt: string
  readonly tokenName: string
  readonly authoriser: string
  readonly outcome: null | 'done' | 'not-done' | 'ambiguous'
  readonly fingerprint: Fingerprint | null
}

export interface RevokeAttempt {
  readonly authoriser: string
  readonly outcome: null | 'done' | 'not-done' | 'ambiguous'
}

export interface Approval {
  readonly planHash: string
  readonly by: string
  readonly expiresAt: string
}

/** What the journal says, folded. Nothing else remembers. */
export interface IncidentState {
  readonly id: string
  readonly playbook: string
  readonly fingerprint: Fingerprint
  readonly masked: string
  readonly keyId: string | null
  readonly keyName: string
  readonly account: string
  readonly exposure: Exposure
  readonly exposureReason: string
  readonly exposedSince: string | null
  readonly openedAt: string
  readonly deadline: string | null
  readonly steps: ReadonlyMap<StepName, StepRecord>
  readonly consumers: readonly ConsumerState[]
  /** null until triage knows; false: nobody said who uses the key. */
  readonly consumersKnown: boolean | null
  readonly attempts: readonly IssueAttempt[]
  readonly revocations: readonly RevokeAttempt[]
  readonly replacement: {
    readonly fingerprint: Fingerprint
    readonly name: string
    readonly attempt: string
  } | null
  readonly approvals: readonly Approval[]
  readonly obligations: readonly Obligation[]
  readonly followUps: readonly FollowUp[]
  readonly occurrences: readonly OccurrenceNote[]
  /** Temporary files beside consumers' targets that were announced: what is left of them is removed on resume. */
  readonly siblings: readonly string[]
  readonly confirmedAt: string | null
  readonly revokedAt: string | null
  readonly provenAt: string | null
  readonly closedAt: string | null
}

/** An occurrence as the journal keeps it: words in which no token can be. */
export interface OccurrenceNote {
  readonly surface: string
  readonly where: string
}

/** The journal's vocabulary. Data is plain JSON and never holds a token. */
export type JournalEvent =
  | {
      readonly kind: 'opened'
      readonly data: {
        playbook: string
        fingerprint: Fingerprint
        masked: string
        keyId: string | null
        keyName: string
        account: string
        exposure: Exposure
        exposureReason: string
        exposedSince: string | null
      }
    }
  | { readonly kind: 'occurrences'; readonly data: { list: OccurrenceNote[] } }
  | { readonly kind: 'exposure'; readonly data: { exposure: Exposure; reason: string } }
  | { readonly kind: 'deadline'; readonly data: { at: string } }
  | {
      readonly kind: 'step'
      readonly data: { step: StepName; status: StepStatus; evidence: string; retryAt: string | null }
    }
  | {
      readonly kind: 'consumers'
      readonly data: { known: boolean; list: { spec: ConsumerSpec; target: string }[] }
    }
  | {
      readonly kind: 'consumer'
      readonly data: { target: string; status: ConsumerStatus; evidence: string; level: EvidenceLevel }
    }
  | { readonly kind: 'sibling'; readonly data: { target: string; path: string } }
  | {
      readonly kind: 'issue-intent'
      readonly data: { attempt: string; tokenName: string; authoriser: string }
    }
  | {
      readonly kind: 'issue-outcome'
      readonly data: {
        attempt: string
        outcome: 'done' | 'not-done' | 'ambiguous'
        fingerprint: Fingerprint | null
        evidence: string
      }
    }
  | {
      readonly kind: 'replacement'
      readonly data: { fingerprint: Fingerprint; name: string; attempt: string }
    }
  | { readonly kind: 'revoke-intent'; readonly data: { authoriser: string } }
  | {
      readonly kind: 'revoke-outcome'
      readonly data: { outcome: 'done' | 'not-done' | 'ambiguous'; evidence: string }
    }
  | { readonly kind: 'approval'; readonly data: Approval }
  | { readonly kind: 'obligation'; readonly data: Obligation }
  | { readonly kind: 'obligation-met'; readonly data: { kind: ObligationKind; subject: string; by: string } }
  | { readonly kind: 'follow-up'; readonly data: FollowUp }
  | { readonly kind: 'escrow-destroyed'; readonly data: { attempt: string } }
  | { readonly kind: 'note'; readonly data: { text: string } }

/** What a step's run came to. */
export interface Outcome {
  readonly status: Exclude<StepStatus, 'pending' | 'running'>
  readonly evidence: string
  /** For `waiting`: when to try again, milliseconds since 1970. */
  readonly retryAt?: number
}

/** Who is asked, what is changed: shown before anything irreversible and bound by its hash. */
export interface Plan {
  readonly hash: string
  readonly key: string
  readonly owner: string
  readonly exposure: Exposure
  readonly exposureReason: string
  readonly alive: string
  readonly lines: readonly string[]
  readonly ask: boolean
  /** Why nothing can start, and what to do about it. */
  readonly blocked: { readonly reason: string; readonly hint: string } | null
}

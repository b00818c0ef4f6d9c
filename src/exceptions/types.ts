/** Who accepts which token, where, why and until when. Never by line number: another token on the line is found. */
export interface Exception {
  /** `sha256:` + 8 to 64 lower-case hex digits: a fingerprint, or how it begins. */
  readonly fingerprint: string
  /** A micromatch glob, relative to the folder of the file it stands in; null: everywhere. */
  readonly path: string | null
  readonly reason: string
  readonly owner: string
  /** `YYYY-MM-DD`, valid through that day (UTC); null: for good. */
  readonly expires: string | null
}

/** The exceptions of one `.pplx-warden.yaml`. */
export interface ExceptionFile {
  /** As a report names it: `.pplx-warden.yaml`, `HEAD:.pplx-warden.yaml`. */
  readonly source: string
  /** Absolute: they are about files below it. null: about everything, whose paths are relative to its top. */
  readonly folder: string | null
  /** Everything that they are about is scanned: one that covers nothing is of no use. */
  readonly whole: boolean
  readonly exceptions: readonly Exception[]
}

/** What an earlier scan found: the same token in the same place is not news. */
export interface Baseline {
  readonly source: string
  readonly target: string
  /** ISO 8601: when that scan began. */
  readonly startedAt: string
  /** Places by fingerprint, in the words of `baseline.ts`. */
  readonly places: ReadonlyMap<string, ReadonlySet<string>>
}

/** All that a scan obeys; comments beside a token need no word here. */
export interface Exceptions {
  readonly files: readonly ExceptionFile[]
  readonly baseline: Baseline | null
}

export type ExceptionStatus = 'applied' | 'unused' | 'expired' | 'refused'

/** What became of an exception in a scan; a comment and a baseline give no reason, owner and date. */
export interface ExceptionUse extends Pick<Exception, 'fingerprint' | 'path' | 'expires'> {
  readonly reason: string | null
  readonly owner: string | null
  readonly source: string
  readonly status: ExceptionStatus
  /** How many it covers. */
  readonly occurrences: number
}

/** Why a finding does not count. */
export interface Suppression {
  readonly by: string
  readonly reason: string
  readonly expires: string | null
}

/** Bytes around a token: `lineReach` before and after it, fewer only where the unit begins or ends. */
export interface Surroundings {
  readonly bytes: Uint8Array
  /** Of the token (or what it is wrapped in) within them. */
  readonly start: number
  readonly end: number
}

/** A line that is longer before or after its token hides a comment there: it is not honoured. */
export const lineReach = 4096

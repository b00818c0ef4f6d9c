/**
 * The library: find tokens in bytes, scan what holds bytes, talk to the two key endpoints. Nothing here writes to the
 * console or ends the process; the outside world comes in through the arguments.
 *
 * ```ts
 * const detector = createDetector()
 * for (const hit of detector.scan(bytes)) console.log(hit.line, hit.column, hit.secret.masked)
 *
 * const context = { fs, spawn, env: process.env, cwd: process.cwd(), clock: nodeClock, stdin: process.stdin }
 * const source = await dirSource(context, { operands: ['src'] })
 * const result = await runScan({ source, detector, keys: noKeys, context, signal })
 * ```
 */
import type { KeyLookup } from './pipeline/types.ts'

/** Bytes in, hits out; pure. */
export { createDetector, holdsToken, redactText } from './detect/index.ts'
export type {
  Confidence,
  Detector,
  DetectorOptions,
  Encoding,
  Hit,
  KnownKeys,
  Scanner,
} from './detect/types.ts'

/** A token that shows only its mask. */
export { type Fingerprint, type Secret, secretOf } from './secret/index.ts'

/** Where units come from. */
export { dirSource, logSource } from './sources/files/source.ts'
export { gitSource } from './sources/git/source.ts'
export { rangeSource } from './sources/git/range/source.ts'
export type { Selection } from './sources/git/range/selection.ts'
export { stagedSource } from './sources/staged/source.ts'
export type { Origin, Skipped, Source, Unit, UnitName } from './sources/types.ts'

/** Units in, findings out, with everything that was not read. */
export { runScan, type ScanOptions } from './pipeline/scan.ts'
export type { Exception, ExceptionFile, Exceptions, ExceptionUse } from './exceptions/types.ts'
export type { Finding, KeyLookup, Location, Occurrence, ScanResult } from './pipeline/types.ts'

/** A result in words, or as data (`schemas/scan.schema.json`). */
export { type Format, reporters } from './report/registry.ts'
export type { Report, Reporter, Responses } from './report/types.ts'

/** Issue, revoke, and whether a key is alive. */
export { createClient } from './perplexity/index.ts'
export type {
  ApiSettings,
  IssueResult,
  Liveness,
  PerplexityClient,
  ProbeResult,
  RevokeResult,
} from './perplexity/types.ts'

export { nodeClock } from './cli/context.ts'
export type { Clock, Context } from './context.ts'
/** Everything foreseen that goes wrong: `exitCode`, and a `hint` for the person. */
export { UsageError, WardenError } from './errors.ts'
export { version } from './version.ts'

/** An inventory without a key in it. */
export const noKeys: KeyLookup = { entries: [], byFingerprint: () => null }

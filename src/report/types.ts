import type { ScanResult, Validity } from '../pipeline/types.ts'

/** What there is to tell after a scan. Every text of it passes `redact` before it is shown. */
export interface Report {
  readonly result: ScanResult
  readonly version: string
  /** Replaces every token, also the odd shapes that only the inventory knows. */
  readonly redact: (text: string) => string
  /**
   * The responses to the findings, with --respond or --open-incidents; null without. They take their time: a reporter
   * asks for them when it has told everything else that it can.
   */
  readonly responded: (() => Promise<Responses>) | null
  /** Show what was judged an example. */
  readonly examples: boolean
  /** Say why each text was or was not taken for a key. */
  readonly explain: boolean
  /** `--allow-incomplete` covers everything that was not read. */
  readonly incompleteAllowed: boolean
  /** Say nothing when there is nothing to say. */
  readonly quiet: boolean
  /** Width for people, in characters. */
  readonly columns: number
  /** Goes behind the commands that are recommended, with a space before it: ` --db PATH`; or nothing. */
  readonly commandFlags: string
}

export interface Responses {
  /** The `incident` object of each response result. */
  readonly incidents: readonly unknown[]
  /** The same for people. */
  readonly text: string
  /** What probing said, by fingerprint; a key that is not ours is not probed. */
  readonly validity: ReadonlyMap<string, Validity>
}

/** A result for one kind of reader; pure. Each piece is complete in itself and may be flushed. */
export type Reporter = (report: Report) => AsyncIterable<string>

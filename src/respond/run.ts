import type { Context } from '../context.ts'
import type { ConsumerSpec, KeyEntry } from '../inventory/types.ts'
import type { ChannelSpec } from '../notify/types.ts'
import type { PerplexityClient } from '../perplexity/types.ts'
import type { Fingerprint, Secret } from '../secret/index.ts'
import type { Database, Store } from '../store/index.ts'
import type { Escrow } from './escrow.ts'
import type { At } from './points.ts'
import type { Policy } from './policy.ts'
import type { Recorder } from './recorder.ts'
import type { IncidentState, Outcome, Plan, StepKind, StepName } from './types.ts'

/** One row of the playbook. The engine is the only caller. */
export interface Step {
  readonly id: StepName
  readonly kind: StepKind
  run(run: Run): Promise<Outcome>
  /** For `once` steps: looks what became of an intent without an outcome. null: nothing was begun, run it. */
  reconcile?(run: Run): Promise<Outcome | null>
}

/** What a response stands on: made once at the command line. */
export interface Services {
  readonly context: Context
  readonly store: Store
  readonly client: PerplexityClient
  readonly escrow: Escrow
  readonly policy: Policy
  readonly keys: KeyRing
  readonly channels: readonly ChannelSpec[]
  /** The management key, when one is configured; checked for its account by `authorisers`. */
  readonly management: () => Promise<Secret | null>
  readonly at: At
}

/** What the responder asks of the inventory and changes in it. */
export interface KeyRing {
  byId(id: string): Promise<KeyEntry | null>
  byFingerprint(fingerprint: Fingerprint): Promise<KeyEntry | null>
  all(): Promise<readonly KeyEntry[]>
  markCompromised(tx: Database, id: string, incident: string): Promise<void>
  /** The replacement's entry: same name, `staged`. */
  stage(tx: Database, old: KeyEntry, replacement: Secret, incident: string): Promise<KeyEntry>
  promote(tx: Database, fingerprint: Fingerprint, incident: string): Promise<void>
  markRevoked(tx: Database, fingerprint: Fingerprint, incident: string): Promise<void>
  setLocator(
    tx: Database,
    fingerprint: Fingerprint,
    locator: { value: string | null; stale: boolean },
    incident: string,
  ): Promise<void>
  addOrphan(tx: Database, old: KeyEntry | null, tokenName: string, incident: string): Promise<void>
  adopt(tx: Database, secret: Secret, name: string): Promise<KeyEntry>
  /** Reads a key's plaintext through its locator or a readable consumer and checks the fingerprint; null when it is not there. */
  read(entry: KeyEntry): Promise<Secret | null>
  readLocator(locator: string): Promise<Secret>
}

export interface ResponseOptions {
  /** The person running it approves this plan. */
  readonly yes: boolean
  /** Who that is, for the journal. */
  readonly by: string
  /** Shows the plan and asks; absent without a terminal. */
  readonly ask?: (plan: Plan) => Promise<boolean>
  readonly revokeNow: boolean
  readonly drainMs: number | null
  readonly proveForMs: number
  /** null: for public and shared until revoked, else 10 minutes; 0: one pass. */
  readonly waitMs: number | null
  readonly paidProbe: boolean
  readonly waivers: ReadonlyMap<string, string>
  readonly addConsumers: readonly ConsumerSpec[]
  /** Made in the console and handed in with --replacement-stdin. */
  readonly replacement: Secret | null
  /** Progress for people, one line a step. */
  readonly onStep?: (state: IncidentState, step: StepName) => void
}

/** One process working on one incident under its lease. */
export interface Run {
  readonly services: Services
  readonly options: ResponseOptions
  readonly recorder: Recorder
  /** The leaked token, once it is at hand in this process. */
  leaked: Secret | null
  replacement: Secret | null
  /** When this process began to stay, monotonic milliseconds. */
  readonly startedAt: number
}

import type { Context } from '../context.ts'
import type { ConsumerSpec } from '../inventory/types.ts'
import type { Fingerprint, Secret } from '../secret/index.ts'

/** `read back`: seen in the target; `reported`: a program said so; `observed`: seen from outside. */
export type EvidenceLevel = 'read back' | 'reported' | 'observed' | 'none'

/** What a consumer saw. It never decides, it only reports. */
export interface Evidence {
  /** `ok`, `failed` (try again), or `manual`: a person has to look, nothing was changed. */
  readonly result: 'ok' | 'failed' | 'manual'
  readonly level: EvidenceLevel
  /** Words in which no token can be. */
  readonly text: string
}

export interface Delivery {
  /** The key that is replaced: only a value with this fingerprint is overwritten. */
  readonly old: Fingerprint
  /** Called with the path of a temporary sibling file before it is made. */
  journalSibling(path: string): Promise<void>
  /** Passed for tests that kill here. */
  at(point: 'deliver:sibling-journalled' | 'deliver:sibling-written' | 'deliver:renamed'): void
}

export type ConsumerDependencies = Pick<Context, 'fs' | 'spawn' | 'env' | 'random' | 'signal'>

/** A place where a key is used. */
export interface Consumer<Spec extends ConsumerSpec = ConsumerSpec> {
  readonly kind: Spec['kind']
  /** How it is named in reports: `PATH:NAME` for dotenv. */
  target(spec: Spec): string
  /** Reachable and in the state that is expected, before anything irreversible. */
  preflight(spec: Spec, old: Fingerprint, deps: ConsumerDependencies): Promise<Evidence>
  /** Puts the new key there; idempotent: a target that holds it already is `ok`. */
  deliver(spec: Spec, secret: Secret, delivery: Delivery, deps: ConsumerDependencies): Promise<Evidence>
  /** Makes the application take it up; null when nothing is to be done. */
  reload(spec: Spec, deps: ConsumerDependencies): Promise<Evidence | null>
  /** Evidence that the key is there and used. */
  confirm(
    spec: Spec,
    fingerprint: Fingerprint,
    reloaded: boolean,
    deps: ConsumerDependencies,
  ): Promise<Evidence>
  /** The old value back, for a roll-back while the old key is alive. */
  rollBack(
    spec: Spec,
    old: Secret,
    replaced: Fingerprint,
    delivery: Delivery,
    deps: ConsumerDependencies,
  ): Promise<Evidence>
  /** Other places beside the target that still hold the old key: nobody said that they are used. Words for a person. */
  leftovers?(spec: Spec, old: Fingerprint, deps: ConsumerDependencies): Promise<readonly string[]>
  /** What stands there now; absent for a consumer that can only be written. */
  read?(spec: Spec, deps: ConsumerDependencies): Promise<Secret | null>
}

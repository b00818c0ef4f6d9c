import pLimit from 'p-limit'
import { consumerFor } from '../consumers/registry.ts'
import type { Evidence } from '../consumers/types.ts'
import type { ConsumerSpec, KeyEntry } from '../inventory/types.ts'
import { authorisers } from './authorisers.ts'
import { cellOf, type Cell, type Column, columnOf, milliseconds } from './policy.ts'
import type { Run } from './run.ts'
import { leakedSecret } from './secrets.ts'

/** What is known of a leaked key without changing anything. */
export interface Assessment {
  readonly key: KeyEntry | null
  readonly consumersKnown: boolean
  readonly consumers: readonly { readonly spec: ConsumerSpec; readonly target: string }[]
  readonly column: Column
  readonly cell: Cell
  readonly drainMs: number
  /** Milliseconds after opening; null: none. */
  readonly deadlineMs: number | null
}

export async function assess(run: Run): Promise<Assessment> {
  const { state } = run.recorder
  const { policy, keys } = run.services
  const key = state.keyId === null ? null : await keys.byId(state.keyId)
  const own = key?.consumers ?? null
  const specs = [...(own ?? []), ...run.options.addConsumers]
  const known = own !== null || specs.length > 0 || state.playbook === 'revoke'
  const consumers = [
    ...state.consumers,
    ...specs.map((spec) => ({ spec, target: consumerFor(spec).target(spec) })),
  ]
  const distinct = [
    ...new Map(consumers.map((one) => [one.target, { spec: one.spec, target: one.target }])).values(),
  ]
  const management = key?.management === true || (await isManagement(run))
  const facts = management ? { environment: key?.environment ?? 'production', management } : key
  const column = columnOf(facts, { known, count: distinct.length })
  const cell = cellOf(policy, state.exposure, column)
  return {
    key,
    consumersKnown: known,
    consumers: distinct,
    column,
    cell,
    drainMs: run.options.drainMs ?? milliseconds(policy.drain[state.exposure]),
    deadlineMs: cell.deadline === undefined ? null : milliseconds(cell.deadline),
  }
}

/** The configured management key counts as one, whatever the inventory says of it. */
async function isManagement(run: Run): Promise<boolean> {
  try {
    return (await run.services.management())?.fingerprint === run.recorder.state.fingerprint
  } catch {
    return false // Unreadable: whoever needs it to authorise says so with its reason.
  }
}

/** Alive, dead or unknown, in words; a control is looked for only when the key is refused. */
export async function livenessNow(
  run: Run,
): Promise<{ validity: 'alive' | 'dead' | 'unknown'; text: string }> {
  const leaked = await leakedSecret(run)
  if (leaked === null) return { validity: 'unknown', text: 'not probed: its plaintext is not at hand' }
  const { client } = run.services
  const first = await client.liveness(leaked, null)
  if (first.validity === 'alive') return { validity: 'alive', text: 'alive' }
  for await (const control of authorisers(run, 'revoke')) {
    if (control.secret.fingerprint === leaked.fingerprint) continue
    const judged = await client.liveness(leaked, control.secret)
    if (judged.validity !== 'unknown')
      return { validity: judged.validity, text: `${judged.validity} (${judged.detail})` }
  }
  return {
    validity: 'unknown',
    text: `unknown (${first.detail}${first.hint === undefined ? '' : `; ${first.hint}`})`,
  }
}

/** Every consumer looked at, none changed. */
export async function checkConsumers(
  run: Run,
  consumers: readonly { readonly spec: ConsumerSpec; readonly target: string }[],
): Promise<readonly { readonly target: string; readonly evidence: Evidence }[]> {
  const limit = pLimit(8)
  const { context } = run.services
  return await Promise.all(
    consumers.map(({ spec, target }) =>
      limit(async () => ({
        target,
        evidence: await consumerFor(spec).preflight(spec, run.recorder.state.fingerprint, context),
      })),
    ),
  )
}

import { consumerFor } from '../consumers/registry.ts'
import type { Secret } from '../secret/index.ts'
import type { Run } from './run.ts'
import { leakedSecret, replacementSecret } from './secrets.ts'

/** A key that may authorise a call; `label` names it in journals and plans. */
export interface Authoriser {
  readonly label: string
  readonly secret: Secret
}

/**
 * In order: management key, (for revoking) the replacement, another healthy key of the same account, the leaked key
 * itself where policy allows. Only keys of the inventory or the operator's file; nothing else is used or probed.
 */
export async function* authorisers(run: Run, call: 'issue' | 'revoke'): AsyncGenerator<Authoriser> {
  const { state } = run.recorder
  const management = await managementKey(run)
  if (management !== null && management.fingerprint !== state.fingerprint) {
    yield { label: `the management key ${management.masked}`, secret: management }
  }
  if (call === 'revoke') {
    const replacement = await replacementSecret(run)
    if (replacement !== null) yield { label: `the replacement ${replacement.masked}`, secret: replacement }
  }
  yield* otherKeys(run)
  if (call === 'issue' && !run.services.policy.leakedKeyMayIssue) return
  const leaked = await leakedSecret(run)
  if (leaked !== null) yield { label: `the leaked key itself ${leaked.masked}`, secret: leaked }
}

/** A key that a refusal can be held against: never the leaked one. */
export async function controlKey(run: Run): Promise<Authoriser | null> {
  for await (const authoriser of authorisers(run, 'revoke')) {
    if (authoriser.secret.fingerprint === run.recorder.state.fingerprint) continue
    const probe = await run.services.client.probe(authoriser.secret)
    if (probe.answer === 'accepted') return authoriser
  }
  return null
}

/** The configured management key, when it is of the leaked key's account. */
async function managementKey(run: Run): Promise<Secret | null> {
  const secret = await run.services.management()
  if (secret === null) return null
  const entry = await run.services.keys.byFingerprint(secret.fingerprint)
  return (entry?.account ?? 'default') === run.recorder.state.account ? secret : null
}

async function* otherKeys(run: Run): AsyncGenerator<Authoriser> {
  const { state } = run.recorder
  for (const entry of await run.services.keys.all()) {
    if (entry.status !== 'active' || entry.account !== state.account) continue
    if (entry.fingerprint === state.fingerprint || entry.fingerprint === state.replacement?.fingerprint)
      continue
    if (
      entry.locator === null &&
      !(entry.consumers ?? []).some((spec) => consumerFor(spec).read !== undefined)
    )
      continue
    const secret = await run.services.keys.read(entry)
    if (secret !== null) yield { label: `${entry.name} ${secret.masked}`, secret }
  }
}

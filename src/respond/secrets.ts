import { consumerFor } from '../consumers/registry.ts'
import type { KeyEntry } from '../inventory/types.ts'
import { salvage } from '../perplexity/reply.ts'
import type { Secret } from '../secret/index.ts'
import type { Run } from './run.ts'

export const leakedAttempt = 'leaked'

/** The leaked token: as handed in, else from escrow, else read again through its locator or a consumer that still holds it. */
export async function leakedSecret(run: Run): Promise<Secret | null> {
  const { state } = run.recorder
  const wanted = state.fingerprint
  if (run.leaked?.fingerprint === wanted) return run.leaked
  const sealed = await run.services.escrow.read(state.id, leakedAttempt)
  if (sealed?.content === 'token' && sealed.secret.fingerprint === wanted) run.leaked = sealed.secret
  if (run.leaked === null && state.keyId !== null) {
    const key = await run.services.keys.byId(state.keyId)
    const read = key === null ? null : await run.services.keys.read(key)
    if (read?.fingerprint === wanted) run.leaked = read
  }
  return run.leaked
}

/** The replacement, once issued: from this process or from escrow, else from where it was delivered. */
export async function replacementSecret(run: Run): Promise<Secret | null> {
  const { replacement, id, consumers } = run.recorder.state
  if (replacement === null) return null
  if (run.replacement?.fingerprint === replacement.fingerprint) return run.replacement
  const sealed = await run.services.escrow.read(id, replacement.attempt)
  const secret = sealed === null ? null : sealed.content === 'token' ? sealed.secret : salvage(sealed.raw)
  if (secret?.fingerprint === replacement.fingerprint) run.replacement = secret
  for (const { spec } of consumers) {
    if (run.replacement !== null) break
    const held = await readConsumer(run, spec)
    if (held?.fingerprint === replacement.fingerprint) run.replacement = held
  }
  return run.replacement
}

async function readConsumer(
  run: Run,
  spec: NonNullable<KeyEntry['consumers']>[number],
): Promise<Secret | null> {
  try {
    return (await consumerFor(spec).read?.(spec, run.services.context)) ?? null
  } catch {
    return null // Unreadable now: confirm says so with its reason.
  }
}

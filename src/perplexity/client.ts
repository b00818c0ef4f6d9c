import type { Context } from '../context.ts'
import { issue } from './issue.ts'
import { liveness } from './liveness.ts'
import { prober } from './probe.ts'
import { revoke } from './revoke.ts'
import { resolveSettings } from './settings.ts'
import type { ApiSettings, PerplexityClient } from './types.ts'

/**
 * A client for one run. Every call has a connection of its own, follows no redirect and throws nothing for what the
 * network or the server does. @throws UsageError for an address that may not be sent a key.
 */
export function createClient(
  settings: ApiSettings,
  context: Pick<Context, 'clock' | 'random' | 'env'>,
): PerplexityClient {
  const api = resolveSettings(settings, context.env)
  const probes = prober(api, context)
  return {
    issue: (request) => issue(api, context.clock, request),
    revoke: (request) => revoke(api, context.clock, request),
    probe: (secret, signal) => probes.probe(secret, signal),
    paidProbe: (secret, signal) => probes.paidProbe(secret, signal),
    liveness: (secret, control, signal) => liveness(probes, context.clock, secret, control, signal),
  }
}

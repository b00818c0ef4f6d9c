import type { Clock } from '../context.ts'
import type { Secret } from '../secret/index.ts'
import { hintOf } from './troubles.ts'
import type { Prober } from './probe.ts'
import type { Liveness, ProbeResult } from './types.ts'

/** A control that was accepted later than this says nothing about the refusal before it. */
const controlWithinMs = 60_000

/**
 * Dead only if refused while a control key of the same account is accepted by the same endpoint within a minute:
 * an account without credits refuses all its keys (PERPLEXITY_API.md, "Is a key alive?").
 */
export async function liveness(
  prober: Prober,
  clock: Clock,
  secret: Secret,
  control: Secret | null,
  signal?: AbortSignal,
): Promise<Liveness> {
  const asked = await prober.probe(secret, signal)
  const refusedAt = clock.monotonic()
  if (asked.answer === 'accepted') return { validity: 'alive', detail: asked.signal.detail }
  if (asked.answer === 'unknown') return unknown(asked.signal.detail, asked.hint)
  if (control === null || control.fingerprint === secret.fingerprint) {
    return unknown(
      asked.signal.detail,
      `refused, but a refusal counts only beside another key of the account that is accepted (${hintOf('every-key-refused')})`,
    )
  }
  const other = await prober.probe(control, signal)
  return judge(asked, other, clock.monotonic() - refusedAt)
}

function judge(asked: ProbeResult, control: ProbeResult, apartMs: number): Liveness {
  const detail = `${asked.signal.detail}; control key: ${control.signal.detail}`
  if (control.answer === 'refused') return unknown(detail, hintOf('every-key-refused'))
  if (control.answer === 'unknown') return unknown(detail, control.hint)
  if (control.endpoint !== asked.endpoint)
    return unknown(detail, 'the control key was answered by another endpoint: try again')
  if (apartMs > controlWithinMs)
    return unknown(detail, 'the control key answered more than a minute later: try again')
  return { validity: 'dead', detail }
}

function unknown(detail: string, hint: string | undefined): Liveness {
  return hint === undefined ? { validity: 'unknown', detail } : { validity: 'unknown', detail, hint }
}

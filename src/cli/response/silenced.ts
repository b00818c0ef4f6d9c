import type { Context } from '../../context.ts'
import { refuseFor } from '../../exceptions/refuse.ts'
import type { Finding, ScanResult, Validity } from '../../pipeline/types.ts'
import type { Services } from '../../respond/run.ts'
import { isCounted } from '../scan/exit.ts'
import type { Arguments } from '../types.ts'
import { controlFor } from './from-scan.ts'
import { planServices } from './services.ts'

/** Asks whether what an exception silences is alive, and lets it count where it is. Nothing is changed. */
export async function probeSilenced(
  context: Context,
  args: Arguments,
  result: ScanResult,
): Promise<ScanResult> {
  const services = await planServices(context, args)
  const alive = new Set<string>()
  const findings: Finding[] = []
  try {
    for (const finding of result.findings) {
      const validity = isCounted(finding) ? finding.validity : await validityOf(services, context, finding)
      if (!isCounted(finding) && validity === 'live') alive.add(finding.fingerprint)
      findings.push({ ...finding, validity, suppressed: validity === 'live' ? null : finding.suppressed })
    }
  } finally {
    await services.store.close()
  }
  const { exceptions } = result
  return {
    ...result,
    findings,
    ...(exceptions === undefined ? {} : { exceptions: refuseFor(exceptions, alive) }),
  }
}

async function validityOf(services: Services, context: Context, { secret, key }: Finding): Promise<Validity> {
  const entry = key === null ? null : await services.keys.byId(key.id)
  const control = await controlFor(services, entry?.account ?? 'default')
  const { validity } = await services.client.liveness(secret, control, context.signal)
  return validity === 'alive' ? 'live' : validity
}

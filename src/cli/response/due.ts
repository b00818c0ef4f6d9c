import type { Context } from '../../context.ts'
import { WardenError } from '../../errors.ts'
import { loadIncident } from '../../respond/recorder.ts'
import { planOnly, resume } from '../../respond/responder.ts'
import type { ResponseOptions, Services } from '../../respond/run.ts'
import { exitCodeOf } from '../../respond/status.ts'
import type { IncidentState } from '../../respond/types.ts'
import { listIncidents } from '../../store/incidents.ts'
import type { Arguments } from '../types.ts'
import type { Reports } from './output.ts'
import { writePlan } from './plan-text.ts'
import { targetOf } from './target.ts'
import { incidentJson, incidentText } from './text.ts'

/** One pass over everything that is open, each for itself; the worst result is the exit code. */
export async function respondToDue(
  context: Context,
  args: Arguments,
  services: Services,
  options: ResponseOptions,
  reports: Reports,
): Promise<number> {
  const open = await listIncidents(services.store.db, { open: true })
  if (args.has('plan')) return await planDue(context, args, services, options, reports, open)
  const states: IncidentState[] = []
  let broken = false
  for (const { id } of open) {
    try {
      await resume(services, id, { ...options, waitMs: options.waitMs ?? 0 }, null)
      states.push(await loadIncident(services.store.db, id))
    } catch (error) {
      if (!(error instanceof WardenError) || context.signal.aborted) throw error
      broken = true
      context.stderr.write(`pplx-warden: error: ${id}: ${error.message}\n`)
    }
  }
  if (reports.json) {
    const incidents = states.map((state) => (incidentJson(state) as { incident: unknown }).incident)
    context.stdout.write(`${JSON.stringify({ schemaVersion: 1, incidents }, null, 2)}\n`)
  } else if (open.length === 0) context.stdout.write('No incident is open.\n')
  else context.stdout.write(states.map(incidentText).join('\n'))
  const codes = states.map(exitCodeOf)
  return codes.includes(1) ? 1 : broken || codes.includes(3) ? 3 : 0
}

async function planDue(
  context: Context,
  args: Arguments,
  services: Services,
  options: ResponseOptions,
  reports: Reports,
  open: readonly { readonly id: string }[],
): Promise<number> {
  if (open.length === 0 && !reports.json) context.stdout.write('No incident is open.\n')
  for (const { id } of open) {
    const found = await targetOf(services, context, { ...args, operands: [id] }, null)
    if (found.kind === 'target')
      writePlan(context, await planOnly(services, found.target, options), reports.json)
  }
  return 0
}

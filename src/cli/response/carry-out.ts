import type { Context } from '../../context.ts'
import { planOnly, respondTo, resume } from '../../respond/responder.ts'
import type { ResponseOptions, Services } from '../../respond/run.ts'
import { exitCodeOf } from '../../respond/status.ts'
import type { Arguments } from '../types.ts'
import { type Reports, writeResult } from './output.ts'
import { writePlan } from './plan-text.ts'
import type { Found } from './target.ts'

/** What was found is rehearsed, reported again, opened or resumed; the exit code. */
export async function carryOut(
  services: Services,
  context: Context,
  args: Arguments,
  found: Found,
  options: ResponseOptions,
  reports: Reports,
): Promise<number> {
  if (found.kind === 'unknown') {
    context.stderr.write(`pplx-warden: error: ${found.message}\npplx-warden: hint: ${found.hint}\n`)
    return 3
  }
  if (args.has('plan')) {
    if (found.kind === 'ended') {
      writeResult(context, reports, found.state)
      return 0
    }
    writePlan(context, await planOnly(services, found.target, options), reports.json)
    return 0
  }
  const state =
    found.kind === 'ended'
      ? await resume(services, found.state.id, options, null)
      : found.incident === null
        ? await respondTo(services, found.target, options)
        : await resume(services, found.incident, options, found.target)
  writeResult(context, reports, state)
  return exitCodeOf(state)
}

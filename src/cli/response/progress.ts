import type { Context } from '../../context.ts'
import type { IncidentState, StepName } from '../../respond/types.ts'
import { showDuration } from '../durations.ts'

/** A line when a step ends or begins to wait, on standard error; repeated polls say nothing unless asked to. */
export function stepPrinter(
  context: Context,
  { quiet, verbose }: { readonly quiet: boolean; readonly verbose: boolean },
): (state: IncidentState, step: StepName) => void {
  const said = new Map<StepName, string>()
  return (state, step) => {
    const record = state.steps.get(step)
    if (quiet || record === undefined || record.status === 'running') return
    const key = `${record.status} ${record.status === 'waiting' ? '' : record.evidence}`
    if (said.get(step) === key && !verbose) return
    said.set(step, key)
    const since =
      Date.parse(record.finishedAt ?? record.startedAt ?? state.openedAt) - Date.parse(state.openedAt)
    const time = `+${showDuration(Math.max(0, since))}`.padStart(8)
    context.stderr.write(`${time}  ${step.padEnd(9)} ${record.status.padEnd(7)} ${record.evidence}\n`)
  }
}

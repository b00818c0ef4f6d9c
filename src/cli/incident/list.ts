import { WardenError } from '../../errors.ts'
import { listIncidents } from '../../store/incidents.ts'
import { loadIncident } from '../../respond/recorder.ts'
import { statusOf } from '../../respond/status.ts'
import type { IncidentState } from '../../respond/types.ts'
import { noOperands } from '../inventory/state.ts'
import { reportFormat } from '../response/output.ts'
import { stateFlags } from '../response/flags.ts'
import { incidentJson } from '../response/text.ts'
import type { Command } from '../types.ts'
import { withIncidents } from './store.ts'

export const incidentList: Command = {
  name: 'incident list',
  summary: 'every incident, newest first',
  operands: '',
  flags: [
    ...stateFlags,
    { name: 'open', help: 'only those that are not closed' },
    { name: 'report', value: 'FORMAT', repeatable: true, help: 'text or json' },
  ],
  async run(context, args) {
    noOperands(args)
    const reports = reportFormat(context, args)
    const states: IncidentState[] = []
    let damaged = 0
    await withIncidents(context, args, async (store) => {
      if (store === null) return
      for (const row of await listIncidents(store.db, args.has('open') ? { open: true } : {})) {
        try {
          states.push(await loadIncident(store.db, row.id))
        } catch (error) {
          if (!(error instanceof WardenError)) throw error
          damaged += 1
          context.stderr.write(`pplx-warden: error: ${error.message}\n`)
        }
      }
    })
    if (reports.json) {
      const incidents = states.map((state) => (incidentJson(state) as { incident: unknown }).incident)
      context.stdout.write(`${JSON.stringify({ schemaVersion: 1, incidents }, null, 2)}\n`)
      return damaged === 0 ? 0 : 3
    }
    if (states.length === 0 && damaged === 0) context.stdout.write('No incidents.\n')
    for (const state of states) context.stdout.write(`${line(state)}\n`)
    return damaged === 0 ? 0 : 3
  },
}

function line(state: IncidentState): string {
  const duties = state.obligations.length === 0 ? '' : `  ${state.obligations.length} to do`
  return `${state.id}  ${statusOf(state).padEnd(11)}  ${state.exposure.padEnd(8)}  ${state.openedAt.slice(0, 16)}Z  ${state.keyName}${duties}`
}

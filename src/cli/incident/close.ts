import { closeIncident } from '../../respond/decisions.ts'
import { exitCodeOf } from '../../respond/status.ts'
import { stateFlags } from '../response/flags.ts'
import { whoRuns } from '../response/options.ts'
import { incidentText } from '../response/text.ts'
import type { Command } from '../types.ts'
import { incidentNamed, withWritableIncidents } from './store.ts'

export const incidentClose: Command = {
  name: 'incident close',
  summary: 'close an incident that has no obligation left; 3 when it has',
  operands: '<incident|name|fingerprint>',
  flags: [...stateFlags],
  async run(context, args) {
    return await withWritableIncidents(context, args, async (store) => {
      const row = await incidentNamed(store, args)
      const state = await closeIncident(store, row.id, whoRuns(context), context.clock)
      context.stdout.write(incidentText(state))
      return state.closedAt === null ? 3 : exitCodeOf(state)
    })
  },
}

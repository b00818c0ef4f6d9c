import { settleOrphans } from '../../respond/decisions.ts'
import { UsageError } from '../../errors.ts'
import { stateFlags } from '../response/flags.ts'
import { whoRuns } from '../response/options.ts'
import type { Command } from '../types.ts'
import { incidentNamed, withWritableIncidents } from './store.ts'

export const incidentReconcile: Command = {
  name: 'incident reconcile',
  summary: 'say which possible orphan keys were dealt with in the console',
  operands: '<incident|name|fingerprint>',
  details: "Comparing pasted names with the console's list is not built yet; this records what you found.",
  flags: [
    ...stateFlags,
    {
      name: 'dealt-with',
      value: 'TOKEN_NAME',
      repeatable: true,
      help: 'looked for in the console: deleted, or not there',
    },
  ],
  async run(context, args) {
    const names = args.values('dealt-with')
    return await withWritableIncidents(context, args, async (store) => {
      const row = await incidentNamed(store, args)
      const by = `${whoRuns(context)} (reconcile)`
      const { settled, unknown, state } = await settleOrphans(store, row.id, names, by, context.clock)
      for (const name of settled) context.stdout.write(`dealt with: ${name}\n`)
      const open = state.obligations.filter((one) => one.kind === 'possible-orphan')
      for (const one of open) context.stdout.write(`open: ${one.subject}\n`)
      if (open.length === 0) context.stdout.write('No possible orphan is open.\n')
      if (unknown.length > 0)
        throw new UsageError(
          `no open orphan is called ${unknown.join(', ')}`,
          'give the name word for word, as listed',
        )
      if (open.length > 0) return 3
      context.stdout.write(`Next: pplx-warden respond ${row.id}\n`)
      return 0
    })
  },
}

import { loadIncident } from '../../respond/recorder.ts'
import { readJournal, verifyJournal } from '../../store/journal.ts'
import { stateFlags } from '../response/flags.ts'
import { reportFormat, writeResult } from '../response/output.ts'
import type { Command } from '../types.ts'
import { incidentNamed, withIncidents } from './store.ts'

export const incidentShow: Command = {
  name: 'incident show',
  summary: 'how far an incident is and what is left',
  operands: '<incident|name|fingerprint>',
  flags: [
    ...stateFlags,
    { name: 'verify', help: "check the journal's hash chain; 1 when it is broken" },
    { name: 'journal', help: 'every entry of the journal' },
    { name: 'report', value: 'FORMAT[=FILE]', repeatable: true, help: 'text or json' },
  ],
  async run(context, args) {
    const reports = reportFormat(context, args)
    return await withIncidents(context, args, async (store) => {
      const row = await incidentNamed(store, args)
      if (store === null) return 2
      const state = await loadIncident(store.db, row.id)
      const broken = args.has('verify') ? await verifyJournal(store.db, row.id) : null
      writeResult(context, reports, state)
      if (args.has('journal')) {
        for (const entry of await readJournal(store.db, row.id)) {
          context.stderr.write(
            `${entry.at}  ${String(entry.seq).padStart(3)}  ${entry.kind.padEnd(16)} ${JSON.stringify(entry.data)}\n`,
          )
        }
      }
      if (args.has('verify')) {
        context.stderr.write(
          broken === null
            ? 'journal: the hash chain holds\n'
            : `journal: the hash chain is broken at entry ${broken}\n`,
        )
      }
      return broken === null ? 0 : 1
    })
  },
}

import type { KeyEntry } from '../../inventory/types.ts'
import type { Command } from '../types.ts'
import { day, outputs, reportFlag, shortFingerprint } from './output.ts'
import { dbFlag, noOperands, reading } from './state.ts'
import { type Column, table } from './table.ts'

export const inventoryList: Command = {
  name: 'inventory list',
  summary: 'the keys we own',
  operands: '',
  flags: [reportFlag, dbFlag],
  async run(context, args) {
    noOperands(args)
    const show = outputs(context, args)
    const { listKeys } = await import('../../inventory/index.ts')
    const entries = await reading(context, args, async (store) => (store === null ? [] : listKeys(store.db)))
    show({
      text: () => (entries.length === 0 ? empty : table(entries, columns, context.stdout.columns)),
      json: () => ({ keys: entries }),
    })
    return 0
  },
}

const empty =
  'The inventory is empty. Add keys with `pplx-warden inventory add` or `inventory import FILE`.\n'

const columns: readonly Column<KeyEntry>[] = [
  { title: 'NAME', text: (entry) => entry.name, spare: 0 },
  { title: 'STATUS', text: statusOf, spare: 0 },
  { title: 'ENVIRONMENT', text: (entry) => entry.environment, spare: 2 },
  { title: 'KEY', text: shortFingerprint, spare: 1 },
  { title: 'OWNERS', text: (entry) => entry.owners.map((owner) => owner.name).join(', ') || '–', spare: 3 },
  { title: 'CONSUMERS', text: consumersOf, spare: 4 },
  { title: 'CREATED', text: (entry) => day(entry.createdAt), spare: 6 },
  { title: 'ROTATE BY', text: (entry) => day(entry.rotateBy), spare: 5 },
]

function statusOf(entry: KeyEntry): string {
  return entry.management ? `${entry.status}, management` : entry.status
}

function consumersOf(entry: KeyEntry): string {
  if (entry.consumers === null) return 'not said'
  return entry.consumers.length === 0 ? 'none' : String(entry.consumers.length)
}

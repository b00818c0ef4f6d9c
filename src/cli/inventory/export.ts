import { resolve } from 'node:path'
import { UsageError } from '../../errors.ts'
import type { Command } from '../types.ts'
import { writeFile } from './output.ts'
import { dbFlag, noOperands, reading } from './state.ts'

export const inventoryExport: Command = {
  name: 'inventory export',
  summary: 'the live keys as an inventory file: fingerprints and locators, no token',
  operands: '',
  flags: [
    { name: 'output', short: 'o', value: 'FILE', help: 'write there (0600) instead of to standard output' },
    {
      name: 'committable',
      value: 'FILE',
      help: 'an export that only holders of a key can read (not built yet)',
    },
    dbFlag,
  ],
  async run(context, args) {
    noOperands(args)
    if (args.has('committable')) {
      const hint = 'the plain export names keys and owners: do not commit it'
      throw new UsageError('--committable is not built yet in this version', hint)
    }
    const { inventoryFile, listKeys } = await import('../../inventory/index.ts')
    const entries = await reading(context, args, async (store) => (store === null ? [] : listKeys(store.db)))
    const text = inventoryFile(entries)
    const output = args.value('output')
    if (output === undefined) context.stdout.write(text)
    else writeFile(context, resolve(context.cwd, output), text)
    return 0
  },
}

import { resolve } from 'node:path'
import type { Imported } from '../../inventory/index.ts'
import type { Command } from '../types.ts'
import { outputs, printable, reportFlag } from './output.ts'
import { changing, dbFlag, oneOperand } from './state.ts'

export const inventoryImport: Command = {
  name: 'inventory import',
  summary: 'bring the inventory to what a YAML file says',
  operands: '<file>',
  details:
    'Keyed by name, all or nothing, the same file again changes nothing. Keys that the file does not name stay as they are. Tokens are read once, from where the file says; only fingerprints are stored.',
  flags: [reportFlag, dbFlag],
  async run(context, args) {
    const path = resolve(context.cwd, oneOperand(args, 'inventory file'))
    const show = outputs(context, args)
    const [{ importInventory }, { readYaml }, { readSecretFromStdin }] = await Promise.all([
      import('../../inventory/index.ts'),
      import('../../config/document.ts'),
      import('../prompt.ts'),
    ])
    const file = readYaml(path, 'inventory file', context.fs)
    const deps = { ...context, readStdin: () => readSecretFromStdin(context) }
    const imported = await changing(context, args, (store) => importInventory(store, file, deps))
    show({ text: () => words(imported), json: () => ({ keys: imported }) })
    return 0
  },
}

function words(imported: readonly Imported[]): string {
  const lines = imported.map(
    ({ name, outcome, fields }) => `${outcome.padEnd(9)}  ${printable(name)}${detail(outcome, fields)}\n`,
  )
  return lines.length === 0 ? 'The file names no key: nothing changed.\n' : lines.join('')
}

function detail(outcome: Imported['outcome'], fields: readonly string[]): string {
  if (outcome === 'replaced')
    return ': another key now; the one before is kept as retired and may still be alive'
  return fields.length === 0 ? '' : `: ${fields.join(', ')}`
}

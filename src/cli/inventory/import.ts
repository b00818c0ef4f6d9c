import { resolve } from 'node:path'
import type { YamlFile } from '../../config/document.ts'
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import type { Imported } from '../../inventory/index.ts'
import type { Command } from '../types.ts'
import { outputs, printable, reportFlag } from './output.ts'
import { changing, dbFlag, oneOperand } from './state.ts'

export const inventoryImport: Command = {
  name: 'inventory import',
  summary: 'bring the inventory to what a YAML file says',
  operands: '<file|->',
  details:
    'Keyed by name, all or nothing, the same file again changes nothing. Keys that the file does not name stay as they are. Tokens are read once, from where the file says; only fingerprints are stored.',
  flags: [reportFlag, dbFlag],
  async run(context, args) {
    const operand = oneOperand(args, 'inventory file')
    const show = outputs(context, args)
    const [{ importInventory }, { readSecretFromStdin }] = await Promise.all([
      import('../../inventory/index.ts'),
      import('../prompt.ts'),
    ])
    const file = await inventoryFrom(context, operand)
    const readStdin = () =>
      operand === '-' ? Promise.reject(stdinIsTheFile()) : readSecretFromStdin(context)
    const deps = { ...context, readStdin }
    const imported = await changing(context, args, (store) => importInventory(store, file, deps))
    show({ text: () => words(imported), json: () => ({ keys: imported }) })
    return 0
  },
}

/** `-` is standard input; what is relative in it is relative to the working folder. */
async function inventoryFrom(context: Context, operand: string): Promise<YamlFile> {
  const { parseYaml, readYaml } = await import('../../config/document.ts')
  if (operand !== '-') return readYaml(resolve(context.cwd, operand), 'inventory file', context.fs)
  const { readStdin } = await import('../prompt.ts')
  const tooLong = new UsageError('standard input is too long for an inventory file', 'at most 16 MiB')
  return parseYaml(resolve(context.cwd, 'standard-input'), await readStdin(context, 16 * 2 ** 20, tooLong))
}

function stdinIsTheFile(): UsageError {
  return new UsageError(
    'token: stdin: standard input is the inventory file itself',
    'write the inventory to a file, or name another place for the key',
  )
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

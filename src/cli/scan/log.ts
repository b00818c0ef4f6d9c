import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { logSource } from '../../sources/files/source.ts'
import type { Arguments, Command } from '../types.ts'
import { exitCodes, scanFlags } from './flags.ts'
import { prepareFiles } from './files.ts'
import { runScanCommand } from './run.ts'

export const scanLog: Command = {
  name: 'scan log',
  summary: 'logs: files, folders, patterns, standard input',
  operands: '[file…|-]',
  details: `Plain or gzip, told by content. - is standard input, also when nothing is named
and something is piped in.
${exitCodes}`,
  flags: [...scanFlags, { name: 'follow', help: 'not built yet in this version' }],
  run: (context, args) =>
    runScanCommand(context, args, () => prepareFiles(context, args, operandsOf(context, args), logSource)),
}

function operandsOf(context: Context, args: Arguments): readonly string[] {
  if (args.operands.length > 0) return args.operands
  if (!context.stdin.isTTY) return ['-']
  throw new UsageError(
    'which log? nothing is named and nothing is piped in',
    'name files, folders or patterns, or - to type',
  )
}

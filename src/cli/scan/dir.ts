import { dirSource } from '../../sources/files/source.ts'
import type { Command } from '../types.ts'
import { exitCodes, scanFlags } from './flags.ts'
import { prepareFiles } from './files.ts'
import { runScanCommand } from './run.ts'

export const scanDir: Command = {
  name: 'scan dir',
  summary: 'files and folders',
  operands: '[path…]',
  details: `Paths and patterns (default: the working folder). Files that git ignores and
node_modules are read too; links, devices and .git are left out and counted.
${exitCodes}`,
  flags: scanFlags,
  run: (context, args) =>
    runScanCommand(context, args, () => prepareFiles(context, args, args.operands, dirSource)),
}

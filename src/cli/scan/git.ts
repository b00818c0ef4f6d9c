import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { gitSource } from '../../sources/git/source.ts'
import type { Arguments, Command } from '../types.ts'
import { exitCodes, scanFlags } from './flags.ts'
import { inventoryDatabase, noKeys, readKeys } from './keys.ts'
import { note } from './note.ts'
import { operatorExcludes } from './operator.ts'
import { committedProjectFile } from './project.ts'
import { runScanCommand, type Scan } from './run.ts'

export const scanGit: Command = {
  name: 'scan git',
  summary: 'history: every object, reachable or not',
  operands: '[repo]',
  details: `Contents, messages, names of files and refs, reflogs and configuration; nothing
of the repository runs. Each finding names the commit that brought it in.
${exitCodes}`,
  flags: [...scanFlags, { name: 'range', value: 'A..B', help: 'not built yet in this version' }],
  run: (context, args) => runScanCommand(context, args, () => prepare(context, args)),
}

async function prepare(context: Context, args: Arguments): Promise<Scan> {
  const [operand, another] = args.operands
  if (another !== undefined) throw new UsageError('one repository at a time')
  if ((await operatorExcludes(context, args)).length > 0) {
    note(context, "scan.exclude of the operator's file is about files: all of the history is read")
  }
  const source = await gitSource(context, operand, context.signal)
  const project = await committedProjectFile(context, operand, true)
  for (const text of project?.warnings ?? []) note(context, text)
  const db = inventoryDatabase(context, args)
  return {
    source,
    keys: db === null ? noKeys : await readKeys(context, db),
    project: project === null ? [] : [project],
  }
}

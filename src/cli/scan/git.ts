import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { rangeSource } from '../../sources/git/range/source.ts'
import { gitSource } from '../../sources/git/source.ts'
import type { Arguments, Command } from '../types.ts'
import { exitCodes, scanFlags } from './flags.ts'
import { inventoryDatabase, noKeys, readKeys } from './keys.ts'
import { note } from './note.ts'
import { operatorExcludes } from './operator.ts'
import { committedProjectFile } from './project.ts'
import { runScanCommand, type Scan } from './run.ts'
import { selectionFlags, selectionOf } from './selection.ts'

export const scanGit: Command = {
  name: 'scan git',
  summary: 'history: every object, reachable or not',
  operands: '[repo]',
  details: `Contents, messages, names of files and refs, reflogs and configuration; nothing
of the repository runs. Each finding names the commit that brought it in.
--range, --branch, --not-reachable-from and --since choose commits; what those
add is read: contents, names of files, messages. A key that stood in the same
file before is listed as preexisting and does not count. If this clone does not
hold them all: 3, and the command that fetches the rest.
${exitCodes}`,
  flags: [...selectionFlags, ...scanFlags],
  run: (context, args) => runScanCommand(context, args, () => prepare(context, args)),
}

async function prepare(context: Context, args: Arguments): Promise<Scan> {
  const [operand, another] = args.operands
  if (another !== undefined) throw new UsageError('one repository at a time')
  if ((await operatorExcludes(context, args)).length > 0) {
    note(context, "scan.exclude of the operator's file is about files: all of the history is read")
  }
  const selection = selectionOf(args, context.clock.now())
  const source =
    selection === null
      ? await gitSource(context, operand, context.signal)
      : await rangeSource(context, operand, selection, context.signal)
  if (selection?.range?.from === null)
    note(context, `--range begins with an all-zero id: all that ${selection.range.to} reaches is read`)
  const project = await committedProjectFile(context, operand, selection === null)
  for (const text of project?.warnings ?? []) note(context, text)
  const db = inventoryDatabase(context, args)
  return {
    source,
    keys: db === null ? noKeys : await readKeys(context, db),
    project: project === null ? [] : [project],
  }
}

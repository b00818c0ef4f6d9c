import { join } from 'node:path'
import { statePaths } from '../../config/paths.ts'
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import type { MemoryOptions } from '../../sources/git/memory/remembering.ts'
import type { Selection } from '../../sources/git/range/selection.ts'
import { rangeSource } from '../../sources/git/range/source.ts'
import { gitSource } from '../../sources/git/source.ts'
import type { Source } from '../../sources/types.ts'
import { build, version } from '../../version.ts'
import type { Arguments, Command } from '../types.ts'
import { exitCodes, scanFlags } from './flags.ts'
import { inventoryDatabase, noKeys, readKeys, type ScanKeys } from './keys.ts'
import { note } from './note.ts'
import { operatorExcludes } from './operator.ts'
import { committedProjectFile } from './project.ts'
import { runScanCommand, type Scan } from './run.ts'
import { selectionFlags, selectionOf } from './selection.ts'
import type { ScanSettings } from './settings.ts'

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
  flags: [
    ...selectionFlags,
    { name: 'exhaustive', help: 'search all of every object, also what it has in common with older ones' },
    ...scanFlags,
  ],
  run: (context, args) => runScanCommand(context, args, (settings) => prepare(context, args, settings)),
}

async function prepare(context: Context, args: Arguments, settings: ScanSettings): Promise<Scan> {
  const [operand, another] = args.operands
  if (another !== undefined) throw new UsageError('one repository at a time')
  if ((await operatorExcludes(context, args)).length > 0) {
    note(context, "scan.exclude of the operator's file is about files: all of the history is read")
  }
  const selection = selectionOf(args, context.clock.now())
  const db = inventoryDatabase(context, args)
  const keys = db === null ? noKeys : await readKeys(context, db)
  if (selection !== null) {
    const source = await sourceOf(context, operand, selection)
    return { keys, source, project: await projectOf(context, operand, false) }
  }
  const memory = memoryOptions(context, args, settings, keys)
  const exhaustive = args.has('exhaustive')
  const source = await gitSource(context, operand, context.signal, { memory, exhaustive })
  const kept = memory === null ? {} : { onBareBody: source.bareBody, keep: source.keep }
  return { keys, source, project: await projectOf(context, operand, true), ...kept }
}

/** Asked once the repository has been found: before, git might wait for what is no file. */
async function projectOf(context: Context, operand: string | undefined, whole: boolean) {
  const project = await committedProjectFile(context, operand, whole)
  for (const text of project?.warnings ?? []) note(context, text)
  return project === null ? [] : [project]
}

/** A part is read whole each time: what was remembered of a scan of everything says nothing about its places. */
async function sourceOf(
  context: Context,
  operand: string | undefined,
  selection: Selection,
): Promise<Source> {
  if (selection.range?.from === null)
    note(context, `--range begins with an all-zero id: all that ${selection.range.to} reaches is read`)
  return await rangeSource(context, operand, selection, context.signal)
}

/** What was complete is remembered in the state folder; null: nothing is, and everything is read. */
function memoryOptions(
  context: Context,
  args: Arguments,
  settings: ScanSettings,
  { lookup }: ScanKeys,
): MemoryOptions | null {
  const { home } = statePaths(context, { db: args.value('db') })
  if (home === null || args.has('no-cache')) return null
  const known = lookup.entries.flatMap(({ fingerprint, bodyLength, alphanumeric }) =>
    fingerprint === null ? [] : [{ fingerprint, isUsual: bodyLength === 48 && alphanumeric === true }],
  )
  const rules = [version, build, settings.minConfidence, settings.examples, args.has('exhaustive')].join(' ')
  return { folder: join(home, 'scanned'), rules, known }
}

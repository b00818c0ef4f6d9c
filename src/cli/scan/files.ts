import type { Context } from '../../context.ts'
import type { FilesOptions } from '../../sources/files/source.ts'
import type { Source } from '../../sources/types.ts'
import type { Arguments } from '../types.ts'
import { inventoryDatabase, noKeys, readKeys } from './keys.ts'
import { note } from './note.ts'
import { operatorExcludes } from './operator.ts'
import { projectFilesOf } from './project.ts'
import type { Scan } from './run.ts'

type MakeSource = (context: Context, options: FilesOptions) => Promise<Source>

/** Everything that may be wrong is looked at before the first file is read. */
export async function prepareFiles(
  context: Context,
  args: Arguments,
  operands: readonly string[],
  makeSource: MakeSource,
): Promise<Scan> {
  const excludes = await operatorExcludes(context, args)
  const source = await makeSource(context, { operands, excludes })
  const project = source.kind === 'dir' ? await projectFilesOf(context, operands) : []
  for (const text of project.flatMap(({ warnings }) => warnings)) note(context, text)
  const db = inventoryDatabase(context, args)
  return { source, keys: db === null ? noKeys : await readKeys(context, db), project }
}

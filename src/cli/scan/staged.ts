import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { stagedSource } from '../../sources/staged/source.ts'
import type { Arguments, Command } from '../types.ts'
import { exitCodes, scanFlags } from './flags.ts'
import { askedKeys, inventoryDatabase, noKeys, readKeys } from './keys.ts'
import { note } from './note.ts'
import { isNamed, operatorExcludes } from './operator.ts'
import { committedProjectFile, hasProjectFile } from './project.ts'
import { runScanCommand, type Scan } from './run.ts'

export const scanStaged: Command = {
  name: 'scan staged',
  summary: 'what `git commit` is about to record',
  operands: '',
  details: `Reads the index by object: no diff configuration, filter or hook changes it.
A key that the parent already had in that file is not reported.
${exitCodes}`,
  flags: scanFlags,
  run: (context, args) => runScanCommand(context, args, () => prepare(context, args)),
}

/**
 * In a hook's way nearly every commit is clean, and opening the inventory takes three times as long as the rest. So
 * the first scan only notes whether there is anything to ask it about; if there is, it is read, and all is done again.
 */
async function prepare(context: Context, args: Arguments): Promise<Scan> {
  if (args.operands.length > 0)
    throw new UsageError('scan staged takes no operands', 'to scan files: pplx-warden scan dir')
  if (isNamed(context, args)) await operatorExcludes(context, args)
  const db = inventoryDatabase(context, args)
  const project = hasProjectFile(context) ? committedRules(context) : null
  const rules = project?.then((file) => (file === null ? [] : [file])) ?? []
  if (rules instanceof Promise) rules.catch(() => {})
  const keys = db === null ? null : askedKeys()
  return {
    source: stagedSource(context),
    keys: keys ?? noKeys,
    project: rules,
    async again() {
      for (const text of (await project)?.warnings ?? []) note(context, text)
      if (db === null || keys?.asked() !== true) return null
      return { source: stagedSource(context), keys: await readKeys(context, db), project: rules }
    },
  }
}

async function committedRules(context: Context) {
  const { checkThatGitAnswers } = await import('../../sources/git/ask.ts')
  await checkThatGitAnswers({ ...context, inherit: true }, context.signal)
  return committedProjectFile(context, undefined, false)
}

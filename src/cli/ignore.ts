import { join, relative } from 'node:path'
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import type { Exception } from '../exceptions/types.ts'
import type { KeyEntry } from '../inventory/types.ts'
import { oneOperand } from './inventory/state.ts'
import { printable } from './inventory/output.ts'
import { inventoryDatabase, readKeys } from './scan/keys.ts'
import type { Arguments, Command } from './types.ts'

export const ignore: Command = {
  name: 'ignore',
  summary: 'except a token from scans, with a reason, an owner and a date',
  operands: '<fingerprint>',
  details: `Writes .pplx-warden.yaml at the top of the repository, or in the working folder
outside of one. A key of the inventory that is not revoked is refused: nothing
silences a key that may be alive. Without --expires it stands for good.`,
  flags: [
    { name: 'reason', value: 'TEXT', help: 'why this token does no harm' },
    { name: 'owner', value: 'WHO', help: 'who answers for it' },
    { name: 'expires', value: 'DATE', help: 'YYYY-MM-DD: valid through that day, UTC' },
    { name: 'path', value: 'GLOB', help: 'only at these paths, relative to the file' },
    { name: 'db', value: 'PATH', help: 'the SQLite file with the inventory' },
  ],
  async run(context, args) {
    const wanted = await exceptionOf(context, args)
    const known = await knownKeys(context, args, wanted.fingerprint)
    const exception = { ...wanted, fingerprint: completed(wanted.fingerprint, known) }
    const [{ projectFileName, projectFolder, parseProjectFile }, { withException }, { changeFile }] =
      await Promise.all([
        import('../config/project.ts'),
        import('../exceptions/edit.ts'),
        import('../exceptions/locked-file.ts'),
      ])
    const path = join(projectFolder(context.cwd, context.fs), projectFileName)
    let replaced = false
    await changeFile(path, context, (bytes) => {
      const before = bytes === null ? [] : parseProjectFile(path, bytes).exceptions
      const edited = withException(Buffer.from(bytes ?? []).toString('utf8'), exception)
      checkEdited(before, parseProjectFile(path, Buffer.from(edited.text)).exceptions, exception, path)
      replaced = edited.replaced
      return edited.text
    })
    context.stdout.write(words(exception, relative(context.cwd, path), replaced))
    return 0
  },
}

/** What was written is read again: the others are as they were. */
function checkEdited(
  before: readonly Exception[],
  after: readonly Exception[],
  exception: Exception,
  path: string,
): void {
  const isSame = (one: Exception) => one.fingerprint === exception.fingerprint && one.path === exception.path
  const others = (list: readonly Exception[]) => JSON.stringify(list.filter((one) => !isSame(one)))
  const written = after.some(
    (one) =>
      isSame(one) &&
      one.reason === exception.reason &&
      one.owner === exception.owner &&
      one.expires === exception.expires,
  )
  if (written && others(before) === others(after)) return
  throw new UsageError(`${path}: is written in a way that cannot be added to`, 'add the exception by hand')
}

async function exceptionOf(context: Context, args: Arguments): Promise<Exception> {
  const word = oneOperand(args, 'fingerprint')
  const { checkException } = await import('../config/exceptions.ts')
  const exception = checkException({
    fingerprint: /^[0-9a-f]+$/i.test(word) ? `sha256:${word}` : word,
    path: args.value('path'),
    reason: args.value('reason'),
    owner: args.value('owner'),
    expires: args.value('expires'),
  })
  const today = new Date(context.clock.now()).toISOString().slice(0, 10)
  if (exception.expires !== null && exception.expires < today)
    throw new UsageError(`--expires ${exception.expires} is over`, `today is ${today}`)
  return exception
}

/** Keys of the inventory whose fingerprint begins like this; a living one is refused. */
async function knownKeys(
  context: Context,
  args: Arguments,
  fingerprint: string,
): Promise<readonly KeyEntry[]> {
  const db = inventoryDatabase(context, args)
  if (db === null) return []
  const { lookup } = await readKeys(context, db)
  const { maySilence } = await import('../exceptions/silence.ts')
  const known = lookup.entries.filter((entry) => entry.fingerprint?.startsWith(fingerprint) === true)
  const living = known.find(({ status }) => !maySilence(status))
  if (living === undefined) return known
  const digits = living.fingerprint?.slice('sha256:'.length, 'sha256:'.length + 8) ?? ''
  throw new UsageError(
    `${printable(living.name)} [${digits}] is ${living.status} in the inventory: nothing silences a key that may be alive`,
    `if it leaked: pplx-warden respond ${digits}`,
  )
}

function completed(fingerprint: string, [only, another]: readonly KeyEntry[]): string {
  return another === undefined ? (only?.fingerprint ?? fingerprint) : fingerprint
}

const whole = 'sha256:'.length + 64

function words({ fingerprint, path, expires }: Exception, file: string, replaced: boolean): string {
  const what = `[${fingerprint.slice('sha256:'.length, 'sha256:'.length + 8)}]`
  const where = path === null ? '' : ` at ${path}`
  const until = expires === null ? '' : ` until ${expires}`
  const lines = [
    `${replaced ? 'replaced' : 'excepted'}   ${what}${where}${until} in ${file}`,
    '`pplx-warden scan dir` obeys it now, scan staged and scan git once it is committed.',
  ]
  if (fingerprint.length < whole)
    lines.push('A prefix excepts every token whose fingerprint begins so: the full fingerprint is safer.')
  return lines.map((line) => `${printable(line)}\n`).join('')
}

import { nameOf } from '../../name.ts'
import type { Skipped, UnitName } from '../../types.ts'
import type { Repository } from '../repository.ts'
import { complaint, startGit } from '../run.ts'

/** Names of refs wherever git keeps them (files, `packed-refs`, tables), in batches; what git has to complain about. */
export async function* refNames(
  { git }: Repository,
  signal: AbortSignal,
): AsyncGenerator<readonly (UnitName | Skipped)[]> {
  const child = startGit(git, ['for-each-ref', '--format=%(refname)'], signal)
  child.stdin.end()
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    const bytes = Buffer.concat([rest, chunk])
    const names: UnitName[] = []
    let at = 0
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, at)) {
      names.push(nameOf(bytes.subarray(at, end)))
      at = end + 1
    }
    rest = bytes.subarray(at)
    yield names
  }
  const exit = await child.exit
  signal.throwIfAborted()
  const lines = exit.stderr.split('\n').filter((line) => /^(error|fatal|warning):/.test(line))
  if (exit.code !== 0 && lines.length === 0) lines.push(complaint(exit))
  yield lines.slice(0, 100).map((reason) => ({ skipped: 'refs', reason, hint: 'try: git fsck' }))
}

import { type Git, startGit } from '../run.ts'

/** Ids of all commits of the store, in the order of its packs. Of what else there is, which may be millions, nothing is kept. */
export async function commitIds(git: Git, signal: AbortSignal): Promise<string[]> {
  const format = '--batch-check=%(objecttype) %(objectname)'
  const child = startGit(git, ['cat-file', '--batch-all-objects', '--unordered', '--buffer', format], signal)
  child.stdin.end()
  const ids: string[] = []
  let rest: Buffer = Buffer.alloc(0)
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = Buffer.concat([rest, chunk])
    const end = lines.lastIndexOf('\n') + 1
    for (let at = lines.indexOf('commit '); at !== -1 && at < end; ) {
      const to = lines.indexOf('\n', at)
      ids.push(lines.toString('latin1', at + 'commit '.length, to))
      at = lines.indexOf('commit ', to)
    }
    rest = lines.subarray(end)
  })
  await child.exit
  signal.throwIfAborted()
  return ids
}

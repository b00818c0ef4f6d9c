import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { complaint, type Git, startGit } from '../run.ts'
import { type RangeCommit, readCommits, startWalk } from './commits.ts'
import type { Ends } from './resolve.ts'

/** One object under one path that no parent of the commit has there. */
export interface Change {
  readonly commit: string
  /** Octal, as git has it. */
  readonly mode: string
  readonly id: string
  readonly path: Buffer
}

/** What the walk tells beside the changes. */
export interface Walked {
  commit(commit: RangeCommit): void
  shallow(id: string): void
  /** It did not get to its end. */
  failed(complaint: string): void
}

/**
 * `rev-list | diff-tree -c`: a merge is compared with all of its parents, and what differs from each is its own work.
 * Plumbing: no setting of the repository changes what it prints.
 */
export async function* changesOf(
  git: Git,
  ends: Ends,
  shallow: ReadonlySet<string>,
  order: readonly string[],
  walked: Walked,
  signal: AbortSignal,
): AsyncGenerator<Change> {
  const walk = startWalk(git, ends, order, signal)
  const shape = ['-c', '-r', '-t', '--root', '--raw', '-z', '--no-abbrev', '--no-renames', '--always']
  const compare = startGit(git, ['diff-tree', '--stdin', ...shape, '--no-ext-diff', '--no-textconv'], signal)
  let [asked, answered, ended] = [0, 0, false]
  const feeding = pipeline(Readable.from(ids()), compare.stdin).catch(() => {})
  try {
    for await (const item of readChanges(compare.stdout)) {
      if (item === null) answered += 1
      else yield item
    }
    ended = true
  } finally {
    if (!ended) for (const child of [compare, walk]) child.kill()
  }
  await feeding
  const exits = await Promise.all([compare.exit, walk.exit])
  signal.throwIfAborted()
  const failed = exits.find(({ code }) => code !== 0)
  if (failed !== undefined) walked.failed(complaint(failed))
  else if (answered < asked) walked.failed(`git passed over ${asked - answered} commits`)

  async function* ids(): AsyncGenerator<string> {
    for await (const commit of readCommits(walk.stdout, ends, shallow, (id) => walked.shallow(id))) {
      asked += 1
      walked.commit(commit)
      yield `${commit.id}\n`
    }
  }
}

/** null: the head of a commit. https://git-scm.com/docs/git-diff-tree#_diff_format_for_merges */
export async function* readChanges(stdout: AsyncIterable<Buffer>): AsyncGenerator<Change | null> {
  let rest: Buffer = Buffer.alloc(0)
  let commit = ''
  for await (const chunk of stdout) {
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    for (;;) {
      const end = bytes.indexOf(0, at)
      if (end === -1) break
      if (bytes[at] !== 0x3a) {
        commit = bytes.toString('latin1', at, end).trim()
        at = end + 1
        yield null
        continue
      }
      const pathEnd = bytes.indexOf(0, end + 1)
      if (pathEnd === -1) break
      yield changeOf(bytes.toString('latin1', at, end), bytes.subarray(end + 1, pathEnd), commit)
      at = pathEnd + 1
    }
    rest = Buffer.from(bytes.subarray(at))
  }
}

/** As many colons as parents; then the modes and the ids of each and of the result, then letters. */
function changeOf(head: string, path: Buffer, commit: string): Change {
  const parents = head.search(/[^:]/)
  const fields = head.slice(parents).split(' ')
  return { commit, mode: fields[parents] ?? '', id: fields[2 * parents + 1] ?? '', path }
}

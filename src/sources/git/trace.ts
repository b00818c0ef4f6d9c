import type { Skipped } from '../types.ts'
import { parseEntry, type RawChange } from './raw-diff.ts'
import { complaint, type Git, startGit } from './run.ts'

/** How one object moved through the history, oldest commit first. */
export interface Trace {
  readonly paths: Buffer[]
  /** Commits that have it where a parent has not; `times`: how many parents have not. */
  readonly added: { commit: string; times: number }[]
  /** The commit after which it stood nowhere any more. */
  removedBy: string | null
}

export interface Traces {
  readonly objects: ReadonlyMap<string, Trace>
  readonly skipped: readonly Skipped[]
}

/** An argument list holds some thousands of ids; each further thousand costs a walk. */
const AT_ONCE = 1000

/**
 * `rev-list | diff-tree --find-object`: plumbing, so that no setting of the repository changes what it prints. Each
 * merge is compared with each of its parents.
 */
export async function traceObjects(
  git: Git,
  ids: readonly string[],
  commits: readonly string[],
  signal: AbortSignal,
): Promise<Traces> {
  const objects = new Map<string, Trace>()
  const skipped: Skipped[] = []
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    skipped.push(...(await traceSome(git, ids.slice(at, at + AT_ONCE), commits, objects, signal)))
  }
  return { objects, skipped }
}

async function traceSome(
  git: Git,
  ids: readonly string[],
  commits: readonly string[],
  objects: Map<string, Trace>,
  signal: AbortSignal,
): Promise<Skipped[]> {
  const walk = startGit(git, ['rev-list', '--topo-order', '--reverse', '--ignore-missing', '--stdin'], signal)
  const shape = [
    '-r',
    '-t',
    '-m',
    '--root',
    '--raw',
    '-z',
    '--no-abbrev',
    '--no-renames',
    '--no-ext-diff',
    '--no-textconv',
  ]
  const find = ids.map((id) => `--find-object=${id}`)
  const compare = startGit(git, ['diff-tree', '--stdin', ...shape, ...find], signal)
  walk.stdin.end(commits.map((id) => `${id}\n`).join(''))
  walk.stdout.pipe(compare.stdin)
  const replay = replayer(new Set(ids), objects)
  await readRecords(compare.stdout, replay)
  const exits = await Promise.all([walk.exit, compare.exit])
  signal.throwIfAborted()
  const failed = exits.find((exit) => exit.code !== 0)
  if (failed === undefined) return []
  return [
    {
      skipped: 'history',
      reason: `where findings came from is not known in full: ${complaint(failed)}`,
      hint: 'try: git fsck',
    },
  ]
}

/** `<commit id> NUL (entry)*`, again and again; a piece is parsed once its end is there. */
async function readRecords(
  stdout: AsyncIterable<Buffer>,
  replay: (commit: string, change: RawChange) => void,
): Promise<void> {
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
        continue
      }
      if (bytes.indexOf(0, end + 1) === -1) break
      const [change, next] = parseEntry(bytes, at)
      replay(commit, change)
      at = next
    }
    rest = Buffer.from(bytes.subarray(at))
  }
}

function replayer(wanted: ReadonlySet<string>, objects: Map<string, Trace>) {
  const standing = new Map<string, Set<string>>()
  const seen = new Map<string, Set<string>>()
  return (commit: string, change: RawChange): void => {
    const path = change.path.toString('latin1')
    if (wanted.has(change.newId)) appears(change.newId, path, commit, change.path)
    if (wanted.has(change.oldId) && change.oldId !== change.newId) vanishes(change.oldId, path, commit)
  }

  function appears(id: string, path: string, commit: string, raw: Buffer): void {
    const trace = objects.get(id) ?? { paths: [], added: [], removedBy: null }
    objects.set(id, trace)
    const paths = setOf(seen, id)
    if (!paths.has(path)) trace.paths.push(Buffer.from(raw))
    paths.add(path)
    const last = trace.added.at(-1)
    if (last?.commit !== commit) trace.added.push({ commit, times: 1 })
    else if (setOf(standing, `${id} ${commit}`).has(path)) last.times += 1
    setOf(standing, `${id} ${commit}`).add(path)
    setOf(standing, id).add(path)
    trace.removedBy = null
  }

  function vanishes(id: string, path: string, commit: string): void {
    const paths = setOf(standing, id)
    const trace = objects.get(id)
    if (trace !== undefined && paths.delete(path) && paths.size === 0) trace.removedBy = commit
  }
}

function setOf(map: Map<string, Set<string>>, key: string): Set<string> {
  const set = map.get(key) ?? new Set<string>()
  map.set(key, set)
  return set
}

/** The first commit of each tree that is a commit's root: such a tree is an entry of nothing. */
export async function rootTrees(
  git: Git,
  trees: readonly string[],
  commits: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const roots = new Map<string, string>()
  if (trees.length === 0) return roots
  const wanted = new Set(trees)
  const walk = startGit(
    git,
    ['rev-list', '--topo-order', '--reverse', '--ignore-missing', '--format=%H %T', '--stdin'],
    signal,
  )
  walk.stdin.end(commits.map((id) => `${id}\n`).join(''))
  let rest = ''
  for await (const chunk of walk.stdout) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [commit = '', tree = ''] = line.split(' ')
      if (wanted.has(tree) && !roots.has(tree)) roots.set(tree, commit)
    }
  }
  return roots
}

import { readObjects } from '../objects.ts'
import type { Git } from '../run.ts'

/** A path of a commit; both as they are keyed: the commit's id, the path's bytes as latin1 ('' is its root). */
export interface Spot {
  readonly commit: string
  readonly path: string
}

/** What stands there: ids of blobs and trees, null for nothing. All of them together, a folder's depth at a time. */
export async function objectsAt(
  git: Git,
  spots: readonly Spot[],
  signal: AbortSignal,
): Promise<(string | null)[]> {
  const roots = await rootsOf(git, [...new Set(spots.map(({ commit }) => commit))], signal)
  const standing = spots.map(({ commit, path }) => ({
    id: roots.get(commit) ?? null,
    left: path === '' ? [] : path.split('/'),
  }))
  const trees = new Map<string, ReadonlyMap<string, string>>()
  for (;;) {
    const going = standing.filter(({ id, left }) => id !== null && left.length > 0)
    if (going.length === 0) return standing.map(({ id }) => id)
    const unread = new Set(going.flatMap(({ id }) => (id === null || trees.has(id) ? [] : [id])))
    const contents = await readWhole(git, [...unread], signal)
    for (const id of unread) trees.set(id, entriesOf(contents.get(id) ?? Buffer.alloc(0), id.length / 2))
    for (const spot of going) spot.id = trees.get(spot.id ?? '')?.get(spot.left.shift() ?? '') ?? null
  }
}

async function rootsOf(
  git: Git,
  commits: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const contents = await readWhole(git, commits, signal)
  return new Map(
    [...contents].map(([id, bytes]) => [
      id,
      /^tree ([0-9a-f]+)\n/.exec(bytes.toString('latin1', 0, 80))?.[1] ?? '',
    ]),
  )
}

/** `<mode> SP <name> NUL <id>`, again and again; `idLength` in bytes. Submodules are left out. */
function entriesOf(tree: Buffer, idLength: number): ReadonlyMap<string, string> {
  const entries = new Map<string, string>()
  for (let at = 0; at < tree.length; ) {
    const space = tree.indexOf(0x20, at)
    const end = tree.indexOf(0, space)
    if (space === -1 || end === -1) break
    const id = tree.toString('hex', end + 1, end + 1 + idLength)
    if (tree.toString('latin1', at, space) !== '160000')
      entries.set(tree.toString('latin1', space + 1, end), id)
    at = end + 1 + idLength
  }
  return entries
}

/** Trees and commits, copied. */
async function readWhole(
  git: Git,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>()
  for await (const batch of readObjects(git, ids, signal)) {
    for (const { object } of batch) {
      if (!('missing' in object)) found.set(object.id, await gather(object.bytes))
    }
  }
  return found
}

async function gather(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<Buffer> {
  if (bytes instanceof Uint8Array) return Buffer.from(bytes)
  const chunks: Buffer[] = []
  for await (const chunk of bytes) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

import { readObjects } from '../objects.ts'
import type { BulkStore } from '../pack/bulk.ts'
import type { Objects } from './objects.ts'

export interface TreePair {
  /** null: nothing. */
  readonly before: string | null
  readonly after: string | null
}

/** Bytes of trees that are kept: most are asked for again soon, as what the next commit is compared with. */
const room = 16 * 2 ** 20
const longest = 16 * 2 ** 20
const nothing = Buffer.alloc(0)

/**
 * Reads trees two by two, in bounded memory. `use` gets them in the order of the pairs, but for those of which one had
 * been forgotten before the other came: these come last. Returns the numbers of pairs that cannot be read.
 */
export async function readTreePairs(
  { git, store }: Objects,
  pairs: readonly TreePair[],
  use: (pair: number, before: Buffer, after: Buffer) => void,
  signal: AbortSignal,
): Promise<number[]> {
  const unreadable: number[] = []
  let todo: readonly number[] = pairs.map((_, number) => number)
  if (store !== null) todo = todo.filter((number) => !useStored(store, number))
  for (let spread = 1000; todo.length > 0; spread = 1) todo = await readSome(todo, spread)
  return unreadable

  /** False: git is to say what is wrong with them. */
  function useStored(from: BulkStore, number: number): boolean {
    const { before = null, after = null } = pairs[number] ?? {}
    const [a, b] = [before, after].map((id) => (id === null ? nothing : treeIn(from, id)))
    if (a === undefined || b === undefined) return false
    use(number, a, b)
    return true
  }

  /** `spread`: so many trees back one is taken to be kept still. */
  async function readSome(numbers: readonly number[], spread: number): Promise<number[]> {
    const kept = keeper()
    const { ids, until } = planOf(pairs, numbers, spread)
    const forgotten: number[] = []
    let next = 0
    const usePairs = (read: number): void => {
      for (; next < numbers.length && (until[next] as number) <= read; next++) {
        const number = numbers[next] as number
        const { before = null, after = null } = pairs[number] ?? {}
        const [a, b] = [kept.get(before), kept.get(after)]
        if (a === null || b === null) unreadable.push(number)
        else if (a === undefined || b === undefined) forgotten.push(number)
        else use(number, a, b)
      }
    }
    for await (const batch of readObjects(git, ids, signal)) {
      for (const { index, object } of batch) {
        const isTree = !('missing' in object) && object.type === 'tree'
        kept.add(ids[index] ?? '', isTree ? await wholeOf(object.bytes) : null)
        usePairs(index + 1)
      }
    }
    usePairs(ids.length)
    // One that is alone has both of its trees.
    if (spread === 1) unreadable.push(...forgotten.splice(0))
    return forgotten
  }
}

function treeIn(store: BulkStore, id: string): Buffer | undefined {
  const object = store.tryRead(id, longest)
  return object?.type === 'tree' ? object.bytes : undefined
}

/** The trees to be read, and for each pair how many of them it waits for. */
function planOf(pairs: readonly TreePair[], numbers: readonly number[], spread: number) {
  const ids: string[] = []
  const until = new Uint32Array(numbers.length)
  const last = new Map<string, number>()
  for (const [at, number] of numbers.entries()) {
    const start = ids.length
    for (const id of [pairs[number]?.before ?? null, pairs[number]?.after ?? null]) {
      if (id === null || start - (last.get(id) ?? Number.NEGATIVE_INFINITY) < spread) continue
      last.set(id, ids.length)
      ids.push(id)
    }
    until[at] = ids.length
  }
  return { ids, until }
}

/** The trees that were read last. null: it cannot be read; undefined: it is not kept. */
function keeper() {
  const trees = new Map<string, Buffer | null>()
  let size = 0
  return {
    get: (id: string | null) => (id === null ? nothing : trees.get(id)),
    add(id: string, tree: Buffer | null): void {
      size += (tree?.length ?? 0) - (trees.get(id)?.length ?? 0)
      trees.delete(id)
      trees.set(id, tree)
      for (const [oldest, bytes] of trees) {
        if (size <= room || trees.size <= 2) return
        trees.delete(oldest)
        size -= bytes?.length ?? 0
      }
    },
  }
}

async function wholeOf(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<Buffer | null> {
  if (bytes instanceof Uint8Array) return Buffer.from(bytes)
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of bytes) {
    length += chunk.length
    if (length > longest) return null
    chunks.push(Buffer.from(chunk))
  }
  return Buffer.concat(chunks)
}

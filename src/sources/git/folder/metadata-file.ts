import * as fs from 'node:fs'
import { nameFrom } from '../../name.ts'
import { isSkipped, type Origin, type Skipped, type Unit } from '../../types.ts'
import { type Gitlink, indexReader, looksLikeIndex, NoIndex } from './index-names.ts'
import { inflatedPart } from '../pack/inflated.ts'
import { isReftable, reftableLogs } from './reftable.ts'
import { type Repository, shownFolder } from '../repository.ts'

/** An object that was not written to its end, or not given its name: git does not see it. */
const unfinished = /\/objects\/[0-9a-f]{2}\/tmp_obj_[^/]*$/

export interface FileReader {
  /** What a file of the git folder holds, as it can be scanned. */
  readonly read: (item: Unit | Skipped) => (Unit | Skipped)[]
  /** What there is to say or to read of the files of the last batch once it was read. */
  readonly later: () => (Unit | Skipped)[]
}

/** `listed`: names of refs that are known already. */
export function fileReader(
  repository: Repository,
  idLength: number,
  listed: ReadonlySet<string>,
  gitlink: (link: Gitlink) => void,
): FileReader {
  const refs = `${shownFolder(repository)}/refs/`
  const ownIndex = indexesOf(repository)
  let waiting: (Unit | Skipped)[] = []
  return {
    read,
    later() {
      const items = waiting
      waiting = []
      return items
    },
  }

  function read(item: Unit | Skipped): (Unit | Skipped)[] {
    if (isSkipped(item)) return [item]
    const what = item.name.text
    const known = what.startsWith(refs) && listed.has(what.slice(refs.length - 'refs/'.length))
    const { bytes } = item
    if (known && bytes instanceof Uint8Array && isId(bytes)) return []
    const file = item.origin.kind === 'file' ? item.origin.file : null
    if (file !== null && unfinished.test(what)) {
      waiting.push(packedIn(item, what, inflatedPart(file)))
      return []
    }
    if (file !== null && isReftable(what)) {
      const logs = reftableLogs(fs, Buffer.from(file))
      waiting.push(packedIn(item, `reflogs in ${what}`, streamed(logs)))
    }
    const origin: Origin = known ? { kind: 'other', what } : { kind: 'other', what, named: true }
    return [{ ...item, bytes: contentOf(bytes, what), origin }]
  }

  function contentOf(bytes: Unit['bytes'], what: string): Unit['bytes'] {
    if (!(bytes instanceof Uint8Array)) return namesIn(bytes, what)
    return looksLikeIndex(bytes) ? readable(bytes, indexOf(what), what) : bytes
  }

  /** It is not known before it was begun whether a large file is an index. */
  async function* namesIn(chunks: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<Uint8Array> {
    let names: ReturnType<typeof indexOf> | null = null
    let first = true
    for await (const chunk of chunks) {
      if (first && looksLikeIndex(chunk)) names = indexOf(what)
      first = false
      yield names === null ? chunk : readable(chunk, names, what)
    }
  }

  function indexOf(what: string) {
    return indexReader(idLength, ownIndex(what) ? gitlink : () => {})
  }

  /** A damaged index is read as it is from there on. */
  function readable(chunk: Uint8Array, names: ReturnType<typeof indexOf>, what: string): Uint8Array {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    try {
      return names(bytes)
    } catch (error) {
      if (!(error instanceof NoIndex)) throw error
      waiting.push({
        skipped: what,
        reason: `names in this index cannot be read: ${error.message}`,
        hint: 'git read-tree HEAD makes a new one',
      })
      return bytes
    }
  }

  function packedIn(item: Unit, what: string, bytes: AsyncIterable<Uint8Array>): Unit {
    return { ...item, name: nameFrom(what), bytes, origin: { kind: 'other', what } }
  }
}

/** A split index has most of its entries in a shared one. Those of other worktrees are not this one's. */
function indexesOf({ gitDir, commonDir, nested }: Repository): (what: string) => boolean {
  const folder = `${nested?.folder ?? '.git'}${gitDir.toString('utf8', commonDir.length)}/`
  const name = /^(?:index|sharedindex\.[0-9a-f]+)$/
  return (what) => what.startsWith(folder) && name.test(what.slice(folder.length))
}

/** A ref holds one object's id; what else may stand there is scanned. */
function isId(bytes: Uint8Array): boolean {
  if (bytes.length !== 41 && bytes.length !== 65) return false
  return bytes.every((byte, at) =>
    at === bytes.length - 1
      ? byte === 0x0a
      : (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66),
  )
}

async function* streamed(parts: Iterable<Buffer>): AsyncGenerator<Uint8Array> {
  yield* parts
}

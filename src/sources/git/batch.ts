import type { Readable } from 'node:stream'

/** One object as `git cat-file --batch` writes it; `bytes` follow the rule of `Unit`. */
export interface BatchObject {
  readonly id: string
  readonly type: 'blob' | 'commit' | 'tag' | 'tree'
  readonly size: number
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>
}

/** `<id> missing`, or an answer that is none. */
export interface BatchMiss {
  readonly id: string
  readonly missing: string
}

/** Larger objects stream. */
const WHOLE = 1 << 20
const ROOM = 4 * WHOLE
/** Nothing that git writes as a line of its own. */
const longestLine = 65_536

/** The output does not go on as it must: git died within an object, or one is not as long as its header says. */
export class BrokenBatch extends Error {
  /** The object's id, when it had been handed out already. */
  readonly handedOut: string | null
  /** git goes on, but what it writes cannot be told apart any more. */
  readonly isShifted: boolean

  constructor(handedOut: string | null, isShifted: boolean) {
    super(isShifted ? 'it is not as long as it says' : 'the output of git ended inside an object')
    this.handedOut = handedOut
    this.isShifted = isShifted
  }
}

const header = /^([0-9a-f]+) (blob|commit|tree|tag) (\d+)$/

/**
 * Parses the output of `git cat-file --batch` (`<id> SP <type> SP <size> LF <bytes> LF`) with bounded memory: one
 * buffer is filled, its complete objects are handed out, and it is used again. git gives all that a forged loose object
 * has, whatever length it says first, and what is too much may look like the next answers: `mark`, a line that comes
 * behind each of them, cannot be forged. Throws `BrokenBatch`.
 * https://git-scm.com/docs/git-cat-file#_batch_output
 */
export async function* readBatch(
  stdout: Readable,
  mark = '',
): AsyncGenerator<readonly (BatchObject | BatchMiss)[]> {
  const afterMiss = Buffer.from(mark)
  const afterObject = Buffer.from(`\n${mark}`)
  const input: AsyncIterator<Buffer> = stdout[Symbol.asyncIterator]()
  const arena = Buffer.allocUnsafe(ROOM)
  let start = 0
  let end = 0
  let broken: BrokenBatch | null = null
  let batch: (BatchObject | BatchMiss)[] = []
  for (;;) {
    const next = parseOne()
    if (next === 'shifted') {
      if (batch.length > 0) yield batch
      throw new BrokenBatch(null, true)
    } else if (next === 'more') {
      const chunk = await input.next()
      if (chunk.done === true) break
      if (chunk.value.length > ROOM - end) {
        if (batch.length > 0) yield batch
        batch = []
        arena.copyWithin(0, start, end)
        end -= start
        start = 0
      }
      end += chunk.value.copy(arena, end)
    } else if ('left' in next) {
      batch.push(next.object)
      yield batch
      batch = []
      for await (const _ of next.object.bytes) continue
      if (broken !== null) throw broken
    } else batch.push(next)
  }
  if (batch.length > 0) yield batch
  if (end > start) throw new BrokenBatch(null, false)

  function parseOne():
    | 'more'
    | 'shifted'
    | BatchObject
    | BatchMiss
    | { left: true; object: BatchObject & { bytes: AsyncIterable<Uint8Array> } } {
    const newline = arena.subarray(0, end).indexOf(10, start)
    if (newline === -1) return end - start > longestLine ? 'shifted' : 'more'
    const line = arena.toString('latin1', start, newline)
    const body = newline + 1
    const [, id, type, length] = header.exec(line) ?? []
    if (id === undefined) {
      if (mark === '' && !line.endsWith(' missing')) return 'shifted'
      if (end - body < afterMiss.length) return 'more'
      if (!isNext(afterMiss, body)) return 'shifted'
      start = body + afterMiss.length
      const [asked = '', what] = line.split(' ')
      return {
        id: asked,
        missing: what === 'missing' ? 'missing' : `git answered: ${line.slice(0, 200)}`,
      }
    }
    const object = { id, type: type as BatchObject['type'], size: Number(length) }
    if (object.size > WHOLE) {
      start = body
      return { left: true, object: { ...object, bytes: stream(id, object.size) } }
    }
    const bodyEnd = body + object.size
    if (end - bodyEnd < afterObject.length) return 'more'
    if (!isNext(afterObject, bodyEnd)) return 'shifted'
    start = bodyEnd + afterObject.length
    return { ...object, bytes: arena.subarray(body, bodyEnd) }
  }

  function isNext(wanted: Buffer, at: number): boolean {
    return wanted.equals(arena.subarray(at, at + wanted.length))
  }

  function stream(id: string, size: number): AsyncIterable<Uint8Array> {
    const chunks = pieces(id, size)
    // Several loops over it go on where the last one stopped; leaving a loop does not end it.
    const iterator = { next: () => chunks.next() }
    return { [Symbol.asyncIterator]: () => iterator }
  }

  async function* pieces(id: string, size: number): AsyncGenerator<Uint8Array> {
    for (let left = size; left > 0; ) {
      if (end === start) await refill(id)
      const piece = arena.subarray(start, Math.min(end, start + left))
      start += piece.length
      left -= piece.length
      yield piece
    }
    while (end - start < afterObject.length) await refill(id)
    if (!isNext(afterObject, start)) throw (broken = new BrokenBatch(id, true))
    start += afterObject.length
  }

  /** What is left goes to the front. */
  async function refill(id: string): Promise<void> {
    const chunk = await input.next()
    if (chunk.done === true) throw (broken = new BrokenBatch(id, false))
    arena.copyWithin(0, start, end)
    end -= start
    start = 0
    end += chunk.value.copy(arena, end)
  }
}

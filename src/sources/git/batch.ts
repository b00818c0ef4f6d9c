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

/** The output ended inside an object: git died. */
export class TruncatedBatch extends Error {
  /** The object's id, when it had been handed out already. */
  readonly handedOut: string | null

  constructor(handedOut: string | null) {
    super('the output of git ended inside an object')
    this.handedOut = handedOut
  }
}

/**
 * Parses the output of `git cat-file --batch` (`<id> SP <type> SP <size> LF <bytes> LF`) with bounded memory: one
 * buffer is filled, its complete objects are handed out, and it is used again.
 * https://git-scm.com/docs/git-cat-file#_batch_output
 */
export async function* readBatch(stdout: Readable): AsyncGenerator<readonly (BatchObject | BatchMiss)[]> {
  const input: AsyncIterator<Buffer> = stdout[Symbol.asyncIterator]()
  const arena = Buffer.allocUnsafe(ROOM)
  let start = 0
  let end = 0
  let cut = false
  let batch: (BatchObject | BatchMiss)[] = []
  for (;;) {
    const next = parseOne()
    if (next === 'more') {
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
      if (cut) throw new TruncatedBatch(next.object.id)
    } else batch.push(next)
  }
  if (batch.length > 0) yield batch
  if (end > start) throw new TruncatedBatch(null)

  function parseOne():
    | 'more'
    | BatchObject
    | BatchMiss
    | { left: true; object: BatchObject & { bytes: AsyncIterable<Uint8Array> } } {
    const newline = arena.subarray(0, end).indexOf(10, start)
    if (newline === -1) return 'more'
    const header = arena.toString('latin1', start, newline)
    const [id = '', type = '', length = ''] = header.split(' ')
    const size = Number(length)
    if ((type !== 'blob' && type !== 'commit' && type !== 'tree' && type !== 'tag') || length === '') {
      start = newline + 1
      return { id, missing: type === 'missing' ? 'missing' : `git answered: ${header.slice(0, 200)}` }
    }
    const body = newline + 1
    if (size > WHOLE) {
      start = body
      return { left: true, object: { id, type, size, bytes: stream(id, size) } }
    }
    if (end - body <= size) return 'more'
    start = body + size + 1
    return { id, type, size, bytes: arena.subarray(body, body + size) }
  }

  function stream(id: string, size: number): AsyncIterable<Uint8Array> {
    const chunks = pieces(id, size)
    // Several loops over it go on where the last one stopped; leaving a loop does not end it.
    const iterator = { next: () => chunks.next() }
    return { [Symbol.asyncIterator]: () => iterator }
  }

  async function* pieces(id: string, size: number): AsyncGenerator<Uint8Array> {
    let left = size
    while (left >= 0) {
      if (end === start) {
        const chunk = await input.next()
        if (chunk.done === true) {
          cut = true
          throw new TruncatedBatch(id)
        }
        start = 0
        end = chunk.value.copy(arena, 0)
      }
      if (left === 0) {
        start += 1
        return
      }
      const piece = arena.subarray(start, Math.min(end, start + left))
      start += piece.length
      left -= piece.length
      yield piece
    }
  }
}

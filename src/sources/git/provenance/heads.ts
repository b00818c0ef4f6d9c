import { BrokenBatch } from '../batch.ts'
import { readObjects } from '../objects.ts'
import type { Git } from '../run.ts'

/** A commit with more parents than fit in there is none that git has made. */
const longest = 2 ** 24

/** What stands before the messages of commits and tags; what cannot be read is left out. Bytes are valid until the next. */
export async function* readHeads(
  git: Git,
  ids: readonly string[],
  type: 'commit' | 'tag',
  signal: AbortSignal,
): AsyncGenerator<{ readonly index: number; readonly bytes: Buffer }> {
  for await (const batch of readObjects(git, ids, signal)) {
    for (const { index, object } of batch) {
      if ('missing' in object || object.type !== type) continue
      const bytes = object.bytes instanceof Uint8Array ? object.bytes : await beginning(object.bytes)
      if (bytes === null) continue
      yield { index, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
    }
  }
}

/** null: it is damaged. */
async function beginning(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stream) {
      chunks.push(Buffer.from(chunk))
      length += chunk.length
      if (length > longest || Buffer.concat(chunks.slice(-2)).includes('\n\n')) break
    }
  } catch (error) {
    if (error instanceof BrokenBatch) return null
    throw error
  }
  return Buffer.concat(chunks)
}

import { createReadStream, read } from 'node:fs'
import { promisify } from 'node:util'
import { constants, createInflate } from 'node:zlib'
import { Damaged } from './types.ts'

const readAt = promisify(read)
const chunkSize = 2 ** 18

/** The zlib stream between two places of a file, inflated piece by piece; throws `Damaged` where it is not `size` bytes. */
export async function* inflated(
  fd: number,
  from: number,
  to: number,
  size: number,
): AsyncGenerator<Uint8Array> {
  let given = 0
  for await (const piece of inflatedFrom(fd, from, to)) {
    given += piece.length
    if (given > size) break
    yield piece
  }
  if (given !== size) throw new Damaged('it is not as long as it says')
}

/** As long as it is, whatever it is. */
export async function* inflatedFrom(fd: number, from: number, to: number): AsyncGenerator<Uint8Array> {
  const inflate = createInflate({ chunkSize })
  const feeding = feed(inflate, fd, from, to)
  feeding.catch((error: unknown) =>
    inflate.destroy(error instanceof Error ? error : new Error(String(error))),
  )
  try {
    for await (const piece of inflate) yield piece as Uint8Array
  } catch (error) {
    throw new Damaged(error instanceof Error ? error.message : String(error), { cause: error })
  } finally {
    inflate.destroy()
  }
}

/** As far as it goes: of what was not written to its end there is no more. */
export async function* inflatedPart(file: Uint8Array): AsyncGenerator<Uint8Array> {
  const input = createReadStream(Buffer.from(file))
  const inflate = createInflate({ chunkSize, finishFlush: constants.Z_SYNC_FLUSH })
  input.on('error', (error) => inflate.destroy(error))
  try {
    for await (const piece of input.pipe(inflate)) yield piece as Uint8Array
  } catch (error) {
    if (!isDamage(error)) throw error
  } finally {
    input.destroy()
    inflate.destroy()
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}

async function feed(
  inflate: ReturnType<typeof createInflate>,
  fd: number,
  from: number,
  to: number,
): Promise<void> {
  for (let at = from; at < to && !inflate.destroyed; ) {
    const bytes = Buffer.allocUnsafe(Math.min(chunkSize, to - at))
    const { bytesRead } = await readAt(fd, bytes, 0, bytes.length, at)
    if (bytesRead === 0) break
    at += bytesRead
    if (!inflate.write(bytes.subarray(0, bytesRead))) await roomIn(inflate)
  }
  if (!inflate.destroyed) inflate.end()
}

function roomIn(inflate: ReturnType<typeof createInflate>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      inflate.off('drain', done)
      inflate.off('close', done)
      resolve()
    }
    inflate.once('drain', done)
    inflate.once('close', done)
  })
}

import type { Hit } from '../detect/types.ts'
import { lineReach, type Surroundings } from '../exceptions/types.ts'

/** The bytes around a hit; null: they are not there any more. */
export type Around = (hit: Pick<Hit, 'byteOffset' | 'byteLength'>) => Surroundings | null

/** For a unit that is in memory. */
export function aroundIn(bytes: Uint8Array): Around {
  return (hit) => cut(bytes, 0, hit)
}

export const nothingAround: Around = () => null

/** Keeps the end of a stream, so that hits can be handed out with what follows them. */
export interface Keeper {
  /** Takes the next bytes, one of `pieces`, and the hits that came with them; gives those whose surroundings are complete. */
  push(chunk: Uint8Array, hits: readonly Hit[]): readonly Hit[]
  /** All that are left. */
  end(hits: readonly Hit[]): readonly Hit[]
  readonly around: Around
}

/** What may come at once: a hit may lie further back than that, by what the scanner keeps. */
const most = 2 ** 20
/** A comment beside a hit that lies further back is not honoured. */
const kept = 2 * most
const room = 2 * kept

/** As much of a chunk as may come at once, again and again. */
export function* pieces(chunk: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += most) yield chunk.subarray(at, at + most)
}

export function keeper(): Keeper {
  let buffer: Uint8Array = new Uint8Array(0)
  let base = 0
  let filled = 0
  let waiting: Hit[] = []
  return { push, end, around: (hit) => cut(buffer.subarray(0, filled), base, hit) }

  function push(chunk: Uint8Array, hits: readonly Hit[]): readonly Hit[] {
    append(chunk)
    waiting.push(...hits)
    if (waiting.length === 0) return waiting
    const seen = base + filled - lineReach
    const first = waiting.findIndex((hit) => hit.byteOffset + hit.byteLength > seen)
    return waiting.splice(0, first === -1 ? waiting.length : first)
  }

  function append(bytes: Uint8Array): void {
    if (buffer.length === 0) buffer = new Uint8Array(room)
    if (filled + bytes.length > room) {
      const gone = filled - kept
      buffer.copyWithin(0, gone, filled)
      base += gone
      filled = kept
    }
    buffer.set(bytes, filled)
    filled += bytes.length
  }

  function end(hits: readonly Hit[]): readonly Hit[] {
    const all = [...waiting, ...hits]
    waiting = []
    return all
  }
}

function cut(
  bytes: Uint8Array,
  base: number,
  { byteOffset, byteLength }: Parameters<Around>[0],
): Surroundings | null {
  const [start, end] = [byteOffset - base, byteOffset + byteLength - base]
  if (start < 0 || end > bytes.length) return null
  const from = Math.max(0, start - lineReach)
  return { bytes: bytes.subarray(from, end + lineReach), start: start - from, end: end - from }
}

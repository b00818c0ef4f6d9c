import { type Plan, shifted } from './plan.ts'

/** Where needles begin; filled by the kernel, reused by the caller. */
export interface Anchors {
  readonly at: Int32Array
  readonly needle: Uint16Array
  count: number
}

/** The needle search: one pass over bytes for all needles. Nothing else looks at clean bytes. */
export interface Kernel {
  /** Length of the longest needle. */
  readonly reach: number
  /**
   * Finds needles that begin at or after `from` and before `to` (a few behind it as well), roughly in order (two may be
   * swapped within `reach`), and returns where to go on: `bytes.length` when done, less when `anchors` is full.
   */
  find(bytes: Uint8Array, from: number, anchors: Anchors, to?: number): number
}

export function createAnchors(capacity = 512): Anchors {
  return { at: new Int32Array(capacity), needle: new Uint16Array(capacity), count: 0 }
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/**
 * Looks at two bytes at a time, at every second place. Of each needle the rarest pair at an even offset and the rarest
 * at an odd one are known; whatever the alignment, exactly one of the two is met, so each occurrence is seen once.
 */
export function createKernel(plan: Plan): Kernel {
  const { pairs } = plan
  // One more than the bucket's place; 0: none.
  const bucketOf = new Uint16Array(65536)
  for (let i = 0; i < pairs.length; i++) bucketOf[wordOf(pairs[i] as number)] = i + 1
  const text = shifted(Buffer.from(plan.text, 'latin1'), -1)
  const ends = new Uint16Array([0, ...plan.ends])
  const bucketEnds = new Uint16Array([0, ...plan.bucketEnds])
  const ids = new Uint16Array(plan.ids)
  const offsets = new Uint8Array(plan.offsets)
  const reach = longest(ends)
  const fullest = longest(bucketEnds)

  function find(bytes: Uint8Array, from: number, anchors: Anchors, to = bytes.length): number {
    anchors.count = 0
    const room = anchors.at.length - fullest
    const shift = bytes.byteOffset & 1
    const length = Math.min(bytes.length, to + reach)
    const words = new Uint16Array(bytes.buffer, bytes.byteOffset + shift, Math.max(0, length - shift) >> 1)
    for (let i = (Math.max(0, from - shift) + 1) >> 1; i < words.length; i++) {
      const bucket = bucketOf[words[i] as number] as number
      if (bucket === 0) continue
      if (anchors.count > room) return 2 * i + shift
      verify(bytes, 2 * i + shift, bucket, anchors)
    }
    return bytes.length
  }

  function verify(bytes: Uint8Array, probe: number, bucket: number, anchors: Anchors): void {
    const last = bucketEnds[bucket] as number
    for (let entry = bucketEnds[bucket - 1] as number; entry < last; entry++) {
      const at = probe - (offsets[entry] as number)
      if (at < 0 || !standsAt(bytes, at, ids[entry] as number)) continue
      anchors.at[anchors.count] = at
      anchors.needle[anchors.count++] = ids[entry] as number
    }
  }

  function standsAt(bytes: Uint8Array, at: number, id: number): boolean {
    const from = ends[id] as number
    const to = ends[id + 1] as number
    if (at + to - from > bytes.length) return false
    for (let i = from; i < to; i++) if (bytes[at + i - from] !== text[i]) return false
    return true
  }

  return { reach, find }
}

function longest(ends: Uint16Array): number {
  let most = 0
  for (let i = 1; i < ends.length; i++) most = Math.max(most, (ends[i] as number) - (ends[i - 1] as number))
  return most
}

/** As a pair of bytes is read from memory. */
function wordOf(pair: number): number {
  return isLittleEndian ? pair : ((pair & 0xff) << 8) | (pair >> 8)
}

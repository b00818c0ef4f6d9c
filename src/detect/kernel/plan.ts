/**
 * Where the needle search looks for what: made of the needles once, when the bundle is built (see `../plan.ts`), since
 * making it takes longer than a small file. Numbers and Latin-1 alone.
 */
export interface Plan {
  /** All needles one behind the other, each byte by one higher: the bundle is scanned too, and is no heap of prefixes. */
  readonly text: string
  /** Where in it each ends. */
  readonly ends: readonly number[]
  /** Of each bucket the pair that leads to it, its second byte the higher one; and where its entries end. */
  readonly pairs: readonly number[]
  readonly bucketEnds: readonly number[]
  /** Of each entry the needle, and the pair's offset in it. */
  readonly ids: readonly number[]
  readonly offsets: readonly number[]
}

/** A pair of neighbours at an even offset and one at an odd offset take three bytes. */
const SHORTEST = 3

/** Of each needle the rarest pair at an even offset and the rarest at an odd one. */
export function planOf(needles: readonly Uint8Array[]): Plan {
  const buckets = new Map<number, { readonly id: number; readonly offset: number }[]>()
  needles.forEach((needle, id) => {
    if (needle.length < SHORTEST) throw new RangeError(`a needle needs ${SHORTEST} bytes`)
    for (const parity of [0, 1]) {
      const offset = rarestPair(needle, parity)
      const pair = byteAt(needle, offset) | (byteAt(needle, offset + 1) << 8)
      buckets.set(pair, [...(buckets.get(pair) ?? []), { id, offset }])
    }
  })
  const entries = [...buckets.values()].flat()
  return {
    text: shifted(Buffer.concat(needles), 1).toString('latin1'),
    ends: sums(needles.map(({ length }) => length)),
    pairs: [...buckets.keys()],
    bucketEnds: sums([...buckets.values()].map(({ length }) => length)),
    ids: entries.map(({ id }) => id),
    offsets: entries.map(({ offset }) => offset),
  }
}

/** Every byte by so much higher. */
export function shifted(bytes: Uint8Array, by: number): Buffer {
  return Buffer.from(bytes.map((byte) => byte + by))
}

function sums(numbers: readonly number[]): number[] {
  let sum = 0
  return numbers.map((number) => (sum += number))
}

function rarestPair(needle: Uint8Array, parity: number): number {
  let best = parity
  for (let offset = parity; offset + 1 < needle.length; offset += 2) {
    if (frequency(needle, offset) < frequency(needle, best)) best = offset
  }
  return best
}

/** How common a pair is in what people scan, roughly: two zeros most of all, then letters, then digits. */
function frequency(needle: Uint8Array, at: number): number {
  const [a, b] = [byteAt(needle, at), byteAt(needle, at + 1)]
  if (a === 0 && b === 0) return 100
  return weight(a) * weight(b)
}

function weight(byte: number): number {
  if (byte === 0x20) return 10
  if (byte === 0x0a || byte === 0x0d || byte === 0x22 || byte === 0x2c) return 8
  // Of the lower-case letters x and q are rare; c, l and p are not.
  if (byte >= 0x61 && byte <= 0x7a) return byte === 0x78 || byte === 0x71 ? 2 : 5
  if (byte >= 0x30 && byte <= 0x39) return 4
  return byte === 0x27 || byte === 0x3b ? 4 : 1
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] as number
}

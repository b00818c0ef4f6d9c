/** A set of the first 8 bytes of hashes: so many tell a billion of them apart. */
export interface IdSet {
  readonly size: number
  /** `bytes` holds the hash from `at` on. */
  has(bytes: Uint8Array, at: number): boolean
  add(bytes: Uint8Array, at: number): void
  /** All of them, one behind the other, in no order. */
  bytes(): Buffer
}

/** Bytes kept of each. */
export const kept = 8

/** `given`: as `bytes` writes them. */
export function createIdSet(given: Buffer = Buffer.alloc(0)): IdSet {
  let table = new Uint32Array(0)
  let mask = 0
  let size = 0
  resize(Math.max(16, (given.length / kept) * 2))
  for (let at = 0; at + kept <= given.length; at += kept) add(given, at)
  return {
    get size() {
      return size
    },
    has: (bytes, at) => table[slotOf(wordAt(bytes, at), wordAt(bytes, at + 4)) + 1] !== 0,
    add,
    bytes,
  }

  function add(bytes: Uint8Array, at: number): void {
    if (2 * (size + 1) > mask + 1) resize(2 * (size + 1) + 1)
    put(wordAt(bytes, at), wordAt(bytes, at + 4))
  }

  function put(high: number, low: number): void {
    const slot = slotOf(high, low)
    if (table[slot + 1] === 0) size += 1
    table[slot] = high
    table[slot + 1] = low
  }

  /** Where it is, or where there is room for it. */
  function slotOf(high: number, low: number): number {
    for (let place = high & mask; ; place = (place + 1) & mask) {
      const slot = 2 * place
      if (table[slot + 1] === 0 || (table[slot] === high && table[slot + 1] === low)) return slot
    }
  }

  function resize(room: number): void {
    const old = table
    mask = 2 ** Math.ceil(Math.log2(room)) - 1
    table = new Uint32Array(2 * (mask + 1))
    size = 0
    for (let slot = 0; slot < old.length; slot += 2) {
      if (old[slot + 1] !== 0) put(old[slot] as number, old[slot + 1] as number)
    }
  }

  function bytes(): Buffer {
    const out = Buffer.alloc(size * kept)
    let at = 0
    for (let slot = 0; slot < table.length; slot += 2) {
      if (table[slot + 1] === 0) continue
      out.writeUInt32BE(table[slot] as number, at)
      out.writeUInt32BE(table[slot + 1] as number, at + 4)
      at += kept
    }
    return out
  }
}

/** The second word of an entry is never zero: that marks where there is none. */
function wordAt(bytes: Uint8Array, at: number): number {
  const word =
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  return word === 0 ? 1 : word
}

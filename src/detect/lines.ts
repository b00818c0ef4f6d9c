const lineFeed = 0x0a

/** Line feeds in `bytes`, four bytes at a time where they are aligned. */
export function countLines(bytes: Uint8Array): number {
  const head = Math.min(bytes.length, (4 - (bytes.byteOffset & 3)) & 3)
  const words = (bytes.length - head) >> 2
  let count = countByByte(bytes, 0, head)
  if (words > 0) count += countByWord(new Int32Array(bytes.buffer, bytes.byteOffset + head, words))
  return count + countByByte(bytes, head + words * 4, bytes.length)
}

function countByByte(bytes: Uint8Array, from: number, to: number): number {
  let count = 0
  for (let i = from; i < to; i++) if (bytes[i] === lineFeed) count++
  return count
}

/** A byte of `x` is 0 where a line feed stood; the high bit of each such byte is set in `zeros`, summed in lanes. */
function countByWord(words: Int32Array): number {
  let count = 0
  for (let from = 0; from < words.length; from += 255) {
    const to = Math.min(words.length, from + 255)
    let lanes = 0
    for (let i = from; i < to; i++) {
      const x = (words[i] as number) ^ 0x0a0a0a0a
      const zeros = ~(((x & 0x7f7f7f7f) + 0x7f7f7f7f) | x) & 0x80808080
      lanes += zeros >>> 7
    }
    count += (lanes & 0xff) + ((lanes >>> 8) & 0xff) + ((lanes >>> 16) & 0xff) + (lanes >>> 24)
  }
  return count
}

/** UTF-16 code units of UTF-8 text; a byte that belongs to no valid character counts one. */
export function countColumns(bytes: Uint8Array): number {
  let columns = 0
  let i = 0
  while (i < bytes.length) {
    const length = (bytes[i] as number) < 0x80 ? 1 : characterLength(bytes, i)
    columns += length === 4 ? 2 : 1
    i += length
  }
  return columns
}

/** Length of the valid UTF-8 character at `at`, 1 where there is none (Unicode 15, table 3-7). */
function characterLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 1
  if (length === 1 || at + length > bytes.length) return 1
  const second = bytes[at + 1] as number
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < lowest || second > highest) return 1
  for (let i = at + 2; i < at + length; i++) if (((bytes[i] as number) & 0xc0) !== 0x80) return 1
  return length
}

/** The largest place at or before `at` where a UTF-8 character may begin, so that counting in pieces is exact. */
export function characterStart(bytes: Uint8Array, at: number): number {
  if (at >= bytes.length || ((bytes[at] as number) & 0xc0) !== 0x80) return at
  for (let i = at - 1; i >= Math.max(0, at - 3); i--) if (((bytes[i] as number) & 0xc0) !== 0x80) return i
  return at
}

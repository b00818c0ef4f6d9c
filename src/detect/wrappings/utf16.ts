import type { Decoded, Encoding, Wrapping } from '../types.ts'
import { base64Anchors, utf16Anchor } from './anchors.ts'

const leftUnits = 512
const rightUnits = 4096

/**
 * UTF-16 of both byte orders, at even and odd offsets, with and without a mark: the run of ASCII code units around
 * the needle. The two readings share their bytes but one at each end; the likelier comes first and is kept.
 */
export const utf16: Wrapping = {
  id: 'utf-16le',
  needles: [utf16Anchor, ...base64Anchors.map((needle) => widen(needle.bytes))],
  decodeAround(bytes, at, _needle, unit) {
    const little = readUnits(bytes, at, 1, 'utf-16le')
    const big = at === 0 ? null : readUnits(bytes, at - 1, 0, 'utf-16be')
    const bigFirst =
      unit?.text === 'utf-16be' || (unit?.text !== 'utf-16le' && ((unit?.base ?? 0) + at) % 2 === 1)
    return (bigFirst ? [big, little] : [little, big]).filter((reading) => reading !== null)
  },
}

/** `at` is where a unit begins, `zero` which of its two bytes is zero. */
function readUnits(bytes: Uint8Array, at: number, zero: 0 | 1, encoding: Encoding): Decoded | null {
  const isUnit = (i: number) => {
    const byte = bytes[i + 1 - zero]
    return bytes[i + zero] === 0 && byte !== undefined && byte !== 0 && byte < 0x80
  }
  let from = at
  while (from >= 2 && at - from < 2 * leftUnits && isUnit(from - 2)) from -= 2
  let to = at
  while (to - at < 2 * rightUnits && isUnit(to)) to += 2
  if (to === at) return null
  const out = new Uint8Array((to - from) / 2)
  for (let i = 0; i < out.length; i++) out[i] = bytes[from + 2 * i + 1 - zero] as number
  const start = from
  return { bytes: out, encoding, start: (index) => start + 2 * index, end: (index) => start + 2 * index + 2 }
}

function widen(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length * 2 - 1)
  bytes.forEach((byte, index) => (out[index * 2] = byte))
  return out
}

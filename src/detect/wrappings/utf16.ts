import { alphanumeric } from '../alphabet.ts'
import type { Decoded, Encoding, Wrapping } from '../types.ts'
import { base64Anchors, utf16Anchor } from './anchors.ts'

const leftUnits = 512
const rightUnits = 4096

/**
 * UTF-16 of both byte orders, at even and odd offsets, with and without a mark: the run of ASCII code units around
 * the needle. The readings in the two byte orders share all bytes but one at each end: one is chosen, by the unit's
 * kind, by what the prefix allows, by parity; both are tried only where the last character differs.
 */
export const utf16: Wrapping = {
  id: 'utf-16le',
  needles: [utf16Anchor, ...base64Anchors.map((needle) => widen(needle.bytes))],
  decodeAround(bytes, at, needle, unit) {
    const first = at - (needle === 0 ? 4 : 0)
    const little = readUnits(bytes, at, 1, 'utf-16le')
    const big = at === 0 ? null : readUnits(bytes, at - 1, 0, 'utf-16be')
    if (little === null) return []
    if (big === null || big.start(0) > first - 1) return [little]
    if (unit?.text === 'utf-16be') return [big]
    if (isCutShort(bytes, little)) return unit?.text === 'utf-16le' ? [little, big] : [big, little]
    if (unit?.text === 'utf-16le') return [little]
    return ((unit?.base ?? 0) + at) % 2 === 1 ? [big] : [little]
  },
}

/** A letter or digit with something other than zero after it: as likely the last unit in the other byte order. */
function isCutShort(bytes: Uint8Array, little: Decoded): boolean {
  return alphanumeric[bytes[little.end(little.bytes.length - 1)] ?? 0] === 1
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

import { alphanumeric } from '../alphabet.ts'
import type { Carrier, Decoded, UnitFacts } from '../types.ts'
import { base64Anchors, utf16Anchor } from './anchors.ts'
import { decodeUnits, type Width } from './wide.ts'

const little: Width = { id: 'utf-16le', size: 2, isLittle: true }
const big: Width = { id: 'utf-16be', size: 2, isLittle: false }

/** `l`, something invisible, `x`; and both in full width: where the letters are not beside each other as ASCII. */
const nothings = [
  0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060, 0x2061, 0x2062,
  0x2063, 0x2064, 0x2066, 0x2067, 0x2068, 0x2069, 0xfeff, 0xad, 0x180e, 0xfe0e, 0xfe0f,
]
const broken = [
  ...nothings.map((code) => `l\0${String.fromCharCode(code & 0xff, code >> 8)}x`),
  ...nothings.map((code) => `l${String.fromCharCode(code >> 8, code & 0xff)}\0x`),
  'l\0\x1b',
  'l\0\x9b',
  'L\xffX\xff',
  '\xffL\xffX',
  'l\0X\xff',
  'L\xffx\0',
  'l\xffX',
  '\xffL\0x',
]

/**
 * UTF-16 of both byte orders, at even and odd offsets, with and without a mark. The readings in the two orders share
 * all bytes but one at each end: the likelier one comes first, by the unit's kind, by what the prefix allows, by parity.
 */
export const utf16: Carrier = {
  id: 'utf-16le',
  needles: () => [
    { bytes: utf16Anchor, phase: 0 },
    ...broken.map((text) => ({ bytes: Buffer.from(text, 'latin1'), phase: 0 })),
    ...base64Anchors().map((needle) => ({ bytes: widen(needle.bytes), phase: 0 })),
  ],
  group: 1,
  readingOf: () => 0,
  decode(bytes, at, _, needle, unit) {
    const one = decodeUnits(bytes, at, little)
    const other = at === 0 ? null : decodeUnits(bytes, at - 1, big)
    if (one === null || other === null) return [one, other].filter((decoded) => decoded !== null)
    // The prefix begins four bytes before its third letter, if it is not written otherwise.
    const first = at - (needle === 0 && bytes[at - 4] === 0x70 ? 4 : 0)
    const [likelier, less] = isBig(one, other, first, unit, at) ? [other, one] : [one, other]
    // Within text that is known to be wide, the other order has nothing to say.
    return needle < 0 && unit.text !== 'bytes' ? [likelier] : [likelier, less]
  },
}

function isBig(one: Decoded, other: Decoded, first: number, unit: UnitFacts, at: number): boolean {
  if (other.start(0) > first - 1) return false
  if (unit.text !== 'bytes') return unit.text === 'utf-16be'
  const more = characters(other.bytes) - characters(one.bytes)
  return more === 0 ? (unit.base + at) % 2 === 1 : more > 0
}

/** In the wrong order the last letter makes a character with whatever comes behind it. */
function characters(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) if (alphanumeric[byte] === 1) count++
  return count
}

function widen(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length * 2 - 1)
  bytes.forEach((byte, index) => (out[index * 2] = byte))
  return out
}

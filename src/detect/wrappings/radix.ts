import { membersOf } from '../alphabet.ts'
import type { CarrierNeedle, Decoded, Encoding } from '../types.ts'

/** An alphabet whose characters carry `bits` bits each, most significant first (RFC 4648). */
export interface Radix {
  readonly bits: number
  /** Characters after which the bits come out even: 4 for base64, 8 for base32, 2 for hex. */
  readonly group: number
  readonly values: Uint8Array
}

function radixOf(bits: number, group: number, ...alphabets: readonly string[]): Radix {
  const values = new Uint8Array(256)
  for (const alphabet of alphabets) {
    Buffer.from(alphabet, 'latin1').forEach((byte, value) => (values[byte] = value))
  }
  return { bits, group, values }
}

const base64Common = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const base32Upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Both alphabets of base64 at once: no character means different things in the two. */
export const radix64 = radixOf(6, 4, `${base64Common}+/`, `${base64Common}-_`)
export const radix32 = radixOf(5, 8, base32Upper, base32Upper.toLowerCase())
export const radix16 = radixOf(4, 2, '0123456789abcdef', '0123456789ABCDEF')

export const standardAlphabet = membersOf(`${base64Common}+/`)
export const urlAlphabet = membersOf(`${base64Common}-_`)
export const base32Alphabet = membersOf(base32Upper + base32Upper.toLowerCase())

/** The characters that any base64 of `inner` must hold, at each of the three alignments. */
export function base64Needles(inner: Uint8Array): readonly CarrierNeedle[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([new Uint8Array(shift), inner]).toString('base64')
    return needleOf(text, shift, inner.length, radix64)
  })
}

/** The same for base32, at each of its five alignments, in upper case. */
export function base32Needles(inner: Uint8Array): readonly CarrierNeedle[] {
  return [0, 1, 2, 3, 4].map((shift) => {
    const text = encodeBase32(Buffer.concat([new Uint8Array(shift), inner]))
    return needleOf(text, shift, inner.length, radix32)
  })
}

function needleOf(text: string, shift: number, length: number, { bits, group }: Radix): CarrierNeedle {
  const from = Math.ceil((shift * 8) / bits)
  const to = Math.floor(((shift + length) * 8) / bits)
  return { bytes: Buffer.from(text.slice(from, to), 'latin1'), phase: from % group }
}

function encodeBase32(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let size = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    for (size += 8; size >= 5; size -= 5) text += base32Upper[(held >> (size - 5)) & 31]
  }
  return size === 0 ? text : text + base32Upper[(held << (5 - size)) & 31]
}

/** Where the character `index` of a run stands in the original. */
export type Place = (index: number) => number

/**
 * A run's characters, of which a group begins at `phase`, decoded. Byte k carries bits of the characters
 * floor(8k / bits) to floor((8k + 7) / bits).
 */
export function decodeRun(
  characters: Uint8Array,
  place: Place,
  encoding: Encoding,
  radix: Radix,
  phase: number,
): Decoded {
  const { bits, group } = radix
  const first = ((phase % group) + group) % group
  return {
    bytes: decodeRadix(characters, first, radix),
    encoding,
    start: (index) => place(first + Math.floor((8 * index) / bits)),
    end: (index) => place(first + Math.floor((8 * index + 7) / bits)) + 1,
  }
}

export function decodeRadix(characters: Uint8Array, from: number, { bits, values }: Radix): Uint8Array {
  const count = Math.max(0, characters.length - from)
  const out = new Uint8Array(Math.floor((count * bits) / 8))
  let held = 0
  let size = 0
  let length = 0
  for (let i = from; i < characters.length; i++) {
    held = ((held << bits) | (values[characters[i] as number] as number)) & 0xffff
    size += bits
    if (size < 8) continue
    size -= 8
    if (length < out.length) out[length++] = (held >> size) & 0xff
  }
  return out
}

import { membersOf } from '../alphabet.ts'
import type { Decoded, Encoding } from '../types.ts'

const common = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

export const standardAlphabet: Uint8Array = membersOf(`${common}+/`)
export const urlAlphabet: Uint8Array = membersOf(`${common}-_`)

/** RFC 4648, tables 1 and 2 at once: no character means different things in the two. */
const values = new Uint8Array(256)
Buffer.from(`${common}+/`, 'latin1').forEach((byte, value) => (values[byte] = value))
values[0x2d] = 62
values[0x5f] = 63

/** A base64 needle and where in its group of four characters it begins. */
export interface Base64Needle {
  readonly bytes: Uint8Array
  readonly phase: number
}

/** The characters that any base64 of `inner` must hold, at each of the three alignments. */
export function base64Needles(inner: Uint8Array): readonly Base64Needle[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([new Uint8Array(shift), inner]).toString('base64')
    const from = Math.ceil((shift * 8) / 6)
    const to = Math.floor(((shift + inner.length) * 8) / 6)
    return { bytes: Buffer.from(text.slice(from, to), 'latin1'), phase: from % 4 }
  })
}

/** Where the character `index` of a run stands in the original. */
export type Place = (index: number) => number

/**
 * A run of characters decoded at each of the four places where a group may begin: a run is glued to what stands
 * before it as often as not. Byte k of a decoding carries bits of the characters floor(4k/3) to floor((8k+7)/6).
 */
export function decodeEveryWay(characters: Uint8Array, place: Place, encoding: Encoding): readonly Decoded[] {
  return [0, 1, 2, 3].map((phase) => ({
    bytes: decodeBase64(characters, phase),
    encoding,
    start: (index) => place(phase + Math.floor((8 * index) / 6)),
    end: (index) => place(phase + Math.floor((8 * index + 7) / 6)) + 1,
  }))
}

export function decodeBase64(characters: Uint8Array, from: number): Uint8Array {
  const count = Math.max(0, characters.length - from)
  const out = new Uint8Array(Math.floor((count * 6) / 8))
  let bits = 0
  let held = 0
  let length = 0
  for (let i = from; i < characters.length; i++) {
    bits = ((bits << 6) | (values[characters[i] as number] as number)) & 0xffff
    held += 6
    if (held < 8) continue
    held -= 8
    if (length < out.length) out[length++] = (bits >> held) & 0xff
  }
  return out
}

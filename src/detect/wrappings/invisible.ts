import { put } from '../rewrite.ts'
import type { Inline } from '../types.ts'

/**
 * Characters that look like nothing, or like another: zero-width and format characters are left out, typographic
 * dashes become `-`, full-width forms what they are the forms of. In UTF-8.
 */
export const invisible: Inline = {
  id: 'invisible',
  isBreak: true,
  isTrigger: (() => {
    const triggers = new Uint8Array(256)
    for (const byte of [0xc2, 0xcd, 0xd8, 0xe1, 0xe2, 0xef, 0xf3]) triggers[byte] = 1
    return triggers
  })(),
  step(bytes, at, out) {
    const lead = bytes[at] as number
    const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    const code = codeAt(bytes, at, lead, length)
    if (code < 0) return 0
    if (isNothing(code)) return length
    const likeness = likenessOf(code)
    if (likeness === 0) return 0
    put(out, likeness, at, at + length)
    return length
  },
  isDense: () => true,
}

function codeAt(bytes: Uint8Array, at: number, lead: number, length: number): number {
  let code = lead & (length === 2 ? 0x1f : length === 3 ? 0x0f : 0x07)
  for (let i = at + 1; i < at + length; i++) {
    const byte = bytes[i]
    if (byte === undefined || (byte & 0xc0) !== 0x80) return -1
    code = (code << 6) | (byte & 0x3f)
  }
  return code
}

/** Default_Ignorable_Code_Point of Unicode 15, less the Hangul fillers. */
function isNothing(code: number): boolean {
  return (
    code === 0xad ||
    code === 0x34f ||
    code === 0x61c ||
    (code >= 0x180b && code <= 0x180f) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    code === 0xfeff ||
    (code >= 0xe0000 && code <= 0xe0fff)
  )
}

function likenessOf(code: number): number {
  if (code >= 0xff01 && code <= 0xff5e) return code - 0xff01 + 0x21
  return (code >= 0x2010 && code <= 0x2015) || code === 0x2212 || code === 0xfe58 || code === 0xfe63
    ? 0x2d
    : 0
}

import { prefixBytes } from '../alphabet.ts'
import type { CarrierNeedle } from '../types.ts'
import { base64Needles } from './radix.ts'

/** `l x` of the prefix in UTF-16: the same three bytes in both byte orders. */
export const utf16Anchor: Uint8Array = Buffer.from('l\0x', 'latin1')

/** `cHBseC`, `BwbHgt`, `wcGx4L`: the prefix in base64. */
export const base64Anchors = (): readonly CarrierNeedle[] => base64Needles(prefixBytes)

/** What base64 may hold besides the prefix itself: the prefix in UTF-16 (PowerShell), and base64 once more. */
export const nestedBase64Anchors = (): readonly CarrierNeedle[] => [
  ...base64Needles(Buffer.from('l\0x\0-', 'latin1')),
  ...base64Anchors().flatMap((inner) => base64Needles(inner.bytes)),
]

import { createRewritten, endOf, putCharacter, type Rewritten, startOf } from '../rewrite.ts'
import type { Decoded, Encoding } from '../types.ts'
import { leftReach, rightReach } from './reach.ts'

/** How a code unit lies in bytes. */
export interface Width {
  readonly id: Encoding
  /** 2 or 4 bytes. */
  readonly size: 2 | 4
  readonly isLittle: boolean
}

/** The run of text in code units of which one begins at `at`; null when there is none. */
export function decodeUnits(bytes: Uint8Array, at: number, width: Width): Decoded | null {
  const { size } = width
  const floor = Math.max(0, at - leftReach)
  const ceiling = Math.min(bytes.length, at + rightReach)
  let from = at
  while (from - size >= floor && isText(unitAt(bytes, from - size, width))) from -= size
  let to = at
  while (to + size <= ceiling && isText(unitAt(bytes, to, width))) to += size
  return to === at ? null : decode(bytes, from, to, width)
}

function decode(bytes: Uint8Array, from: number, to: number, width: Width): Decoded {
  const out: Rewritten = createRewritten((3 * (to - from)) / width.size)
  for (let at = from; at < to; at += width.size) {
    putCharacter(out, unitAt(bytes, at, width), at, at + width.size)
  }
  return {
    bytes: out.bytes.subarray(0, out.length),
    encoding: width.id,
    start: (index) => startOf(out, index),
    end: (index) => endOf(out, index),
    until: to + width.size,
  }
}

function unitAt(bytes: Uint8Array, at: number, { size, isLittle }: Width): number {
  const byte = (index: number) => bytes[at + (isLittle ? index : size - 1 - index)] ?? 0
  if (at + size > bytes.length) return -1
  if (size === 2) return byte(0) | (byte(1) << 8)
  return byte(3) > 0 || byte(2) > 0x10 ? -1 : byte(0) | (byte(1) << 8) | (byte(2) << 16)
}

/**
 * ASCII, Latin-1 and what may stand within a token: format characters, dashes, full-width forms. Any other script ends
 * the run, so that bytes which are no text do not make one.
 */
function isText(code: number): boolean {
  if (code < 0x250) return code > 0
  return (
    (code >= 0x200b && code <= 0x201f) ||
    (code >= 0x2026 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0x2212 ||
    (code >= 0xff01 && code <= 0xff5e) ||
    (code >= 0xfe00 && code <= 0xfe6f) ||
    code === 0xfeff ||
    code === 0x34f ||
    code === 0x61c ||
    (code >= 0x180b && code <= 0x180f)
  )
}

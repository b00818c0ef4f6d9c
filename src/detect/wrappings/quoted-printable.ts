import { isBlank, membersOf } from '../alphabet.ts'
import { put } from '../rewrite.ts'
import type { Inline } from '../types.ts'
import { hexNumber } from './percent.ts'

const widestBlank = 32

/** RFC 2045, 6.7: `=70`, and soft line breaks, behind which blanks may have been added on the way. */
export const quotedPrintable: Inline = {
  id: 'quoted-printable',
  isTrigger: membersOf('='),
  mayFollow: membersOf('0123456789abcdefABCDEF\r\n'),
  step(bytes, at, out) {
    const value = hexNumber(bytes, at + 1, 2)
    if (value >= 0) {
      put(out, value, at, at + 3)
      return 3
    }
    let end = at + 1
    while (end - at < widestBlank && isBlank(bytes[end])) end++
    return lineEndLength(bytes, end) === 0 ? 0 : end + lineEndLength(bytes, end) - at
  },
  isDense: (bytes, at) => hexNumber(bytes, at + 1, 2) >= 0,
}

/** LF, CR LF or CR. */
export function lineEndLength(bytes: Uint8Array, at: number): number {
  if (bytes[at] === 0x0a) return 1
  if (bytes[at] !== 0x0d) return 0
  return bytes[at + 1] === 0x0a ? 2 : 1
}

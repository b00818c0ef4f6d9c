import { hexValue, membersOf } from '../alphabet.ts'
import { put, putCharacter } from '../rewrite.ts'
import type { Inline } from '../types.ts'

/** RFC 3986, `%70`; and `%u0070`, as `escape()` of JavaScript and IIS write it. */
export const percent: Inline = {
  id: 'percent',
  isTrigger: membersOf('%'),
  mayFollow: membersOf('0123456789abcdefABCDEFuU'),
  step(bytes, at, out) {
    const first = bytes[at + 1]
    if (first === 0x75 || first === 0x55) {
      const code = hexNumber(bytes, at + 2, 4)
      if (code < 0) return 0
      putCharacter(out, code, at, at + 6)
      return 6
    }
    const value = hexNumber(bytes, at + 1, 2)
    if (value < 0) return 0
    put(out, value, at, at + 3)
    return 3
  },
  isDense: () => true,
}

/** `digits` hexadecimal digits from `at` on as a number; -1 when one of them is none. */
export function hexNumber(bytes: Uint8Array, at: number, digits: number): number {
  let value = 0
  for (let i = at; i < at + digits; i++) {
    const digit = hexValue(bytes[i])
    if (digit < 0) return -1
    value = value * 16 + digit
  }
  return value
}

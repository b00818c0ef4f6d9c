import type { Carrier } from '../types.ts'
import { decimalList } from './number-list.ts'

/** `l` as a number, and what may follow a number in a list or a call. */
const followers = [',', ' ', ')', ']', '\n', '\r', '\t', ';']

/** Lists of decimal byte values: a Buffer in JSON, arrays of any language, `String.fromCharCode(…)`, `chr(…)`. */
export const bytesDecimal: Carrier = {
  id: 'bytes-decimal',
  needles: () => followers.map((follower) => ({ bytes: Buffer.from(`108${follower}`, 'latin1'), phase: 0 })),
  group: 1,
  readingOf: () => 0,
  decode: decimalList,
}

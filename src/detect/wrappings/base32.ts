import { prefixBytes } from '../alphabet.ts'
import type { Carrier } from '../types.ts'
import { runAround } from './base64.ts'
import { decodeBlock, lineReading } from './carried.ts'
import { base32Alphabet, base32Needles, decodeRun, radix32 } from './radix.ts'

const upper = base32Needles(prefixBytes)
const lower = upper.map(({ bytes, phase }) => ({
  bytes: Buffer.from(Buffer.from(bytes).toString('latin1').toLowerCase(), 'latin1'),
  phase,
}))

/** RFC 4648 base32, in capitals or small letters, padded or not, in one run or wrapped at line ends. */
export const base32: Carrier = {
  id: 'base32',
  needles: [...upper, ...lower],
  group: radix32.group,
  readingOf: lineReading(base32Alphabet, radix32.group),
  decode(bytes, at, phase) {
    const block = decodeBlock(bytes, at, phase, 'base32', radix32, base32Alphabet)
    if (block.length > 0) return block
    const run = runAround(bytes, at, base32Alphabet)
    const place = (index: number) => run.from + index
    return [decodeRun(bytes.subarray(run.from, run.to), place, 'base32', radix32, at - phase - run.from)]
  },
}

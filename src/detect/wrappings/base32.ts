import { prefixBytes } from '../alphabet.ts'
import type { Carrier, CarrierNeedle } from '../types.ts'
import { decodeLines, lineReading } from './carried.ts'
import { linesAround } from './lines.ts'
import { base32Alphabet, base32Needles, radix32 } from './radix.ts'

function needles(): readonly CarrierNeedle[] {
  const upper = base32Needles(prefixBytes)
  const lower = upper.map(({ bytes, phase }) => ({
    bytes: Buffer.from(Buffer.from(bytes).toString('latin1').toLowerCase(), 'latin1'),
    phase,
  }))
  return [...upper, ...lower]
}

/** RFC 4648 base32, in capitals or small letters, padded or not, in one run or wrapped at line ends. */
export const base32: Carrier = {
  id: 'base32',
  needles,
  group: radix32.group,
  // In lines of 76 every second one begins within a group: what was decoded from one says nothing of the next.
  readingOf: (bytes, at, phase, unit) => {
    const lines = linesAround(bytes, at, base32Alphabet, 4)
    if (lines.length < 2) return lineReading(base32Alphabet, radix32.group)(bytes, at, phase, unit)
    const before = lines.filter(({ from }) => from <= at)
    const index = before.reduce((sum, { from, to }) => sum + Math.min(to, at) - from, 0)
    return (((index - phase) % radix32.group) + radix32.group) % radix32.group
  },
  decode: (bytes, at, phase) => decodeLines(bytes, at, phase, 'base32', radix32, base32Alphabet),
}

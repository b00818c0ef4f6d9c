import { row } from './row.ts'
import { around, lines, pipe, type Stage } from './trace.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648, 6. Byte k stands in the characters floor(8k/5) to floor((8k+7)/5). */
const padded: Stage = (input) => {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of input) {
    bits = ((bits << 8) | byte) & 0xffff
    held += 8
    for (; held >= 5; held -= 5) text += alphabet[(bits >> (held - 5)) & 31]
  }
  if (held > 0) text += alphabet[(bits << (5 - held)) & 31]
  return {
    bytes: Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8, '='), 'latin1'),
    starts: Int32Array.from(input, (_, index) => Math.floor((8 * index) / 5)),
    ends: Int32Array.from(input, (_, index) => Math.floor((8 * index + 7) / 5) + 1),
  }
}

const unpadded: Stage = changed((text) => text.replaceAll('=', ''))
const lower: Stage = changed((text) => text.toLowerCase())

export const base32 = [
  row('base32, padded', ['base32'], 'any bytes', padded),
  row('base32, without padding', ['base32'], 'any bytes', unpadded),
  row('base32, lower case', ['base32'], 'any bytes', lower),
  row(
    'base32, wrapped at 64 columns',
    ['base32'],
    'any bytes',
    pipe(around('some words; ', ''), padded, lines(64)),
    {
      block: true,
    },
  ),
]

function changed(change: (text: string) => string): Stage {
  return (input, random, token) => {
    const traced = padded(input, random, token)
    return { ...traced, bytes: Buffer.from(change(traced.bytes.toString('latin1')), 'latin1') }
  }
}

import type { Carrier } from '../types.ts'
import { decodeUnits, type Width } from './wide.ts'

const little: Width = { id: 'utf-32le', size: 4, isLittle: true }
const big: Width = { id: 'utf-32be', size: 4, isLittle: false }

/** UTF-32 of both byte orders, at any offset. */
export const utf32: Carrier = {
  id: 'utf-32le',
  needles: () => [{ bytes: Buffer.from('l\0\0\0x', 'latin1'), phase: 0 }],
  group: 1,
  readingOf: () => 0,
  decode(bytes, at, _phase, _needle, unit) {
    const one = decodeUnits(bytes, at, little)
    const other = at < 3 ? null : decodeUnits(bytes, at - 3, big)
    if (one === null || other === null) return [one, other].filter((decoded) => decoded !== null)
    const more = other.bytes.length - one.bytes.length
    const isBig = more === 0 ? (unit.base + at) % 4 === 3 : more > 0
    return isBig ? [other, one] : [one, other]
  },
}

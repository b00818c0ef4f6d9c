import { hexDigits } from '../alphabet.ts'
import type { Carrier } from '../types.ts'
import { decodeLines, lineReading } from './carried.ts'
import { hexDump } from './hex-dump.ts'
import { hexList } from './number-list.ts'
import { radix16 } from './radix.ts'

const needlesOf = (texts: readonly string[]) =>
  texts.map((text) => ({ bytes: Buffer.from(text, 'latin1'), phase: 0 }))

/** Bytes in hexadecimal on end, in one run or wrapped at line ends (`xxd -p`). */
export const hex: Carrier = {
  id: 'hex',
  needles: () => needlesOf(['6c78', '6C78']),
  group: radix16.group,
  readingOf: lineReading(hexDigits, radix16.group),
  decode: (bytes, at, phase) => decodeLines(bytes, at, phase, 'hex', radix16, hexDigits),
}

/** `lx` in words of two bytes, in both orders (`xxd`; `hexdump` and `od -x` on most machines). */
const words = ['6c78', '6C78', '786c', '786C', '6c70', '6C70']
/** `l`, what may follow a byte, and how the next one may begin. */
const apart = [
  ' 7',
  ' 0',
  '  ',
  ':7',
  '-7',
  '.7',
  '_7',
  ',7',
  ',0',
  ', ',
  ',\n',
  ',\r',
  '\n',
  '\r',
  '\t7',
  '"',
  "'",
]

const apartNeedles = () => needlesOf([...words, ...apart.flatMap((rest) => [`6c${rest}`, `6C${rest}`])])

/** Bytes in hexadecimal as a dump: offsets, groups, mostly a column of text. */
export const hexDumped: Carrier = {
  id: 'hex',
  needles: apartNeedles,
  group: 1,
  readingOf: () => 0,
  decode: hexDump,
}

/** Bytes in hexadecimal as a list, with something short between them (`70:70`, `70 70`, `0x70, 0x70`). */
export const hexApart: Carrier = {
  id: 'hex',
  needles: apartNeedles,
  group: 1,
  readingOf: () => 0,
  decode: hexList,
}

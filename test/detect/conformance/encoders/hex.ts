import { row } from './row.ts'
import { around, createWriter, eachByte, hexOf, lines, pipe, type Stage } from './trace.ts'

const lower: Stage = eachByte(({ code }) => hexOf(code))
const upper: Stage = eachByte(({ code }) => hexOf(code).toUpperCase())
const separated = (separator: string, before = '') => eachByte(({ code }) => before + hexOf(code), separator)

export const hexPlain: Stage = lower

interface Dump {
  readonly width: number
  readonly address: (offset: number) => string
  /** Before the byte `column` of a line. */
  readonly gap: (column: number) => string
  readonly digits: (code: number) => string
  /** Behind the bytes of a line, of which `text` are the printable ones. */
  readonly tail: (count: number, text: string) => string
  readonly last?: (size: number) => string
}

/** Lines of addresses and bytes. */
function dump({ width, address, gap, digits, tail, last }: Dump): Stage {
  return (input) => {
    const writer = createWriter(input.length)
    for (let from = 0; from < input.length; from += width) {
      const to = Math.min(input.length, from + width)
      writer.add(address(from))
      for (let i = from; i < to; i++) {
        writer.add(gap(i - from))
        writer.carry(i, i + 1, digits(input[i] as number))
      }
      const text = Array.from(input.subarray(from, to), printable).join('')
      writer.add(`${tail(to - from, text)}\n`)
    }
    if (last !== undefined) writer.add(`${last(input.length)}\n`)
    return writer.done()
  }
}

function printable(code: number): string {
  return code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '.'
}

/** hexdump(1), -C: two halves of eight. */
const canonical: Dump = {
  width: 16,
  address: (offset) => `${hexOf(offset, 8)} `,
  gap: (column) => (column === 8 ? '  ' : ' '),
  digits: (code) => hexOf(code),
  tail: (count, text) => `${' '.repeat((16 - count) * 3 + (count <= 8 ? 1 : 0) + 2)}|${text}|`,
  last: (size) => hexOf(size, 8),
}

/** xxd(1): groups of two bytes, the text behind them in a column of its own. */
function xxd(width: number, digits: (code: number) => string = (code) => hexOf(code)): Dump {
  return {
    width,
    address: (offset) => `${hexOf(offset, 8)}:`,
    gap: (column) => (column % 2 === 0 ? ' ' : ''),
    digits,
    tail: (count, text) =>
      `${' '.repeat((width - count) * 2 + Math.ceil(width / 2) - Math.ceil(count / 2) + 2)}${text}`,
  }
}

/** od(1), -tx1, with octal addresses or -An without. */
function od(addressed: boolean): Dump {
  const address = (offset: number) => (addressed ? offset.toString(8).padStart(7, '0') : '')
  return {
    width: 16,
    address,
    gap: () => ' ',
    digits: (code) => hexOf(code),
    tail: () => '',
    ...(addressed ? { last: address } : {}),
  }
}

/** hexdump(1) without options: 16-bit words of the machine's own order, the last one filled with a zero byte. */
const words: Stage = (input) => {
  const writer = createWriter(input.length)
  const starts = new Int32Array(input.length)
  const ends = new Int32Array(input.length)
  let at = 0
  const add = (text: string) => {
    writer.add(text)
    at += text.length
  }
  for (let i = 0; i < input.length; i += 2) {
    if (i % 16 === 0) add(`${i === 0 ? '' : '\n'}${hexOf(i, 7)}`)
    add(' ')
    starts[i] = at + 2
    ends[i] = at + 4
    if (i + 1 < input.length) {
      starts[i + 1] = at
      ends[i + 1] = at + 2
    }
    add(hexOf(input[i + 1] ?? 0) + hexOf(input[i] as number))
  }
  const missing = (8 - (Math.ceil(input.length / 2) % 8)) % 8
  add(`${'     '.repeat(missing)}\n${hexOf(input.length, 7)}\n`)
  return { bytes: writer.done().bytes, starts, ends }
}

const dumps = [
  row('hexdump -C', ['hex'], 'any bytes', dump(canonical), { block: true }),
  row('xxd', ['hex'], 'any bytes', dump(xxd(16)), { block: true }),
  row('xxd -u', ['hex'], 'any bytes', dump(xxd(16, (code) => hexOf(code).toUpperCase())), {
    block: true,
  }),
  row('xxd -c 8', ['hex'], 'any bytes', dump(xxd(8)), { block: true }),
  row('xxd -p', ['hex'], 'any bytes', pipe(lower, lines(60), around('', '\n')), { block: true }),
  row(
    'xxd -i',
    ['hex'],
    'any bytes',
    pipe(listed(12, '  ', ', ', '0x'), around('unsigned char a[] = {\n', '\n};\n')),
    {
      block: true,
    },
  ),
  row('od -An -tx1', ['hex'], 'any bytes', dump(od(false)), { block: true }),
  row('od -tx1', ['hex'], 'any bytes', dump(od(true)), { block: true }),
  // The first character stands behind the second: two people would begin at either.
  row('hexdump, words of 16 bits', ['hex'], 'any bytes', words, { block: true, slack: 5 }),
]

function listed(width: number, indent: string, separator: string, before: string): Stage {
  return (input) => {
    const writer = createWriter(input.length)
    for (let i = 0; i < input.length; i++) {
      if (i % width === 0) writer.add(i === 0 ? indent : `,\n${indent}`)
      else writer.add(separator)
      writer.add(before)
      writer.carry(i, i + 1, hexOf(input[i] as number))
    }
    return writer.done()
  }
}

export const hex = [
  row('hex, lower case', ['hex'], 'any bytes', lower),
  row('hex, upper case', ['hex'], 'any bytes', upper),
  row('hex, with colons', ['hex'], 'any bytes', separated(':')),
  row(
    'hex, with colons, upper case',
    ['hex'],
    'any bytes',
    eachByte(({ code }) => hexOf(code).toUpperCase(), ':'),
  ),
  row('hex, with spaces', ['hex'], 'any bytes', separated(' ')),
  row('hex, with dashes', ['hex'], 'any bytes', separated('-')),
  // The mark before the first number may be taken along or not.
  row('hex, numbers with 0x', ['hex'], 'any bytes', separated(', ', '0x'), { slack: 2 }),
  row('hex, numbers with 0x and no space', ['hex'], 'any bytes', separated(',', '0x'), { slack: 2 }),
  row('hex, 0x before all', ['hex'], 'any bytes', pipe(lower, around('0x', ''))),
  row('hex, bytea of PostgreSQL', ['hex'], 'any bytes', pipe(lower, around('\\x', ''))),
  row('hex, literal of SQL', ['hex'], 'any bytes', pipe(upper, around("X'", "'"))),
  ...dumps,
]

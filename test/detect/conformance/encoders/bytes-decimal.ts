import { row } from './row.ts'
import { around, type Character, createWriter, eachByte, eachCharacter, pipe, type Stage } from './trace.ts'

const number = ({ code }: Character) => String(code)
/** Java's bytes have a sign. */
const signed = ({ code }: Character) => String(code < 128 ? code : code - 256)

/** UTF-16 code units, as the functions that make text of numbers take them. */
const units = (character: Character) =>
  Array.from(String.fromCodePoint(character.code), (text) => text)
    .flatMap((text) => Array.from({ length: text.length }, (_, i) => String(text.charCodeAt(i))))
    .join(', ')

const called = (name: string, join: string) => eachByte(({ code }) => `${name}(${code})`, join)

/** A row of which the text of each number is exact, although a call around it may be taken along. */
const loose = { slack: 5 }

export const bytesDecimal = [
  row(
    'decimal, Node Buffer in JSON',
    ['bytes-decimal'],
    'any bytes',
    pipe(eachByte(number, ','), around('{"type":"Buffer","data":[', ']}')),
  ),
  row(
    'decimal, Node Buffer in JSON, a number a line',
    ['bytes-decimal'],
    'any bytes',
    pipe(eachByte(number, ',\n    '), around('{\n  "type": "Buffer",\n  "data": [\n    ', '\n  ]\n}')),
  ),
  row(
    'decimal, Python list',
    ['bytes-decimal'],
    'any bytes',
    pipe(eachByte(number, ', '), around('bytes([', '])')),
  ),
  row(
    'decimal, Java',
    ['bytes-decimal'],
    'any bytes',
    pipe(eachByte(signed, ', '), around('new byte[]{', '}')),
  ),
  row('decimal, Go', ['bytes-decimal'], 'any bytes', pipe(eachByte(number, ', '), around('[]byte{', '}'))),
  row('decimal, Go, printed', ['bytes-decimal'], 'any bytes', pipe(eachByte(number, ' '), around('[', ']'))),
  row('decimal, commas without spaces', ['bytes-decimal'], 'any bytes', eachByte(number, ',')),
  row(
    'decimal, ten numbers a line',
    ['bytes-decimal'],
    'any bytes',
    pipe(tens, around('const a = [\n', '\n]\n')),
    {
      block: true,
    },
  ),
  row(
    'decimal, String.fromCharCode',
    ['bytes-decimal'],
    // Characters beyond a byte are none of `bytes-decimal`.
    'ascii text',
    pipe(eachCharacter(units, ', '), around('String.fromCharCode(', ')')),
  ),
  row('decimal, chr joined with a dot', ['bytes-decimal'], 'any bytes', called('chr', '.'), loose),
  row('decimal, chr joined with a plus', ['bytes-decimal'], 'any bytes', called('chr', '+'), loose),
  row('decimal, Chr joined with an ampersand', ['bytes-decimal'], 'any bytes', called('Chr', ' & '), loose),
]

function tens(...[input]: Parameters<Stage>): ReturnType<Stage> {
  const writer = createWriter(input.length)
  input.forEach((code, i) => {
    writer.add(i === 0 ? '  ' : i % 10 === 0 ? ',\n  ' : ', ')
    writer.carry(i, i + 1, String(code))
  })
  return writer.done()
}

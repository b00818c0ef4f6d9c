import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDotenv } from '../../src/consumers/dotenv-file.ts'

const parse = (text: string) => parseDotenv(Buffer.from(text))
const values = (text: string) => parse(text).map(({ name, value }) => [name, value])

test('reads what env files hold', () => {
  const text = [
    '\uFEFFFIRST=1',
    '# COMMENT=no',
    '  export  KEY = value # said why',
    "SINGLE='a # b'",
    'DOUBLE="a\\nb" # c',
    'TICK=`it\'s "so"`',
    'EMPTY=',
    'QUOTED_EMPTY=""',
    'KEY=again',
    'no assignment',
    'LINES="one',
    'two"',
    'OPEN="not closed',
    "HALF='a'b",
    'URL=https://host/path?a=b',
    'UMLAUT=grüße à',
    'a.b-c=dotted',
  ].join('\r\n')
  expect(values(text)).toEqual([
    ['FIRST', '1'],
    ['KEY', 'value'],
    ['SINGLE', 'a # b'],
    ['DOUBLE', 'a\nb'],
    ['TICK', 'it\'s "so"'],
    ['EMPTY', ''],
    ['QUOTED_EMPTY', ''],
    ['KEY', 'again'],
    ['LINES', 'one\r\ntwo'],
    ['OPEN', '"not closed'],
    ['HALF', "'a'b"],
    ['URL', 'https://host/path?a=b'],
    ['UMLAUT', 'grüße à'],
    ['a.b-c', 'dotted'],
  ])
  expect(parse(text).map((each) => each.line)).toEqual([1, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14, 15, 16, 17])
})

const word = fc.stringMatching(/^[A-Za-z0-9_=/+.-]{0,20}$/)
const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,8}$/)
const noise = fc.constantFrom('', '# a comment = yes', '   ', '# grüße', 'plain words')
const assignment = fc
  .tuple(
    fc.constantFrom('', 'export ', '\t'),
    name,
    fc.constantFrom('=', ' = ', '= '),
    fc.constantFrom('', "'", '"', '`'),
    word,
    fc.constantFrom('', ' # ünder', '  '),
  )
  .map(([before, name, equals, quote, value, after]) => ({
    line: `${before}${name}${equals}${quote}${value}${quote}${after}`,
    name,
    value,
  }))
const file = fc.array(
  fc.oneof(
    assignment,
    noise.map((line) => ({ line, name: null, value: '' })),
  ),
  { maxLength: 12 },
)

test('whatever is written is read back, in order', () => {
  fc.assert(
    fc.property(file, fc.constantFrom('\n', '\r\n'), (lines, end) => {
      const text = lines.map(({ line }) => line).join(end)
      const written = lines.filter((each) => each.name !== null).map(({ name, value }) => [name, value])
      expect(values(text)).toEqual(written)
    }),
  )
})

test('a value put between the offsets is read back and nothing else changes', () => {
  fc.assert(
    fc.property(file, fc.nat(), word, (lines, pick, next) => {
      const bytes = Buffer.from(lines.map(({ line }) => line).join('\n'))
      const before = parseDotenv(bytes)
      const chosen = before[pick % Math.max(before.length, 1)]
      if (chosen === undefined) return
      expect(bytes.subarray(chosen.start, chosen.end).toString()).toBe(chosen.value)
      const after = Buffer.concat([
        bytes.subarray(0, chosen.start),
        Buffer.from(next),
        bytes.subarray(chosen.end),
      ])
      const expected = before.map((each) => [each.name, each === chosen ? next : each.value])
      expect(values(after.toString())).toEqual(expected)
    }),
  )
})

test('any bytes are read without an error, offsets within the file', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const each of parseDotenv(bytes)) {
        expect(each.start).toBeLessThanOrEqual(each.end)
        expect(each.end).toBeLessThanOrEqual(bytes.length)
      }
    }),
  )
})

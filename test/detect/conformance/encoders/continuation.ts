import { standard } from './base64.ts'
import { hexPlain } from './hex.ts'
import { row } from './row.ts'
import {
  around,
  behindPrefix,
  inPrefix,
  insertedAt,
  lines,
  onePlace,
  pipe,
  somePlaces,
  type Places,
} from './trace.ts'

const breaksOnly = { breaksOnly: true }

/** Lines go on in the next one, by a sign of the language or by its rules. */
const ways: readonly (readonly [id: string, open: string, join: string, close: string, at?: Places])[] = [
  ['backslash', 'KEY=', '\\\n', ''],
  ['backslash, CRLF', 'KEY=', '\\\r\n', ''],
  ['backslash behind the prefix', 'KEY=', '\\\n', '', behindPrefix],
  ['backslash inside of the prefix', 'KEY=', '\\\n', '', inPrefix],
  ['backslash, next line indented', 'export KEY=', '\\\n    ', ''],
  ['backslash inside of double quotes', 'KEY="', '\\\n', '"'],
  ['backslash in a string of JavaScript', "const key = '", '\\\n', "'"],
  ['backslash in a string of Python', 'key = "', '\\\n', '"'],
  ['PowerShell', '$key = ', '`\n', ''],
  ['PowerShell, CRLF and indented', '$key = ', '`\r\n    ', ''],
  ['cmd', 'set KEY=', '^\r\n', ''],
  ['YAML, folded', 'key: >-\n  ', '\n  ', '\n'],
  ['YAML, folded behind the prefix', 'key: >-\n  ', '\n  ', '\n', behindPrefix],
  ['YAML, double-quoted', 'key: "', '\\\n  ', '"\n'],
  ['indented next line', 'key:\n    ', '\n    ', '\n', onePlace],
]

/** Put before every line by tools and people. */
const quotes: readonly (readonly [name: string, before: string, open: string])[] = [
  ['>', '> ', 'On Monday somebody wrote:\n'],
  ['>>', '>> ', ''],
  ['> >', '> > ', ''],
  ['+', '+', '@@ -0,0 +1,4 @@\n'],
  ['-', '-', '@@ -1,4 +0,0 @@\n'],
  ['#', '# ', ''],
  ['//', '// ', ''],
  ['*', ' * ', '/**\n'],
  [';', '; ', ''],
  ['--', '-- ', ''],
]

const words = 'before, to fill a line or so with words that say nothing:\n'

const wrapped = quotes.flatMap(([name, before, open]) =>
  [64, 76].map((width) =>
    row(
      `continuation, ${name} before lines of base64 of ${width} columns`,
      ['continuation', 'base64'],
      'any bytes',
      pipe(around(words, ''), standard, lines(width, { indent: before }), around(open, '\n')),
      // That the lines of base64 go on is part of being wrapped.
      { also: [['base64']], block: true },
    ),
  ),
)

const broken = quotes
  .filter(([name]) => name !== '+' && name !== '-')
  .map(([name, before, open]) =>
    row(
      `continuation, ${name} before the lines of a broken token`,
      ['continuation'],
      'single line',
      pipe(insertedAt(onePlace, `\n${before}`), around(`${open}${before}`, '\n')),
      { breaksOnly: true, block: true },
    ),
  )

export const continuation = [
  ...ways.map(([id, open, join, close, at = somePlaces]) =>
    row(
      `continuation, ${id}`,
      ['continuation'],
      'literal',
      pipe(insertedAt(at, join), around(open, close)),
      breaksOnly,
    ),
  ),
  ...wrapped,
  row(
    'continuation, > before lines of base64, CRLF',
    ['continuation', 'base64'],
    'any bytes',
    pipe(around(words, ''), standard, lines(76, { indent: '> ', newLine: '\r\n' }), around('', '\r\n')),
    { also: [['base64']], block: true },
  ),
  row(
    'continuation, > before lines of hex',
    ['continuation', 'hex'],
    'any bytes',
    pipe(hexPlain, lines(60, { indent: '> ' }), around('', '\n')),
    { also: [['hex']], block: true },
  ),
  ...broken,
]

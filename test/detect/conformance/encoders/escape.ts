import { row } from './row.ts'
import {
  around,
  byteString,
  type Character,
  eachByte,
  eachCharacter,
  hexOf,
  oneOf,
  pipe,
  type Stage,
} from './trace.ts'

type Write = (character: Character) => string

const u: Write = ({ code }) => codeUnits(code, (unit) => `\\u${hexOf(unit, 4)}`)
const upperU: Write = ({ code }) => codeUnits(code, (unit) => `\\u${hexOf(unit, 4).toUpperCase()}`)
const javaU: Write = ({ code }) => codeUnits(code, (unit) => `\\uuuu${hexOf(unit, 4)}`)
const braced: Write = ({ code }) => `\\u{${code.toString(16)}}`
const bracedWide: Write = ({ code }) => `\\u{${hexOf(code, 6)}}`
const bigU: Write = ({ code }) => `\\U${hexOf(code, 8)}`
const perl: Write = ({ code }) => `\\x{${code.toString(16)}}`
const x: Write = ({ code }) => `\\x${hexOf(code)}`
const upperX: Write = ({ code }) => `\\x${hexOf(code).toUpperCase()}`
const octal: Write = ({ code }) => `\\${code.toString(8).padStart(3, '0')}`

/** Quotes, backslashes, what is no printable ASCII. */
const mustEscape = (code: number) =>
  code < 0x20 || code > 0x7e || code === 0x22 || code === 0x27 || code === 0x5c

const half =
  (write: Write): Write =>
  (character) =>
    mustEscape(character.code) || character.random() < 0.5
      ? write(character)
      : byteString(String.fromCodePoint(character.code))

const anyOf: Write = (character) =>
  character.code > 0xff ? u(character) : oneOf(character.random, [x, u, octal, braced])(character)

/** A string of JSON becomes part of another one: every backslash is doubled. */
const inString: Stage = eachByte(({ code }) => (code === 0x5c ? '\\\\' : String.fromCharCode(code)))

/** All but the mark before it: whether `\x` in front of the first character is taken along is nobody's doubt. */
export const jsonEscapes: Stage = eachCharacter(u)

export const escape = [
  row('escape, \\u of all characters', ['escape'], 'any bytes', jsonEscapes, { writesCharacters: true }),
  row('escape, \\u of all characters, upper-case digits', ['escape'], 'any bytes', eachCharacter(upperU), {
    writesCharacters: true,
  }),
  row('escape, \\u of half of the characters', ['escape'], 'any bytes', eachCharacter(half(u)), {
    writesCharacters: true,
  }),
  row('escape, \\u{} of all characters', ['escape'], 'any bytes', eachCharacter(braced), {
    writesCharacters: true,
  }),
  row('escape, \\u{} with leading zeros', ['escape'], 'any bytes', eachCharacter(bracedWide), {
    writesCharacters: true,
  }),
  row('escape, \\u{} of half of the characters', ['escape'], 'any bytes', eachCharacter(half(braced)), {
    writesCharacters: true,
  }),
  row('escape, \\x of all characters', ['escape'], 'any bytes', eachByte(x), { also: [['hex']] }),
  row('escape, \\x of all characters, upper-case digits', ['escape'], 'any bytes', eachByte(upperX), {
    also: [['hex']],
  }),
  row('escape, \\x of half of the characters', ['escape'], 'any bytes', eachByte(half(x))),
  row('escape, octal of all characters', ['escape'], 'any bytes', eachByte(octal)),
  row('escape, octal of half of the characters', ['escape'], 'any bytes', eachByte(half(octal))),
  row('escape, \\U of Python', ['escape'], 'any bytes', eachCharacter(bigU), { writesCharacters: true }),
  row('escape, \\uuuu of Java', ['escape'], 'any bytes', eachCharacter(javaU), { writesCharacters: true }),
  row('escape, \\x{} of Perl', ['escape'], 'any bytes', eachCharacter(perl), { writesCharacters: true }),
  row('escape, several kinds at once', ['escape'], 'any bytes', eachCharacter(half(anyOf)), {
    writesCharacters: true,
  }),
  row('escape, JSON inside JSON', ['escape', 'escape'], 'any bytes', pipe(jsonEscapes, inString), {
    writesCharacters: true,
  }),
  row(
    'escape, JSON inside JSON inside JSON',
    ['escape', 'escape', 'escape'],
    'any bytes',
    pipe(jsonEscapes, inString, inString),
    { writesCharacters: true },
  ),
  row(
    'escape, the dash of a regular expression',
    ['escape'],
    'single line',
    eachByte(({ code, inToken }) => (inToken && code === 0x2d ? '\\-' : String.fromCharCode(code))),
    // Only the token's own dash is written so: there must be one.
    { innermost: true },
  ),
  // The token itself stays as it is; it stands right behind an escape.
  row(
    'escape, between line ends of a JSON string',
    [],
    'literal',
    around('{"log":"first line\\n', '\\nlast \\"line\\""}'),
    { innermost: true },
  ),
  row(
    'escape, between line ends of JSON inside JSON inside JSON',
    [],
    'literal',
    around('{"log":"{\\"a\\":\\"{\\\\\\"b\\\\\\":\\\\\\"first\\\\\\\\n', '\\\\\\\\nlast\\\\\\"}\\"}"}'),
    { innermost: true },
  ),
]

function codeUnits(code: number, write: (unit: number) => string): string {
  const text = String.fromCodePoint(code)
  return Array.from({ length: text.length }, (_, i) => write(text.charCodeAt(i))).join('')
}

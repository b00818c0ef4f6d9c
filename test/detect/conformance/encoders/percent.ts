import { row } from './row.ts'
import { byteString, type Character, eachByte, eachCharacter, hexOf, pipe, type Stage } from './trace.ts'

const escaped = ({ code }: Character) => `%${hexOf(code)}`
const upper = ({ code }: Character) => `%${hexOf(code).toUpperCase()}`
const mixed = ({ code, random }: Character) =>
  `%${hexOf(code).replace(/[a-f]/g, (digit) => (random() < 0.5 ? digit : digit.toUpperCase()))}`

/** RFC 3986, 2.3: a percent sign, and what is no unreserved character, must be written escaped. */
const mustEscape = (code: number) => !/[A-Za-z0-9._~-]/.test(String.fromCharCode(code)) || code > 0x7e

const again: Stage = eachByte(({ code }) => (code === 0x25 ? '%25' : String.fromCharCode(code)))

function some(share: number, write: (character: Character) => string): Stage {
  return eachByte((character) =>
    mustEscape(character.code) || character.random() < share
      ? write(character)
      : String.fromCharCode(character.code),
  )
}

export const percent = [
  row('percent, all characters, lower-case digits', ['percent'], 'any bytes', eachByte(escaped)),
  row('percent, all characters, upper-case digits', ['percent'], 'any bytes', eachByte(upper)),
  row('percent, all characters, digits of both cases', ['percent'], 'any bytes', eachByte(mixed)),
  row('percent, half of the characters', ['percent'], 'any bytes', some(0.5, upper)),
  row('percent, few of the characters', ['percent'], 'any bytes', some(0.12, mixed), {
    // Where chance left all of the token alone it is plain, or what it was.
    also: [[]],
  }),
  row(
    'percent, the dash and what is no letter',
    ['percent'],
    'any bytes',
    eachByte((character) =>
      mustEscape(character.code) || character.code === 0x2d
        ? upper(character)
        : String.fromCharCode(character.code),
    ),
    { also: [[]] },
  ),
  row('percent, all characters, twice', ['percent', 'percent'], 'any bytes', pipe(eachByte(upper), again)),
  row(
    'percent, all characters, three times',
    ['percent', 'percent', 'percent'],
    'any bytes',
    pipe(eachByte(upper), again, again),
  ),
  row(
    'percent, half of the characters, twice',
    ['percent', 'percent'],
    'any bytes',
    pipe(some(0.5, escaped), again),
  ),
  row('percent, %u of all characters', ['percent'], 'any bytes', eachCharacter(unicode)),
  row(
    'percent, %u of half of the characters',
    ['percent'],
    'any bytes',
    eachCharacter((character) =>
      mustEscape(character.code) || character.random() < 0.5
        ? unicode(character)
        : byteString(String.fromCodePoint(character.code)),
    ),
  ),
]

/** ECMA-262, B.2.1.1 (escape): `%uXXXX` of each UTF-16 code unit. */
function unicode({ code }: Character): string {
  const text = String.fromCodePoint(code)
  return Array.from({ length: text.length }, (_, i) => `%u${hexOf(text.charCodeAt(i), 4)}`).join('')
}

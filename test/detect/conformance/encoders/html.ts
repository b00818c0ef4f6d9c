import { row, type RowOptions } from './row.ts'
import {
  behindPrefix,
  byteString,
  type Character,
  eachByte,
  eachCharacter,
  everyPlace,
  hexOf,
  insertedAt,
  onePlace,
  pipe,
  type Stage,
} from './trace.ts'

type Write = (character: Character) => string

const decimal: Write = ({ code }) => `&#${code};`
const zeros: Write = ({ code }) => `&#${String(code).padStart(7, '0')};`
const hex: Write = ({ code }) => `&#x${code.toString(16)};`
const hexZeros: Write = ({ code }) => `&#x${hexOf(code, 6)};`
const upper: Write = ({ code }) => `&#X${code.toString(16).toUpperCase()};`
const bare: Write = ({ code }) => `&#${code}`
const bareHex: Write = ({ code }) => `&#x${code.toString(16)}`

/** HTML, 13.2.5.80: without its semicolon a reference goes on as long as there are digits. */
const bareHalf: Write = (character) => {
  const { next = 0 } = character
  const digitFollows = (next >= 0x30 && next <= 0x39) || next === 0x3b
  return half((one) => (digitFollows ? decimal(one) : bare(one)))(character)
}

const half =
  (write: Write): Write =>
  (character) =>
    '&<>"\''.includes(String.fromCodePoint(character.code)) || character.random() < 0.5
      ? write(character)
      : byteString(String.fromCodePoint(character.code))

/** HTML makes other characters of NUL and C1 (13.2.5.80, table), and drops what is not to be printed. */
const options: RowOptions = { refuses: /[\0-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]|\xc2[\x80-\x9f]/ }

export const htmlDecimal: Stage = eachCharacter(decimal)

const again: Stage = eachByte(({ code }) => (code === 0x26 ? '&amp;' : String.fromCharCode(code)))

/** Names there are only for look-alikes of the dash and for what is not seen. */
const dashes = ['hyphen', 'dash', 'ndash', 'mdash', 'horbar', 'minus'].map((name) =>
  row(
    `html, &${name}; for the dash`,
    ['html-entity', 'invisible'],
    'literal',
    eachByte(({ code, inToken }) => (inToken && code === 0x2d ? `&${name};` : String.fromCharCode(code))),
    { also: [['html-entity']], innermost: true },
  ),
)

const unseen = ['shy', 'zwnj', 'zwj', 'lrm', 'ZeroWidthSpace', 'NoBreak'].map((name) =>
  row(
    `html, &${name}; inside`,
    ['html-entity', 'invisible'],
    'literal',
    insertedAt((...all) => [...onePlace(...all), ...behindPrefix(...all)], `&${name};`),
    { also: [['html-entity']], breaksOnly: true, innermost: true },
  ),
)

export const html = [
  row('html, decimal', ['html-entity'], 'text', htmlDecimal, options),
  row(
    'html, decimal, half of the characters',
    ['html-entity'],
    'text',
    eachCharacter(half(decimal)),
    options,
  ),
  row('html, decimal with leading zeros', ['html-entity'], 'text', eachCharacter(zeros), options),
  row('html, decimal without semicolon', ['html-entity'], 'text', eachCharacter(bare), options),
  row(
    'html, decimal without semicolon, half of the characters',
    ['html-entity'],
    'text',
    eachCharacter(bareHalf),
    options,
  ),
  row('html, hex', ['html-entity'], 'text', eachCharacter(hex), options),
  row('html, hex, half of the characters', ['html-entity'], 'text', eachCharacter(half(hex)), options),
  row('html, hex with leading zeros', ['html-entity'], 'text', eachCharacter(hexZeros), options),
  row('html, hex with an upper-case X', ['html-entity'], 'text', eachCharacter(upper), options),
  row('html, hex without semicolon', ['html-entity'], 'text', eachCharacter(bareHex), options),
  row(
    'html, decimal, escaped twice',
    ['html-entity', 'html-entity'],
    'text',
    pipe(htmlDecimal, again),
    options,
  ),
  row(
    'html, hex, escaped twice',
    ['html-entity', 'html-entity'],
    'text',
    pipe(eachCharacter(hex), again),
    options,
  ),
  row(
    'html, a name between every two characters',
    ['html-entity', 'invisible'],
    'literal',
    insertedAt(everyPlace, '&shy;'),
    { also: [['html-entity']], breaksOnly: true, innermost: true },
  ),
  ...dashes,
  ...unseen,
]

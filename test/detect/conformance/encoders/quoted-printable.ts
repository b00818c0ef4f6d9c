import { row } from './row.ts'
import {
  type Character,
  createWriter,
  eachByte,
  everyPlace,
  hexOf,
  insertedAt,
  onePlace,
  pipe,
  type Places,
  type Stage,
} from './trace.ts'

const upper = ({ code }: Character) => `=${hexOf(code).toUpperCase()}`
const lower = ({ code }: Character) => `=${hexOf(code)}`

/** RFC 2045, 6.7: the equals sign and what is no printable ASCII must be escaped; line ends stay. */
const mustEscape = (code: number) =>
  code === 0x3d || code > 0x7e || (code < 0x20 && code !== 0x0a && code !== 0x0d)

const literal: Stage = eachByte((character) =>
  mustEscape(character.code) ? upper(character) : String.fromCharCode(character.code),
)

/** Breaks the input's lines so that none is longer than 76, the soft break included, and no escape is torn. */
function softLines(newLine: string): Stage {
  return (input) => {
    const writer = createWriter(input.length)
    let column = 0
    for (let i = 0; i < input.length; i++) {
      const code = input[i] as number
      const size = code === 0x3d ? 3 : 1
      if (column + size > 75 && code !== 0x0a && code !== 0x0d && !isInEscape(input, i)) {
        writer.add(`=${newLine}`)
        column = 0
      }
      writer.carry(i, i + 1, String.fromCharCode(code))
      column = code === 0x0a ? 0 : column + 1
    }
    return writer.done()
  }
}

function isInEscape(input: Buffer, at: number): boolean {
  return input[at - 1] === 0x3d || input[at - 2] === 0x3d
}

/** One place of the token that lies in no escape. */
const inToken: Places = (input, random, token) =>
  onePlace(input, random, token).map((place) => {
    let at = place
    while (at < token[1] && isInEscape(input, at)) at++
    return at
  })

const everyTwenty: Places = (input) =>
  everyPlace(input, () => 0, [0, 0]).filter((place) => place % 20 === 0 && !isInEscape(input, place))

function broken(newLine: string): Stage {
  return pipe(literal, insertedAt(inToken, `=${newLine}`))
}

export const qpAll: Stage = eachByte(upper)

export const quotedPrintable = [
  row('quoted-printable, all characters', ['quoted-printable'], 'any bytes', qpAll),
  row(
    'quoted-printable, all characters, lower-case digits',
    ['quoted-printable'],
    'any bytes',
    eachByte(lower),
  ),
  row(
    'quoted-printable, all characters on soft lines, LF',
    ['quoted-printable'],
    'any bytes',
    pipe(qpAll, softLines('\n')),
    { block: true },
  ),
  row(
    'quoted-printable, all characters on soft lines, CRLF',
    ['quoted-printable'],
    'any bytes',
    pipe(qpAll, softLines('\r\n')),
    { block: true },
  ),
  row(
    'quoted-printable, half of the characters',
    ['quoted-printable'],
    'any bytes',
    eachByte((character) =>
      mustEscape(character.code) || character.random() < 0.5
        ? upper(character)
        : String.fromCharCode(character.code),
    ),
  ),
  row('quoted-printable, a soft break inside, LF', ['quoted-printable'], 'ascii text', broken('\n'), {
    breaksOnly: true,
  }),
  row('quoted-printable, a soft break inside, CRLF', ['quoted-printable'], 'ascii text', broken('\r\n'), {
    breaksOnly: true,
  }),
  row(
    'quoted-printable, soft breaks every 20 columns',
    ['quoted-printable'],
    'ascii text',
    pipe(literal, insertedAt(everyTwenty, '=\r\n')),
    { breaksOnly: true },
  ),
  ...(
    [
      ['upper', upper],
      ['lower', lower],
    ] as const
  ).map(([name, write]) =>
    row(
      `quoted-printable, the dash, ${name}-case digits`,
      ['quoted-printable'],
      'any bytes',
      eachByte((character) =>
        mustEscape(character.code) || character.code === 0x2d
          ? write(character)
          : String.fromCharCode(character.code),
      ),
      // Another wrapping has perhaps no dash in it.
      { also: [[]] },
    ),
  ),
]

import { row } from './row.ts'
import { byteString, eachCharacter, everyPlace, inPrefix, insertedAt, onePlace, somePlaces } from './trace.ts'

const unseen: readonly (readonly [name: string, text: string])[] = [
  ['U+200B zero-width space', '\u200b'],
  ['U+200C zero-width non-joiner', '\u200c'],
  ['U+200D zero-width joiner', '\u200d'],
  ['U+2060 word joiner', '\u2060'],
  ['U+FEFF zero-width no-break space', '\ufeff'],
  ['U+00AD soft hyphen', '\u00ad'],
  ['U+180E Mongolian vowel separator', '\u180e'],
  ['U+FE0F variation selector', '\ufe0f'],
  ['U+200E left-to-right mark', '\u200e'],
  ['U+200F right-to-left mark', '\u200f'],
]

const places = [
  ['between every two characters', everyPlace],
  ['at one place', onePlace],
  ['inside of the prefix', inPrefix],
] as const

const between = unseen.flatMap(([name, text]) =>
  places.map(([where, choose]) =>
    row(`invisible, ${name} ${where}`, ['invisible'], 'text', insertedAt(choose, text), { breaksOnly: true }),
  ),
)

const embeddings = ['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069']

const dashes = ['\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2015', '\u2212'].map((dash) =>
  row(
    `invisible, U+${dash.charCodeAt(0).toString(16).toUpperCase()} for the dash`,
    ['invisible'],
    'text',
    eachCharacter(({ code, inToken }) =>
      byteString(inToken && code === 0x2d ? dash : String.fromCodePoint(code)),
    ),
    // There must be a dash.
    { innermost: true },
  ),
)

const fullWidth = (code: number) => (code > 0x20 && code < 0x7f ? code + 0xfee0 : code)

export const invisible = [
  ...between,
  row(
    'invisible, bidirectional controls at some places',
    ['invisible'],
    'text',
    insertedAt(somePlaces, (i) => embeddings[i * 3] ?? '\u202a'),
    { breaksOnly: true },
  ),
  row(
    'invisible, bidirectional controls between every two characters',
    ['invisible'],
    'text',
    insertedAt(everyPlace, (i) => embeddings[i % embeddings.length] ?? '\u202a'),
    { breaksOnly: true },
  ),
  row(
    'invisible, several of them together',
    ['invisible'],
    'text',
    insertedAt(somePlaces, '\u200b\u200c\u200d\u2060\ufeff\u00ad'),
    { breaksOnly: true },
  ),
  ...dashes,
  row(
    'invisible, full-width forms of all characters',
    ['invisible'],
    'text',
    eachCharacter(({ code }) => byteString(String.fromCodePoint(fullWidth(code)))),
  ),
  row(
    'invisible, full-width forms of half of the characters',
    ['invisible'],
    'text',
    eachCharacter(({ code, random }) =>
      byteString(String.fromCodePoint(random() < 0.5 ? fullWidth(code) : code)),
    ),
  ),
  row(
    'invisible, full-width form of the dash',
    ['invisible'],
    'text',
    eachCharacter(({ code, inToken }) =>
      byteString(inToken && code === 0x2d ? '\uff0d' : String.fromCodePoint(code)),
    ),
    { innermost: true },
  ),
]

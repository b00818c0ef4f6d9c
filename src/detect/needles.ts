import { prefixBytes } from './alphabet.ts'
import type { Carrier } from './types.ts'
import { carriers } from './wrappings/index.ts'

/** A carrier that wants to be asked when a needle is found. */
export interface Lookout {
  readonly carrier: Carrier
  /** Place of the carrier in the registry. */
  readonly rank: number
  /** Place of the needle in the carrier's own list. */
  readonly needle: number
  /** How many characters before it its group begins. */
  readonly phase: number
}

/** What a needle means besides its carriers: the prefix, letters of it, a container in base64, or nothing. */
export type Meaning = 'plain' | 'text' | 'embedded' | 'carrier'

export interface Needle {
  readonly bytes: Uint8Array
  readonly meaning: Meaning
  /** How many bytes of it stand before the letters. */
  readonly lead: number
  /** Of letters: how many stand as they are. 0 when the needle is `l` as a number. */
  readonly skip: number
  /** The letter that must follow, however it is written. */
  readonly expected: number
  readonly lookouts: Lookout[]
}

const [l, x, hyphen] = [0x6c, 0x78, 0x2d]
const quotes = ['"', "'", '`']
/** What may stand in place of, or behind, a letter of the prefix: escapes, breaks, quotes, format characters. */
const breaks = [...quotes, ...Array.from('%\\&=+$<]^\r\n\x0e\x0f\x1b\xc2\xcd\xd8\xe1\xe2\xef\xf3')]

/** What joins two literals. */
const joints = [
  '',
  ' ',
  '+',
  ' + ',
  '.',
  ' . ',
  '..',
  ' .. ',
  '&',
  ' & ',
  '||',
  ' || ',
  ' ~ ',
  ' << ',
  ',',
  ', ',
]
const joined = joints.flatMap((joint) => quotes.map((quote) => `${quote}${joint}${quote}x`))
const joinedOverLines = [' +', ' .', ' \\', ' &', ' & _', ' + _', ' ..', ' ||', ''].flatMap((joint) =>
  quotes.flatMap((quote) => ['\n', '\r'].map((end) => `${quote}${joint}${end}`)),
)

/** `l`, and behind it what may be between it and `x`, or be an escape of it. */
const betweenLX = [
  [
    '%0',
    '%1',
    '%2',
    '%3',
    '%5',
    '%7',
    '%C',
    '%c',
    '%E',
    '%e',
    '%u',
    '\\x',
    '\\u',
    '\\U',
    '\\1',
    '\\\\',
    '&#',
    '&a',
    '=0',
    '=1',
    '=2',
    '=3',
    '=7',
    '=C',
    '=E',
  ],
  ['\xe2\x80', '\xe2\x81', '\xc2\xad', '\xc2\x9b', '\xc2\x9d', '\xef\xbb', '\xef\xb8', '\xef\xbd'],
  ['\xe1\xa0', '\xcd\x8f', '\xd8\x9c', '\xf3\xa0', '\x1b[', '\x1b]', '\x1b(', '\x0fx', '\x0ex'],
  joined,
  joinedOverLines,
  quotes.flatMap((quote) => [`${quote}}`, `${quote}x`, `\\${quote}`, `\${${quote}`]),
  ['"\'x', '\'"x'],
  Array.from('/!?abcefimstuw', (next) => `<${next}`),
  Array.from('sznlrthdmqgZNTL', (next) => `&${next}`),
  ['\\\n', '\\\r', '^\n', '^\r', '`\n', '`\r', '=\n', '=\r'],
].flat()

/**
 * A line end may stand between `l` and `x`, and any margin after it. What stands before `l` is then the `p`, the end of
 * its escape, or a margin too.
 */
const beforeLineEnd = Array.from('p \t\n\r>+-#/*;|}02"\'', (before) =>
  ['\n', '\r'].map((end) => `${before}l${end}`),
).flat()

/** DETECTION.md, table of anchors, a to e: text, letters that stand as they are, the letter that must follow. */
const texts: readonly (readonly [string, number, number])[] = [
  ...['-', ...breaks].map((next) => [`lx${next}`, 2, hyphen] as const),
  ...breaks.map((next) => [`ppl${next}`, 3, x] as const),
  ...['%', '\\', '&', '=6', '=4', '=3'].map((next) => [`pp${next}`, 2, l] as const),
  ...betweenLX.map((next) => [`l${next}`, 1, x] as const),
  // l in full width
  ...['\xef\xbd\x8cx', '\xef\xbd\x8c\xef'].map((text) => [text, 3, x] as const),
]

/** l as a number, and what may follow an escape. */
const escapes = [
  ...['x', ';', '}', '%', '\\', '&', '=', '<', '$', '+'].flatMap((next) => [`6c${next}`, `6C${next}`]),
  ...['x', '\\', '&', '%'].map((next) => `154${next}`),
  ...[';', '&', 'x'].map((next) => `108${next}`),
]

/**
 * How a gzip in base64 begins: magic, deflate, and the six upper bits of flags of which RFC 1952 defines five. Only at
 * the start of its base64: at the other alignments too few characters are fixed.
 */
const embedded = Array.from('ABCDEFGH', (flags) => `H4sI${flags}`)

/** Places in the list: the prefix, and `lx-`, which stands in it. */
export const plainNeedle = 0
export const plainEnd = 1

let list: readonly Needle[] | null = null

/** In the order of the plan; made when the first of them is found. */
export function needles(): readonly Needle[] {
  list ??= collect()
  return list
}

/** All needles once, and for each what it means and the carriers that want it. */
function collect(): readonly Needle[] {
  const found = new Map<string, Needle>()
  const add = (text: string, meaning: Meaning, skip = 0, expected = 0, lead = 0): Needle => {
    const known = found.get(text)
    if (known !== undefined) return known
    const needle = { bytes: Buffer.from(text, 'latin1'), meaning, lead, skip, expected, lookouts: [] }
    found.set(text, needle)
    return needle
  }
  add(Buffer.from(prefixBytes).toString('latin1'), 'plain')
  for (const [text, skip, expected] of texts) add(text, 'text', skip, expected)
  for (const text of beforeLineEnd) add(text, 'text', 1, x, 1)
  for (const text of escapes) add(text, 'text')
  for (const text of embedded) add(text, 'embedded')
  Object.values(carriers).forEach((carrier: Carrier, rank) => {
    carrier.needles().forEach(({ bytes, phase }, index) => {
      const needle = add(Buffer.from(bytes).toString('latin1'), 'carrier')
      needle.lookouts.push({ carrier, rank, needle: index, phase })
    })
  })
  return [...found.values()]
}

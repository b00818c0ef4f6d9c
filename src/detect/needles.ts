import { prefixBytes } from './alphabet.ts'
import { createKernel, type Kernel } from './kernel/index.ts'
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

/**
 * What a needle means besides its carriers. `text`: letters of the prefix, the rest of which may be escaped or broken.
 * `escape`: a letter of the prefix as a number, if an escape begins before it. `break`: a letter with something behind
 * it that may only stand between it and the next one. `embedded`: a container in base64.
 */
export type Meaning = 'plain' | 'text' | 'escape' | 'break' | 'embedded' | 'carrier'

export interface Needle {
  readonly bytes: Uint8Array
  meaning: Meaning
  readonly lookouts: Lookout[]
}

const quotes = ['"', "'", '`']
/** What may stand in place of, or behind, a letter of the prefix: escapes, breaks, quotes, format characters. */
const breaks = [...quotes, ...Array.from('%\\&=+$<]^\r\n\x0e\x0f\x1b\xc2\xcd\xd8\xe1\xe2\xef\xf3')]

/** DETECTION.md, table of anchors, a to e. */
const texts = [
  ...['-', ...breaks].map((next) => `lx${next}`),
  ...breaks.map((next) => `ppl${next}`),
  ...['%', '\\', '&', '=6', '=4'].map((next) => `pp${next}`),
  // x escaped, once or twice, or with something invisible before it
  ...['%7', '%5', '%2', '%u', '\\x', '\\u', '\\U', '\\1', '\\\\', '&#', '&a', '=7', '=3'].map(
    (next) => `l${next}`,
  ),
  ...['\xe2\x80', '\xe2\x81', '\xc2\xad', '\xc2\x9b', '\xc2\x9d', '\xef\xbb', '\xef\xb8', '\xef\xbd'].map(
    (next) => `l${next}`,
  ),
  ...['\xe1\xa0', '\xcd\x8f', '\xd8\x9c', '\xf3\xa0', '\x1b[', '\x1b]', '\x1b(', '\x0fx', '\x0ex'].map(
    (next) => `l${next}`,
  ),
  // l in full width
  '\xbd\x8cx',
  '\xbd\x8c\xef',
]

/** l as a number, and what may follow an escape. */
const escapes = [
  ...['x', ';', '}', '%', '\\', '&', '=', '<', '$', '+'].flatMap((next) => [`6c${next}`, `6C${next}`]),
  ...['x', '\\', '&', '%'].map((next) => `154${next}`),
  ...[';', '&', 'x'].map((next) => `108${next}`),
]

const breaking = [
  ...quotes.flatMap((quote) =>
    [' ', '+', '.', ',', '\t', '\n', '\r', '\\', ')', '&', '|', '}', ';', ...quotes].map(
      (next) => `l${quote}${next}`,
    ),
  ),
  ...quotes.flatMap((quote) => [`l${quote}x`, `l\\${quote}`, `l\${${quote}`]),
  ...['/', '!', '?', 'a', 'b', 'c', 'e', 'f', 'i', 'm', 's', 't', 'u', 'w'].map((next) => `l<${next}`),
  ...['\\\n', '\\\r', '^\n', '^\r', '`\n', '`\r', '=\n', '=\r', '\r\n', '\nx', '\n ', '\n\t', '\rx'].map(
    (next) => `l${next}`,
  ),
  ...['>', '+', '-', '#', '/', '*', ';', '|'].map((next) => `l\n${next}`),
]

/**
 * How a gzip in base64 begins: magic, deflate, and the six upper bits of flags of which RFC 1952 defines five. Only at
 * the start of its base64: at the other alignments too few characters are fixed.
 */
const embedded = Array.from('ABCDEFGH', (flags) => `H4sI${flags}`)

export const needles: readonly Needle[] = collect()
export const kernel: Kernel = createKernel(needles.map(({ bytes }) => bytes))

/** All needles once, and for each what it means and the carriers that want it. */
function collect(): readonly Needle[] {
  const found = new Map<string, Needle>()
  const add = (text: string, meaning: Meaning): Needle => {
    const known = found.get(text)
    if (known !== undefined && meaning === 'carrier') return known
    const needle = known ?? { bytes: Buffer.from(text, 'latin1'), meaning, lookouts: [] }
    found.set(text, needle)
    return needle
  }
  add(Buffer.from(prefixBytes).toString('latin1'), 'plain')
  for (const text of texts) add(text, 'text')
  for (const text of escapes) add(text, 'escape')
  for (const text of breaking) add(text, 'break')
  for (const text of embedded) add(text, 'embedded')
  Object.values(carriers).forEach((carrier: Carrier, rank) => {
    carrier.needles.forEach(({ bytes, phase }, index) => {
      const needle = add(Buffer.from(bytes).toString('latin1'), 'carrier')
      needle.lookouts.push({ carrier, rank, needle: index, phase })
    })
  })
  return [...found.values()]
}

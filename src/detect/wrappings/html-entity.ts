import { alphanumeric, hexValue, isDigit, membersOf } from '../alphabet.ts'
import { putCharacter } from '../rewrite.ts'
import type { Inline } from '../types.ts'

/** The names of ASCII's punctuation and of what may stand for a hyphen or for nothing. https://html.spec.whatwg.org/multipage/named-characters.html */
const names: ReadonlyMap<string, number> = new Map(
  Object.entries({
    amp: 0x26,
    AMP: 0x26,
    apos: 0x27,
    ast: 0x2a,
    bsol: 0x5c,
    colon: 0x3a,
    comma: 0x2c,
    commat: 0x40,
    dash: 0x2010,
    dollar: 0x24,
    equals: 0x3d,
    excl: 0x21,
    grave: 0x60,
    gt: 0x3e,
    GT: 0x3e,
    Hat: 0x5e,
    horbar: 0x2015,
    hyphen: 0x2010,
    lbrace: 0x7b,
    lbrack: 0x5b,
    lcub: 0x7b,
    lowbar: 0x5f,
    lpar: 0x28,
    lrm: 0x200e,
    lsqb: 0x5b,
    lt: 0x3c,
    LT: 0x3c,
    mdash: 0x2014,
    minus: 0x2212,
    nbsp: 0xa0,
    NoBreak: 0x2060,
    ndash: 0x2013,
    NewLine: 0x0a,
    num: 0x23,
    percnt: 0x25,
    period: 0x2e,
    plus: 0x2b,
    quest: 0x3f,
    quot: 0x22,
    QUOT: 0x22,
    rbrace: 0x7d,
    rbrack: 0x5d,
    rcub: 0x7d,
    rlm: 0x200f,
    rpar: 0x29,
    rsqb: 0x5d,
    semi: 0x3b,
    shy: 0xad,
    sol: 0x2f,
    Tab: 0x09,
    verbar: 0x7c,
    vert: 0x7c,
    ZeroWidthSpace: 0x200b,
    zwj: 0x200d,
    zwnj: 0x200c,
  }),
)
/** Those that are read without a semicolon too. */
const old: ReadonlySet<string> = new Set([
  'amp',
  'AMP',
  'gt',
  'GT',
  'lt',
  'LT',
  'quot',
  'QUOT',
  'nbsp',
  'shy',
])
const longestName = 14

/** HTML's and XML's character references: `&#112;`, `&#x70;`, `&hyphen;`; numbers also without the semicolon. */
export const htmlEntity: Inline = {
  id: 'html-entity',
  isTrigger: membersOf('&'),
  mayFollow: membersOf('#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'),
  step(bytes, at, out) {
    const end = bytes[at + 1] === 0x23 ? numberEnd(bytes, at + 2) : nameEnd(bytes, at + 1)
    if (end <= at + 2) return 0
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + at + 1, end - at - 1).toString('latin1')
    const hasEnd = bytes[end] === 0x3b
    const code = text.startsWith('#') ? numberOf(text) : nameOf(text, hasEnd)
    if (code === null || code > 0x10ffff) return 0
    const length = end - at + (hasEnd ? 1 : 0)
    putCharacter(out, code, at, at + length)
    return length
  },
  isDense: () => true,
}

function numberOf(text: string): number | null {
  const isHex = text[1] === 'x' || text[1] === 'X'
  const digits = text.slice(isHex ? 2 : 1)
  return digits === '' ? null : Number.parseInt(digits, isHex ? 16 : 10)
}

function nameOf(text: string, hasEnd: boolean): number | null {
  if (!hasEnd && !old.has(text)) return null
  return names.get(text) ?? null
}

function numberEnd(bytes: Uint8Array, from: number): number {
  const isHex = bytes[from] === 0x78 || bytes[from] === 0x58
  let end = isHex ? from + 1 : from
  while (end - from < 16 && (isHex ? hexValue(bytes[end]) >= 0 : isDigit(bytes[end]))) end++
  return end
}

function nameEnd(bytes: Uint8Array, from: number): number {
  let end = from
  while (end - from < longestName && alphanumeric[bytes[end] ?? 0] === 1) end++
  return end
}

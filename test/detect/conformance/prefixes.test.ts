import { describe, expect, it } from 'vitest'
import { createDetector } from '../../../src/detect/index.ts'
import { secretOf } from '../../../src/secret/index.ts'
import { randomToken } from '../../support.ts'

const detector = createDetector()
const prefix = ['p', 'p', 'l', 'x', '-'] as const
const hex = (text: string, digits = 2) => text.charCodeAt(0).toString(16).padStart(digits, '0')

/** Ways of writing one letter of the prefix; the others stay as they are. */
const escapes: Record<string, (letter: string) => string> = {
  percent: (letter) => `%${hex(letter)}`,
  'percent, upper case': (letter) => `%${hex(letter).toUpperCase()}`,
  'percent twice': (letter) => `%25${hex(letter)}`,
  '%u': (letter) => `%u${hex(letter, 4)}`,
  '\\x': (letter) => `\\x${hex(letter)}`,
  '\\u': (letter) => `\\u${hex(letter, 4)}`,
  '\\u, twice': (letter) => `\\\\u${hex(letter, 4)}`,
  '\\u{}': (letter) => `\\u{${hex(letter)}}`,
  '\\U': (letter) => `\\U${hex(letter, 8)}`,
  octal: (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`,
  'entity, decimal': (letter) => `&#${letter.charCodeAt(0)};`,
  'entity, hex': (letter) => `&#x${hex(letter)};`,
  'entity, hex, upper case': (letter) => `&#X${hex(letter).toUpperCase()};`,
  'entity twice': (letter) => `&amp;#${letter.charCodeAt(0)};`,
  'entity, no semicolon': (letter) => `&#${letter.charCodeAt(0)}`,
  'quoted-printable': (letter) => `=${hex(letter).toUpperCase()}`,
  'full width': (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0),
}

/** What may stand between two letters of the prefix, or behind it, in a literal or a text. */
const breaks: Record<string, { readonly before?: string; readonly at: string; readonly after?: string }> = {
  'zero-width space': { at: '\u200b' },
  'word joiner': { at: '\u2060' },
  'soft hyphen': { at: '\u00ad' },
  'byte-order mark': { at: '\ufeff' },
  colour: { at: '\x1b[31m' },
  'end of colour': { at: '\x1b[0m' },
  '+, single quotes': { before: "'", at: "' + '", after: "'" },
  '+, double quotes, close': { before: '"', at: '"+"', after: '"' },
  'quotes side by side': { before: '"', at: '""', after: '"' },
  'quotes side by side, a space': { before: '"', at: '" "', after: '"' },
  'two kinds of quotes': { before: '"', at: '"\'', after: "'" },
  '. of PHP': { before: "'", at: "'.'", after: "'" },
  '|| of SQL': { before: "'", at: "' || '", after: "'" },
  list: { before: "['", at: "', '", after: "'].join('')" },
  '+ over lines': { before: '"', at: '" +\n  "', after: '"' },
  'backslash, line end': { at: '\\\n' },
  'backslash, CR LF, indented': { at: '\\\r\n    ' },
  'soft line break, LF': { at: '=\n' },
  'soft line break, CR LF': { at: '=\r\n' },
  tags: { before: '<b>', at: '</b><b>', after: '</b>' },
  'tags with attributes': { before: '<span>', at: '</span><span class="k">', after: '</span>' },
  wbr: { at: '<wbr>' },
  comment: { at: '<!-- -->' },
  'line end, indented': { before: '  ', at: '\n  ' },
  'line end, indented with a tab': { before: '\t', at: '\n\t' },
  'line end, CR LF': { at: '\r\n' },
  'line end, quoted': { before: '> ', at: '\n> ' },
  'line end, in a diff': { before: '+', at: '\n+' },
}

/**
 * Out of reach, by name. An entity without its semicolon takes the digits behind it: what follows is another text.
 */
const outOfReach: Record<string, string> = {
  'entity, no semicolon: only -': 'the digits of a body would belong to it',
}

describe.each(Object.entries(escapes))('letters escaped: %s', (way, escape) => {
  it('every subset of the five', () => {
    const missed = subsets(5).flatMap((subset) => {
      const body = way === 'entity, no semicolon' ? `Z${randomToken('mixed', 47).slice(5)}` : null
      const token = body === null ? randomToken() : `pplx-${body}`
      const text = prefix.map((letter, i) => (subset.includes(i) ? escape(letter) : letter)).join('')
      const name = subset.map((i) => prefix[i]).join('')
      return [`key=${text}${token.slice(5)} `, `${text}${token.slice(5)}\n`].flatMap((unit) =>
        missing(unit, token, name),
      )
    })
    expect(missed).toEqual([])
  })
})

describe.each(Object.entries(breaks))('broken: %s', (_, { before = '', at, after = '' }) => {
  it('every placement in the prefix and behind it', () => {
    const missed = subsets(5).flatMap((subset) => {
      const token = randomToken()
      const text = prefix.map((letter, i) => (subset.includes(i) ? letter + at : letter)).join('')
      const name = subset.map((i) => `${prefix[i]}|`).join('')
      return [
        `${isMark(before) ? '' : 'key: '}${before}${text}${token.slice(5)}${after}`,
        `\n${before}${text}${token.slice(5)}${after}\nrest`,
      ].flatMap((unit) => missing(unit, token, name))
    })
    expect(missed).toEqual([])
  })
})

it('what is out of reach is named, and is', () => {
  expect(Object.keys(outOfReach)).toEqual(['entity, no semicolon: only -'])
  const token = `pplx-7${randomToken('mixed', 47).slice(5)}`
  expect(missing(`pplx&#45${token.slice(5)}`, token, '-')).not.toEqual([])
})

/** All subsets of the first `count` numbers but the empty one. */
function subsets(count: number): number[][] {
  return Array.from({ length: 2 ** count - 1 }, (_, i) =>
    Array.from({ length: count }, (_, bit) => bit).filter((bit) => ((i + 1) & (1 << bit)) !== 0),
  )
}

/** Quoting and diffs mark whole lines. */
function isMark(before: string): boolean {
  return before === '> ' || before === '+'
}

function missing(unit: string, token: string, name: string): string[] {
  const hits = detector.scan(Buffer.from(unit))
  const [hit] = hits
  const isFound = hits.length === 1 && hit?.secret.fingerprint === secretOf(token).fingerprint
  return isFound && hit?.confidence === 'exact'
    ? []
    : [
        `${name}: ${JSON.stringify(unit.slice(0, 40))} ${hits.map((one) => `${one.confidence} ${one.encodings.join()}`).join('; ')}`,
      ]
}

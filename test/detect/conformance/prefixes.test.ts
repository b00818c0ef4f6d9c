import { describe, expect, it } from 'vitest'
import { createDetector } from '../../../src/detect/index.ts'
import { secretOf } from '../../../src/secret/index.ts'
import { randomOf, shortened, tokenOf } from './cells.ts'
import { outOfReach } from './out-of-reach.ts'

const detector = createDetector()
const prefix = 'pplx-'
const hex = (code: number, width = 2) => code.toString(16).padStart(width, '0')

/** The 31 that hold something of five. */
const subsets = Array.from({ length: 31 }, (_, index) => index + 1)

/** Each of the characters that a subset holds is written so, the others and the body stay plain. */
const escapes: Record<string, (code: number) => string> = {
  percent: (code) => `%${hex(code)}`,
  'percent, upper case': (code) => `%${hex(code).toUpperCase()}`,
  'percent twice': (code) => `%25${hex(code)}`,
  '%u': (code) => `%u${hex(code, 4)}`,
  '\\x': (code) => `\\x${hex(code)}`,
  '\\u': (code) => `\\u${hex(code, 4)}`,
  '\\\\u': (code) => `\\\\u${hex(code, 4)}`,
  '\\\\\\\\u': (code) => `\\\\\\\\u${hex(code, 4)}`,
  '\\uuuu': (code) => `\\uuuu${hex(code, 4)}`,
  '\\u{}': (code) => `\\u{${hex(code)}}`,
  '\\x{}': (code) => `\\x{${hex(code)}}`,
  '\\U': (code) => `\\U${hex(code, 8)}`,
  octal: (code) => `\\${code.toString(8).padStart(3, '0')}`,
  'html decimal': (code) => `&#${code};`,
  'html hex': (code) => `&#x${hex(code)};`,
  'html without semicolon': (code) => `&#${code}`,
  'html twice': (code) => `&amp;#${code};`,
  'quoted-printable': (code) => `=${hex(code).toUpperCase()}`,
  'quoted-printable, lower case': (code) => `=${hex(code)}`,
}

/** What stands at the places of a subset: three inside of the prefix, before its dash, and behind it. */
const breaks: Record<string, string | ((index: number) => string)> = {
  'zero-width space': '\u200b',
  'zero-width joiner': '\u200d',
  'no-break space of no width': '\ufeff',
  'soft hyphen': '\u00ad',
  'a colour': '\u001b[31m',
  'the end of a colour': '\u001b[0m',
  'a colour in 8 bits': '\u009b31m',
  "' + '": "' + '",
  "'+'": "'+'",
  '"" ""': '" "',
  '""': '""',
  "''": "''",
  "'.'": "'.'",
  "' . '": "' . '",
  "','": "','",
  'backslash and line end': '\\\n',
  'backslash, CRLF': '\\\r\n',
  'soft break': '=\r\n',
  'soft break, LF': '=\n',
  'tags in turn': (index) => (index % 2 === 0 ? '</b><b>' : '</i><i>'),
  'a pair of tags': '</b><b>',
  wbr: '<wbr>',
  comment: '<!-- -->',
  'line end and indent': '\n    ',
  'line end and quote': '\n> ',
}

const escapeCells = Object.entries(escapes).flatMap(([name, write]) =>
  subsets.map((subset) => ({
    name: `${name}: ${shown((i) => (subset & (1 << i) ? `(${prefix[i]})` : (prefix[i] ?? '')))}`,
    written: shown((i) => (subset & (1 << i) ? write(prefix.charCodeAt(i)) : (prefix[i] ?? ''))),
  })),
)

const breakCells = Object.entries(breaks).flatMap(([name, text]) =>
  subsets.map((subset) => {
    let index = 0
    const between = () => (typeof text === 'string' ? text : text(index++))
    return {
      name: `${name}: ${shown((i) => `${prefix[i]}${subset & (1 << i) ? '|' : ''}`)}`,
      written: shown((i) => `${prefix[i]}${subset & (1 << i) ? between() : ''}`),
    }
  }),
)

describe('a broken prefix', () => {
  const excused = new Set(outOfReach.map(({ name }) => name))

  it.each(Object.keys(escapes))('written with %s, every subset of its characters', (name) => {
    expect(missed(escapeCells, name)).toEqual([])
  })

  it.each(Object.keys(breaks))('broken by %s, at every set of places', (name) => {
    expect(missed(breakCells, name)).toEqual([])
  })

  it('that is out of reach is named, has a reason, and is not found', () => {
    const cells = [...escapeCells, ...breakCells]
    const known = new Map(cells.map((cell) => [cell.name, cell]))
    expect(outOfReach.filter(({ name, reason }) => !known.has(name) || reason === '')).toEqual([])
    const found = outOfReach.filter(({ name }) => {
      const cell = known.get(name)
      return cell !== undefined && complaint(cell) === null
    })
    expect(found).toEqual([])
  })

  it('has a name of its own', () => {
    const names = [...escapeCells, ...breakCells].map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  function missed(cells: readonly PrefixCell[], kind: string): readonly string[] {
    const failures: string[] = []
    for (const cell of cells) {
      if (!cell.name.startsWith(`${kind}: `) || excused.has(cell.name)) continue
      const wrong = complaint(cell)
      if (wrong !== null) failures.push(`${cell.name}: ${wrong}`)
    }
    return shortened(failures, 31)
  }
})

interface PrefixCell {
  readonly name: string
  readonly written: string
}

function complaint({ name, written }: PrefixCell): string | null {
  const random = randomOf(name)
  const body = bodyOf(random)
  // A quote stands before every line or before none.
  const before = Buffer.from(written.includes('\n> ') ? "é\n> key = '" : "é\nkey = '")
  const unit = Buffer.concat([before, Buffer.from(`${written}${body}' and after it\n`)])
  const hits = detector.scan(unit)
  const [hit] = hits
  if (hit === undefined) return 'nothing found'
  if (hits.length > 1) return `${hits.length} found`
  if (hit.secret.fingerprint !== secretOf(prefix + body).fingerprint) return 'another token'
  if (hit.confidence !== 'exact') return `called ${hit.confidence}`
  if (hit.byteOffset !== before.length) return `starts at ${hit.byteOffset}, not ${before.length}`
  const end = before.length + Buffer.byteLength(written) + body.length
  const last = hit.byteOffset + hit.byteLength
  return last === end ? null : `ends at ${last}, not ${end}`
}

/** Its first character is no digit: a reference without semicolon would take it. */
function bodyOf(random: () => number): string {
  for (;;) {
    const body = tokenOf('mixed', random).slice(prefix.length)
    if (/^[G-Zg-z]/.test(body)) return body
  }
}

function shown(character: (index: number) => string): string {
  return [0, 1, 2, 3, 4].map(character).join('')
}

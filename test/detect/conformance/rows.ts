import type { Encoding } from '../../../src/detect/index.ts'
import { between, builder, eachByte, eachCharacter, type Encode, inDigits, inPieces } from './placed.ts'

/** One way of writing a text that holds a token. */
export interface Row {
  readonly encodings: readonly Encoding[]
  readonly encode: Encode
  /** `bytes`: wraps anything. `text`: wraps UTF-8 text of any kind. `token`: what it breaks is a token alone. */
  readonly takes: 'bytes' | 'text' | 'token'
  /** Stands at the start of a line. */
  readonly lines?: boolean
  /** Two bytes stand as one word, or may be read in two orders: a token's place is only as good as that. */
  readonly isLoose?: boolean
}

const hex = (byte: number, digits = 2) => byte.toString(16).padStart(digits, '0')
const HEX = (byte: number, digits = 2) => hex(byte, digits).toUpperCase()
const code = (character: string) => character.codePointAt(0) ?? 0
const row = (takes: Row['takes'], encodings: Encoding[], encode: Encode, lines = false): Row => ({
  takes,
  encodings,
  encode,
  lines,
})
const bytes = (encoding: Encoding, encode: Encode, lines = false) => row('bytes', [encoding], encode, lines)
const text = (encoding: Encoding, encode: Encode, lines = false) => row('text', [encoding], encode, lines)
const token = (encoding: Encoding, encode: Encode, lines = false) => row('token', [encoding], encode, lines)

const base64 = (input: Buffer) => input.toString('base64')
const unpadded = (input: Buffer) => base64(input).replaceAll('=', '')
const url = (input: Buffer) => input.toString('base64url')
const wrap = (width: number, end: string, margin = '') => ({ width, end, margin })

export function base32Of(input: Buffer): string {
  const bits = Array.from(input, (byte) => byte.toString(2).padStart(8, '0')).join('')
  const digits = (bits.match(/.{1,5}/g) ?? []).map((five) => Number.parseInt(five.padEnd(5, '0'), 2))
  const text = digits.map((digit) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[digit]).join('')
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=')
}

/** Lines of an offset, bytes in groups, and a column of text; `hexdump -C`, `xxd`, `od`. */
function dump(options: {
  readonly bytes: number
  readonly group: number
  readonly offset: (at: number) => string
  readonly gap?: boolean
  readonly column?: (text: string) => string
  readonly upper?: boolean
  readonly swapped?: boolean
}): Encode {
  return (input) => {
    const out = builder()
    const digits = (byte: number) => (options.upper === true ? HEX(byte) : hex(byte))
    for (let from = 0; from < input.length; from += options.bytes) {
      const line = input.subarray(from, from + options.bytes)
      out.add(options.offset(from))
      const texts = Array.from(line, (byte, i) => {
        const space = i % options.group !== 0 ? '' : i === 8 && options.gap === true ? '  ' : ' '
        return [space, digits(byte)] as const
      })
      if (options.swapped === true) putSwapped(out, line)
      else {
        for (const [space, digit] of texts) {
          out.add(space)
          out.put(digit)
        }
      }
      const width = texts.reduce((sum, [space]) => sum + space.length + 2, 0)
      const full =
        options.bytes * 2 + Math.ceil(options.bytes / options.group) + (options.gap === true ? 1 : 0)
      const printable = line.toString('latin1').replace(/[^ -~]/g, '.')
      if (options.column !== undefined) out.add(' '.repeat(full - width) + options.column(printable))
      out.add('\n')
    }
    return out.done()
  }
}

/** Words of two bytes, the second one first; a last byte alone has a zero before it. */
function putSwapped(out: ReturnType<typeof builder>, line: Buffer): void {
  for (let i = 0; i < line.length; i += 2) {
    const [first = 0, second] = [line[i], line[i + 1]]
    out.add(' ')
    out.put(`${hex(second ?? 0)}${hex(first)}`, second === undefined ? 1 : 2)
  }
}

/** Numbers between separators: a number stands for its byte, not what is around it. */
function joined(before: string, write: (byte: number) => string, separator: string, after: string): Encode {
  return (input) => {
    const out = builder()
    out.add(before)
    input.forEach((byte, index) => {
      if (index > 0) out.add(separator)
      out.put(write(byte))
    })
    out.add(after)
    return out.done()
  }
}

function wide(size: 2 | 4, isLittle: boolean, mark = false): Encode {
  return (input) => {
    const out = builder()
    const unit = (value: number) => {
      const buffer = Buffer.alloc(size)
      if (isLittle) buffer.writeUIntLE(value, 0, size)
      else buffer.writeUIntBE(value, 0, size)
      return buffer
    }
    if (mark) out.add(unit(0xfeff))
    for (const character of input.toString('utf8')) {
      const count = Buffer.byteLength(character)
      if (size === 4) out.put(unit(code(character)), count)
      else out.put(Buffer.concat(character.split('').map((half) => unit(half.charCodeAt(0)))), count)
    }
    return out.done()
  }
}

function softBreaks(end: string): Encode {
  return inPieces(19, '', `=${end}`, '')
}

const decimal = (byte: number) => String(byte)
const zero = '\u200b'
const names: Record<string, string> = {
  '-': '&hyphen;',
  '=': '&equals;',
  '"': '&quot;',
  '&': '&amp;',
  '<': '&lt;',
}

/** A row a member of the list; `members.ts` says which have to be here. */
export const rows: Record<string, Row> = {
  'percent, every character': bytes(
    'percent',
    eachByte((byte) => `%${HEX(byte)}`),
  ),
  'percent, lower case': bytes(
    'percent',
    eachByte((byte) => `%${hex(byte)}`),
  ),
  'percent, mixed case': bytes(
    'percent',
    eachByte((byte, i) => `%${i % 2 === 0 ? hex(byte) : HEX(byte)}`),
  ),
  'percent, every second character': text(
    'percent',
    eachByte((byte, i) =>
      i % 2 === 0 || byte > 126 || byte === 0x25 ? `%${HEX(byte)}` : String.fromCharCode(byte),
    ),
  ),
  'percent, every third character': text(
    'percent',
    eachByte((byte, i) =>
      i % 3 === 0 || byte > 126 || byte === 0x25 ? `%${HEX(byte)}` : String.fromCharCode(byte),
    ),
  ),
  'percent twice': row(
    'bytes',
    ['percent', 'percent'],
    eachByte((byte) => `%25${HEX(byte)}`),
  ),
  'percent three times': row(
    'bytes',
    ['percent', 'percent', 'percent'],
    eachByte((byte) => `%2525${HEX(byte)}`),
  ),
  'percent, %u': text(
    'percent',
    eachCharacter((character) => `%u${HEX(code(character), 4)}`),
  ),

  base64: bytes('base64', inDigits(base64, 6)),
  'base64, unpadded': bytes('base64', inDigits(unpadded, 6)),
  'base64, URL-safe': row('token', ['base64url'], (input) => {
    const [before, after] = ['???>>>~~~ ', ' ~~~???>>>']
    const inner = inDigits(url, 6)(Buffer.concat([Buffer.from(before), input, Buffer.from(after)]))
    return {
      bytes: inner.bytes,
      starts: inner.starts.slice(before.length),
      ends: inner.ends.slice(before.length),
    }
  }),
  'base64, one byte in': bytes('base64', inside('a', inDigits(base64, 6))),
  'base64, two bytes in': bytes('base64', inside('ab', inDigits(base64, 6))),
  'base64, 76 columns, CRLF': bytes('base64', inDigits(base64, 6, wrap(76, '\r\n')), true),
  'base64, 76 columns, LF': bytes('base64', inDigits(base64, 6, wrap(76, '\n')), true),
  'base64, 76 columns, CR': bytes('base64', inDigits(base64, 6, wrap(76, '\r')), true),
  'base64, 64 columns, LF': bytes('base64', inDigits(base64, 6, wrap(64, '\n')), true),
  'base64, 64 columns, CRLF': bytes('base64', inDigits(base64, 6, wrap(64, '\r\n')), true),
  'base64, 60 columns': bytes('base64', inDigits(base64, 6, wrap(60, '\n')), true),
  'base64, 48 columns': bytes('base64', inDigits(base64, 6, wrap(48, '\n')), true),
  'base64, Kubernetes Secret': bytes(
    'base64',
    between('apiVersion: v1\nkind: Secret\ndata:\n  key: ', inDigits(base64, 6), '\ntype: Opaque\n'),
  ),
  'base64, Docker config.json': bytes(
    'base64',
    between('{"auths":{"https://r.example/v1/":{"auth":"', inside('user:', inDigits(base64, 6)), '"}}}'),
  ),
  'base64, inline source map': bytes(
    'base64',
    between(
      'f()\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,',
      inside('{"version":3,"sources":["a.js"],"sourcesContent":["', inDigits(base64, 6)),
      '\n',
    ),
  ),
  'base64, JWT payload': bytes(
    'base64',
    between('eyJhbGciOiJub25lIn0.', inside('{"sub":"1","key":"', inDigits(url, 6)), '.c2ln'),
  ),
  'base64, part of an e-mail': bytes(
    'base64',
    between(
      'Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n',
      inside('Dear all,\r\nthe key is ', inDigits(base64, 6, wrap(76, '\r\n'))),
      '\r\n--b--\r\n',
    ),
  ),
  'base64, data URL': bytes('base64', between('<a href="data:text/plain;base64,', inDigits(base64, 6), '">')),
  'base64, indented as in YAML': bytes(
    'base64',
    between(
      'key: |\n',
      inside('# some lines of a file, and in one of them\nkey=', inDigits(base64, 6, wrap(64, '\n', '    '))),
      '\n',
    ),
    true,
  ),
  'base64, as in PEM': bytes(
    'base64',
    between(
      '-----BEGIN DATA-----\n',
      inside('# some lines of a file, and in one of them\nkey=', inDigits(base64, 6, wrap(64, '\n'))),
      '\n-----END DATA-----\n',
    ),
    true,
  ),
  'base64, glued to a name before it': bytes('base64', between('key_', inDigits(base64, 6), '')),
  'base64, glued to letters before it': bytes('base64', between('abcd', inDigits(base64, 6), '')),
  'base64, glued to what follows': bytes('base64', between('', inDigits(unpadded, 6), '_old-copy')),
  'base64 in a diff': bytes(
    'base64',
    inside('# some lines of a file, and in one of them\nkey=', inDigits(base64, 6, wrap(76, '\n', '+'))),
    true,
  ),
  'base64 quoted in a mail': bytes(
    'base64',
    inside('# some lines of a file, and in one of them\nkey=', inDigits(base64, 6, wrap(76, '\n', '> '))),
    true,
  ),
  'base64 in a comment with #': bytes(
    'base64',
    inside('# some lines of a file, and in one of them\nkey=', inDigits(base64, 6, wrap(76, '\n', '# '))),
    true,
  ),
  'base64 in a comment with //': bytes(
    'base64',
    inside('# some lines of a file, and in one of them\nkey=', inDigits(base64, 6, wrap(76, '\n', '// '))),
    true,
  ),
  'base64 in a block comment': bytes(
    'base64',
    inside('# some lines of a file, and in one of them\nkey=', inDigits(base64, 6, wrap(76, '\n', ' * '))),
    true,
  ),

  base32: bytes('base32', inDigits(base32Of, 5)),
  'base32, unpadded': bytes(
    'base32',
    inDigits((input) => base32Of(input).replaceAll('=', ''), 5),
  ),
  'base32, lower case': bytes(
    'base32',
    inDigits((input) => base32Of(input).toLowerCase(), 5),
  ),
  'base32, 64 columns': bytes('base32', inDigits(base32Of, 5, wrap(64, '\n')), true),

  'hexdump -C': bytes(
    'hex',
    dump({
      bytes: 16,
      group: 1,
      gap: true,
      offset: (at) => `${hex(at, 8)} `,
      column: (line) => `  |${line}|`,
    }),
    true,
  ),
  hexdump: {
    ...bytes('hex', dump({ bytes: 16, group: 2, offset: (at) => hex(at, 7), swapped: true }), true),
    isLoose: true,
  },
  xxd: bytes(
    'hex',
    dump({ bytes: 16, group: 2, offset: (at) => `${hex(at, 8)}:`, column: (line) => `  ${line}` }),
    true,
  ),
  'xxd -u': bytes(
    'hex',
    dump({
      bytes: 16,
      group: 2,
      upper: true,
      offset: (at) => `${hex(at, 8)}:`,
      column: (line) => `  ${line}`,
    }),
    true,
  ),
  'xxd -c 8 -g 1': bytes(
    'hex',
    dump({ bytes: 8, group: 1, offset: (at) => `${hex(at, 8)}:`, column: (line) => `  ${line}` }),
    true,
  ),
  'xxd -p': bytes(
    'hex',
    inDigits((input) => input.toString('hex'), 4, wrap(60, '\n')),
    true,
  ),
  'od -An -tx1': bytes('hex', dump({ bytes: 16, group: 1, offset: () => '' }), true),
  'od -tx1': bytes(
    'hex',
    dump({ bytes: 16, group: 1, offset: (at) => at.toString(8).padStart(7, '0') }),
    true,
  ),

  'Buffer in JSON': bytes('bytes-decimal', joined('{"type":"Buffer","data":[', decimal, ',', ']}')),
  'Buffer in JSON, a number a line': bytes(
    'bytes-decimal',
    joined('{\n  "data": [\n    ', decimal, ',\n    ', '\n  ]\n}'),
  ),
  'bytes in Python': bytes('bytes-decimal', joined('bytes([', decimal, ', ', '])')),
  'bytes in Java': bytes('bytes-decimal', joined('new byte[] { ', decimal, ', ', ' }')),
  'bytes in Go': bytes('bytes-decimal', joined('[]byte{', decimal, ', ', '}')),
  'String.fromCharCode': bytes('bytes-decimal', joined('String.fromCharCode(', decimal, ',', ')')),
  'chr with dots': bytes('bytes-decimal', joined('chr(', decimal, ').chr(', ')')),
  'chr with +': bytes('bytes-decimal', joined('chr(', decimal, ') + chr(', ')')),

  hex: bytes(
    'hex',
    inDigits((input) => input.toString('hex'), 4),
  ),
  'hex, upper case': bytes(
    'hex',
    inDigits((input) => input.toString('hex').toUpperCase(), 4),
  ),
  'hex, 0x before it': bytes(
    'hex',
    between(
      '0x',
      inDigits((input) => input.toString('hex'), 4),
      '',
    ),
  ),
  'hex, \\x before it': bytes(
    'hex',
    between(
      '\\x',
      inDigits((input) => input.toString('hex'), 4),
      '',
    ),
  ),
  'hex with :': bytes(
    'hex',
    joined('', (byte) => hex(byte), ':', ''),
  ),
  'hex with spaces': bytes(
    'hex',
    joined('', (byte) => hex(byte), ' ', ''),
  ),
  'hex with -': bytes(
    'hex',
    joined('', (byte) => HEX(byte), '-', ''),
  ),
  'hex with 0x': bytes(
    'hex',
    joined('{ 0x', (byte) => hex(byte), ', 0x', ' }'),
  ),
  'hex with 0x, no spaces': bytes(
    'hex',
    joined('[0x', (byte) => hex(byte), ',0x', ']'),
  ),
  'hex with 0x, lines of eight': bytes('hex', linesOfEight),
  'hex with \\x': bytes(
    'escape',
    eachByte((byte) => `\\x${hex(byte)}`),
  ),

  'escape \\u': text(
    'escape',
    eachCharacter((character) => utf16Escapes(character, (unit) => `\\u${hex(unit, 4)}`)),
  ),
  'escape \\u, every second character': text(
    'escape',
    eachCharacter((character, i) =>
      i % 2 === 0 || /[\\"]/.test(character) || code(character) > 126
        ? utf16Escapes(character, (unit) => `\\u${hex(unit, 4)}`)
        : character,
    ),
  ),
  'escape \\u{}': text(
    'escape',
    eachCharacter((character) => `\\u{${hex(code(character))}}`),
  ),
  'escape \\x, every third character': text(
    'escape',
    eachByte((byte, i) =>
      i % 3 === 0 || byte > 126 || byte === 0x5c ? `\\x${hex(byte)}` : String.fromCharCode(byte),
    ),
  ),
  'escape, octal': bytes(
    'escape',
    eachByte((byte) => `\\${byte.toString(8).padStart(3, '0')}`),
  ),
  'escape \\U of Python': text(
    'escape',
    eachCharacter((character) => `\\U${hex(code(character), 8)}`),
  ),
  'escape \\uu of Java': text(
    'escape',
    eachCharacter((character) => utf16Escapes(character, (unit) => `\\uu${hex(unit, 4)}`)),
  ),
  'escape \\x{} of Perl': text(
    'escape',
    eachCharacter((character) => `\\x{${hex(code(character))}}`),
  ),
  'escaped hyphen': token(
    'escape',
    eachCharacter((character) => (character === '-' ? '\\-' : character)),
  ),
  'JSON in JSON': row(
    'text',
    ['escape', 'escape'],
    eachCharacter((character) => utf16Escapes(character, (unit) => `\\\\u${hex(unit, 4)}`)),
  ),
  'JSON in JSON in JSON': row(
    'text',
    ['escape', 'escape', 'escape'],
    eachCharacter((character) => utf16Escapes(character, (unit) => `\\\\\\\\u${hex(unit, 4)}`)),
  ),

  'entity, decimal': text(
    'html-entity',
    eachCharacter((character) => `&#${code(character)};`),
  ),
  'entity, hex': text(
    'html-entity',
    eachCharacter((character) => `&#x${hex(code(character))};`),
  ),
  'entity, hex, upper case': text(
    'html-entity',
    eachCharacter((character) => `&#X${HEX(code(character))};`),
  ),
  'entity, leading zeros': text(
    'html-entity',
    eachCharacter((character) => `&#${String(code(character)).padStart(7, '0')};`),
  ),
  'entity, no semicolon': text(
    'html-entity',
    eachCharacter((character) => `&#${code(character)}`),
  ),
  'entity, named': row(
    'token',
    ['html-entity', 'invisible'],
    eachCharacter((character) => names[character] ?? character),
  ),
  'entity, every third character': text(
    'html-entity',
    eachCharacter((character, i) => (i % 3 === 0 || character === '&' ? `&#${code(character)};` : character)),
  ),
  'entity twice': row(
    'text',
    ['html-entity', 'html-entity'],
    eachCharacter((character) => `&amp;#${code(character)};`),
  ),

  'quoted-printable, every character': bytes(
    'quoted-printable',
    eachByte((byte) => `=${HEX(byte)}`),
  ),
  'quoted-printable, lower case': bytes(
    'quoted-printable',
    eachByte((byte) => `=${hex(byte)}`),
  ),
  'quoted-printable, hyphen': token(
    'quoted-printable',
    eachCharacter((character) => (character === '-' ? '=2D' : character)),
  ),
  'quoted-printable, soft breaks, CRLF': token('quoted-printable', softBreaks('\r\n')),
  'quoted-printable, soft breaks, LF': token('quoted-printable', softBreaks('\n')),

  'UTF-16 LE': { ...text('utf-16le', wide(2, true)), isLoose: true },
  'UTF-16 BE': { ...text('utf-16be', wide(2, false)), isLoose: true },
  'UTF-32 LE': { ...text('utf-32le', wide(4, true)), isLoose: true },
  'UTF-32 BE': { ...text('utf-32be', wide(4, false)), isLoose: true },

  'ANSI, colour after every character': token('ansi', inPieces(1, '', '\x1b[31m', '\x1b[0m')),
  'ANSI, colour in the prefix': token('ansi', inPieces(3, '', '\x1b[1;32m', '\x1b[0m')),
  'ANSI, cursor': token('ansi', inPieces(10, '', '\x1b[5C\x1b[5D', '')),
  'ANSI, hyperlink': token('ansi', inPieces(9, '', '\x1b]8;;https://example.com\x07', '')),
  'ANSI, character set': token('ansi', inPieces(9, '', '\x1b(B', '')),
  'ANSI, C1 controls': token('ansi', inPieces(9, '', '\u009b31m', '')),

  ...Object.fromEntries(
    Object.entries({
      'zero-width space': zero,
      'zero-width non-joiner': '\u200c',
      'zero-width joiner': '\u200d',
      'word joiner': '\u2060',
      'byte-order mark': '\ufeff',
      'soft hyphen': '\u00ad',
      'vowel separator': '\u180e',
      'variation selector': '\ufe0f',
      'right-to-left mark': '\u200f',
    }).flatMap(([name, character]) => [
      [`invisible, ${name} after every character`, token('invisible', inPieces(1, '', character, ''))],
      [`invisible, ${name} in the prefix`, token('invisible', inPieces(4, '', character, ''))],
    ]),
  ),
  ...Object.fromEntries(
    ['\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2015', '\u2212'].map((dash) => [
      `dash U+${HEX(code(dash), 4)}`,
      token(
        'invisible',
        eachCharacter((character) => (character === '-' ? dash : character)),
      ),
    ]),
  ),
  'full-width forms': token(
    'invisible',
    eachCharacter((character) => String.fromCodePoint(code(character) + 0xfee0)),
  ),

  'shell, quotes side by side': token('concatenation', inPieces(8, "'", "''", "'")),
  'shell, two kinds of quotes': token('concatenation', inPieces(8, '"', '"\'', "'")),
  'JavaScript, +': token('concatenation', inPieces(7, "'", "' + '", "'")),
  'JavaScript, + over lines': token('concatenation', inPieces(7, '"', '" +\n    "', '"')),
  'JavaScript, every character': token('concatenation', inPieces(1, "'", "' + '", "'")),
  'JavaScript, template': token('concatenation', inPieces(6, '`', '${"', '"}`')),
  'JavaScript, array joined': token('concatenation', inPieces(7, "['", "', '", "'].join('')")),
  'Python, side by side': token('concatenation', inPieces(7, '("', '" "', '")')),
  'Python, over lines': token('concatenation', inPieces(7, '(\n    "', '"\n    "', '"\n)')),
  'Python, backslash': token('concatenation', inPieces(7, "'", "' \\\n    '", "'")),
  'Go, + over lines': token('concatenation', inPieces(7, '"', '" +\n\t"', '"')),
  'Java, + at the line start': token('concatenation', inPieces(7, '"', '"\n        + "', '"')),
  'C, literals over lines': token('concatenation', inPieces(7, '"', '"\n  "', '"')),
  'PHP, .': token('concatenation', inPieces(7, "'", "' . '", "'")),
  'SQL, ||': token('concatenation', inPieces(7, "'", "' || '", "'")),
  'Visual Basic, &': token('concatenation', inPieces(7, '"', '" & "', '"')),
  'Lua, ..': token('concatenation', inPieces(7, '"', '" .. "', '"')),
  'assigned piece by piece': token('concatenation', inPieces(9, 'key = "', '"\nkey += "', '"\n')),

  'shell, line continued': token('continuation', inPieces(11, '', '\\\n', '')),
  'shell, line continued, CRLF': token('continuation', inPieces(11, '', '\\\r\n', '')),
  'line continued, indented': token('continuation', inPieces(11, '', '\\\n    ', '')),
  'PowerShell, line continued': token('continuation', inPieces(11, '', '`\r\n', '')),
  'cmd, line continued': token('continuation', inPieces(11, '', '^\r\n', '')),
  'YAML, folded': token('continuation', inPieces(11, 'key: >-\n  ', '\n  ', '\n')),
  'YAML, double-quoted': token('continuation', inPieces(11, 'key: "', '\\\n  ', '"\n')),
  'broken, quoted in a mail': token('continuation', inPieces(11, '> ', '\n> ', '\n'), true),
  'broken in a diff': token('continuation', inPieces(11, '+', '\n+', '\n'), true),
  'broken in a comment with #': token('continuation', inPieces(11, '# ', '\n# ', '\n'), true),
  'broken in a comment with //': token('continuation', inPieces(11, '// ', '\n// ', '\n'), true),

  'Word, runs': token(
    'markup',
    inPieces(5, '<w:p><w:r><w:t>', '</w:t></w:r><w:r w:rsidR="00A77B3E"><w:t>', '</w:t></w:r></w:p>'),
  ),
  'Word, runs, pretty-printed': token(
    'markup',
    inPieces(
      5,
      '<w:r><w:t>',
      '</w:t></w:r>\n      <w:r>\n        <w:rPr><w:b/></w:rPr>\n        <w:t>',
      '</w:t></w:r>',
    ),
  ),
  'HTML, highlighted': token('markup', inPieces(4, '<span class="s">', '</span><span class="p">', '</span>')),
  'HTML, wbr': token('markup', inPieces(4, '<code>', '<wbr>', '</code>')),
  'HTML, comment': token('markup', inPieces(9, '<p>', '<!-- x -->', '</p>')),
}

function linesOfEight(input: Buffer) {
  const out = builder()
  out.add('const uint8_t key[] = {\n  0x')
  input.forEach((byte, index) => {
    if (index > 0) out.add(index % 8 === 0 ? ',\n  0x' : ', 0x')
    out.put(hex(byte))
  })
  out.add('\n};\n')
  return out.done()
}

/** Halves of a surrogate pair, each by itself. */
function utf16Escapes(character: string, write: (unit: number) => string): string {
  return character
    .split('')
    .map((unit) => write(unit.charCodeAt(0)))
    .join('')
}

/** The text behind other text, encoded together. */
function inside(before: string, encode: Encode): Encode {
  return (input) => {
    const whole = encode(Buffer.concat([Buffer.from(before), input]))
    const skip = Buffer.byteLength(before)
    return { bytes: whole.bytes, starts: whole.starts.slice(skip), ends: whole.ends.slice(skip) }
  }
}

import { describe, expect, it } from 'vitest'
import { createDetector, type Encoding, type KnownKeys } from '../../src/detect/index.ts'
import { secretOf } from '../../src/secret/index.ts'
import { randomToken } from '../support.ts'

const detector = createDetector()
const hex = (byte: number) => byte.toString(16).padStart(2, '0')

/** As `xxd` prints it. */
function xxd(text: string): string {
  const bytes = Buffer.from(text)
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 16) {
    const line = bytes.subarray(at, at + 16)
    const groups = line.toString('hex').match(/.{1,4}/g) ?? []
    const printable = line.toString('latin1').replace(/[^ -~]/g, '.')
    lines.push(`${at.toString(16).padStart(8, '0')}: ${groups.join(' ').padEnd(39)}  ${printable}`)
  }
  return `${lines.join('\n')}\n`
}

/** RFC 2045, rule 5: no line is longer than 76 characters. */
function softly(text: string): string {
  return text.replace(/.{75}/g, '$&=\n')
}

describe('what is wrapped in a way that people meet', () => {
  const numbers = (token: string) => Array.from(Buffer.from(token))
  const dumped = (token: string) => xxd(`first ${token} and last`)
  const found: Record<string, readonly [write: (token: string) => string, encodings: readonly Encoding[]]> = {
    'a dump, quoted': [(token) => dumped(token).replace(/^/gm, '> '), ['hex']],
    'a dump in a diff': [(token) => dumped(token).replace(/^/gm, '+'), ['hex']],
    'a dump in a log, with a date before each line': [
      (token) => dumped(token).replace(/^/gm, '2026-01-01T00:00:00Z app: '),
      ['hex'],
    ],
    'a dump behind names and numbers of lines': [
      (token) => dumped(token).replace(/^/gm, 'f.txt:12:'),
      ['hex'],
    ],
    'a dump in HTML': [(token) => `<pre>${dumped(token)}</pre>`, ['hex']],
    'a dump in JSON': [(token) => JSON.stringify({ dump: dumped(token) }), ['escape', 'hex']],
    'decimal bytes on soft lines': [
      (token) => softly(numbers(token).join(',')),
      ['quoted-printable', 'bytes-decimal'],
    ],
    'hex bytes on soft lines': [
      (token) => softly(numbers(token).map(hex).join(':')),
      ['quoted-printable', 'hex'],
    ],
    'a value of the registry': [
      (token) =>
        `"K"=hex:${numbers(token)
          .map(hex)
          .join(',')
          .replace(/(.{75}),/g, '$1,\\\r\n  ')}\r\n`,
      ['continuation', 'hex'],
    ],
    'a list of hex numbers, percent-encoded': [
      (token) =>
        numbers(token)
          .map((byte) => `0x${hex(byte)}`)
          .join('%2C%20'),
      ['percent', 'hex'],
    ],
    'signed bytes': [
      (token) =>
        `new byte[]{${Array.from(Buffer.from(token.replace('-', '\u2011')), (byte) => (byte > 127 ? byte - 256 : byte)).join(', ')}}`,
      ['bytes-decimal', 'invisible'],
    ],
    'casts of Java': [
      (token) =>
        `new byte[] { ${numbers(token)
          .map((byte) => `(byte)0x${hex(byte)}`)
          .join(', ')} }`,
      ['hex'],
    ],
    'comments between the parts': [
      (token) =>
        `const k = '${token.slice(0, 9)}' + // the first part\n  '${token.slice(9, 30)}' + /* another */ '${token.slice(30)}'`,
      ['concatenation'],
    ],
    'a builder': [
      (token) => `b.append("${token.slice(0, 9)}").append("${token.slice(9)}")`,
      ['concatenation'],
    ],
    'members that are joined': [
      (token) => `['${token.slice(0, 40)}', '${token.slice(40)}'].join('')`,
      ['concatenation'],
    ],
  }
  it.each(Object.entries(found))('%s', (_, [write, encodings]) => {
    for (const kind of ['mixed', 'lower', 'hex'] as const) {
      const token = randomToken(kind)
      const hits = detector.scan(Buffer.from(`some text\n${write(token)}\n`))
      expect(hits.map((hit) => [hit.confidence, hit.secret.fingerprint, hit.encodings])).toEqual([
        ['exact', secretOf(token).fingerprint, encodings],
      ])
    }
  })
})

describe('neighbours are not put together', () => {
  it.each([
    ['members of a list', (key: string) => `["${key}", "username"]`],
    ['members over lines', (key: string) => `[\n  "${key}",\n  "username"\n]`],
    ['cells of CSV', (key: string) => `"${key}","username"`],
    ['cells of a table', (key: string) => `<td>${key}</td><td>username</td>`],
    [
      'paragraphs',
      (key: string) => `<w:p><w:r><w:t>${key}</w:t></w:r></w:p><w:p><w:r><w:t>username</w:t></w:r></w:p>`,
    ],
    ['elements of other names', (key: string) => `<key>${key}</key><name>username</name>`],
    ['items', (key: string) => `- ${key}\n- username\n`],
    ['lines', (key: string) => `${key}\nusername\n`],
  ])('%s', (_, write) => {
    const key = randomToken('mixed', 40)
    const hits = detector.scan(Buffer.from(write(key)))
    expect(hits.map((hit) => [hit.confidence, hit.secret.fingerprint])).toEqual([
      ['near', secretOf(key).fingerprint],
    ])
  })

  it.each([
    ['cells', (body: string) => `<td>pplx-</td><td>${body}</td>`],
    ['elements', (body: string) => `<prefix>pplx-</prefix><id>${body}</id>`],
    ['items', (body: string) => `- pplx-\n- ${body}\n`],
  ])('a prefix and a body in %s are no key', (_, write) => {
    expect(detector.scan(Buffer.from(write(randomToken().slice(5))))).toEqual([])
  })
})

describe('a known body behind an escape', () => {
  it.each(['\\n', '\\t', '\\u003d', '\\x3d', '%3D'])('%s', (escape) => {
    const token = randomToken()
    const { fingerprint } = secretOf(token)
    const known: KnownKeys = {
      size: 1,
      has: (other) => other === fingerprint,
      shapes: [{ bodyLength: 48, alphanumeric: true }],
    }
    const unit = Buffer.from(`{"k":"a${escape}${token.slice(5)}"}`)
    expect(
      createDetector({ known })
        .scan(unit)
        .map((hit) => hit.secret.fingerprint),
    ).toEqual([fingerprint])
    expect(createDetector({ known }).scan(Buffer.from(`x${token.slice(5)}`))).toEqual([])
  })
})

it('a dump of a log that names models is unfolded once, and whole', () => {
  const log = Array.from(
    { length: 1500 },
    (_, i) => `2026-01-01 INFO model=pplx-7b-online tokens=${i}\n`,
  ).join('')
  const token = randomToken()
  const unit = Buffer.from(xxd(`${log}key=${token}\n`))
  const asked = createDetector()
  const started = performance.now()
  expect(asked.scan(unit).map((hit) => hit.secret.fingerprint)).toEqual([secretOf(token).fingerprint])
  expect(asked.hasGivenUp()).toBe(false)
  // It took minutes once.
  expect(performance.now() - started).toBeLessThan(10_000)
})

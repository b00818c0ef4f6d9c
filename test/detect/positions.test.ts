import { describe, expect, it } from 'vitest'
import { createDetector } from '../../src/detect/index.ts'
import { characterStart, countColumns, countLines } from '../../src/detect/lines.ts'
import { randomToken } from '../support.ts'

const token = randomToken()

describe('plain text', () => {
  it.each<[string, string | Buffer, number, number]>([
    ['at the start', '', 1, 1],
    ['on a later line', 'a\nb\n  k=', 3, 5],
    ['CR ends no line', 'a\rb\r\n c', 2, 3],
    ['a byte-order mark has no column', '\ufeffk=', 1, 3],
    ['a byte-order mark inside of the text has one', 'a\n\ufeffk=', 2, 4],
    ['a column is a UTF-16 code unit', 'é漢😀', 1, 5],
    ['an invalid byte is one column', Buffer.from([0xff, 0xe2, 0x82, 0xc0, 0x80]), 1, 6],
    ['surrogates in UTF-8 are invalid', Buffer.from([0xed, 0xa0, 0x80]), 1, 4],
    ['NEL, LS and form feed end no line', '\u0085\u2028\f', 1, 4],
  ])('%s', (_, before, line, column) => {
    const bytes = Buffer.concat([Buffer.from(before), Buffer.from(token)])
    expect(places(bytes)).toEqual([[line, column, bytes.length - 53, 53]])
  })

  it('counts on from one hit to the next', () => {
    expect(
      places(Buffer.from(`é ${token} ${token}\n${token}`)).map(([line, column]) => [line, column]),
    ).toEqual([
      [1, 3],
      [1, 57],
      [2, 1],
    ])
  })
})

describe('UTF-16', () => {
  it.each(['\ufeff', ''])('counts decoded lines, mark %j', (mark) => {
    for (const swap of [false, true]) {
      // U+0A00 and U+010A hold a byte 0x0a that ends no line
      const bytes = Buffer.from(`${mark}ab\n\u0a00\u010a\n k${token}\n`, 'utf16le')
      if (swap) bytes.swap16()
      const start = 2 * (mark.length + 8)
      expect(places(bytes)).toEqual([[3, 3, start, 106]])
    }
  })

  it.each([
    ['all planes', 'ä中😀x\nü😀=', 2, 5],
    ['line feeds in halves', '中文\n\u0a0a\u4e0a= ', 2, 5],
    ['one character', '中', 1, 2],
    ['far from the start', `${'日本語の本文\n'.repeat(300)} `, 301, 2],
    ['very far', `${'日本語の本文 '.repeat(30)}\n${'é漢😀\n'.repeat(2000)} `, 2002, 2],
  ])('without a mark, not beginning with ASCII: %s', (_, before, line, column) => {
    for (const swap of [false, true]) {
      const bytes = Buffer.from(`${before}${token}\nx`, 'utf16le')
      if (swap) bytes.swap16()
      expect(places(bytes)).toEqual([[line, column, 2 * before.length, 106]])
      for (const size of [1, 7, 5000]) {
        const scanner = createDetector().scanner()
        const hits = []
        for (let at = 0; at < bytes.length; at += size)
          hits.push(...scanner.push(bytes.subarray(at, at + size)))
        hits.push(...scanner.end())
        expect(hits.map((hit) => [hit.line, hit.column])).toEqual([[line, column]])
      }
    }
  })

  it.each([
    ['ordinary text\n before ', 2, 9],
    ['Lösung für é, 漢: ', 1, 18],
    ['\u0001\0\u0002\0\n\n', 3, 1],
  ])('in a unit of another kind is placed by bytes: %j', (before, line, column) => {
    const bytes = Buffer.concat([Buffer.from(before), Buffer.from(token, 'utf16le')])
    expect(places(bytes).map(([one, two]) => [one, two])).toEqual([[line, column]])
  })

  it('is found at an odd offset', () => {
    const bytes = Buffer.concat([Buffer.from([1]), Buffer.from(token, 'utf16le')])
    expect(places(bytes)).toEqual([[1, 2, 1, 106]])
  })
})

describe('base64', () => {
  it.each([0, 1, 2, 3, 4, 5])('starts at floor(4n/3), %i bytes into the run', (n) => {
    const run = Buffer.from(`${'{'.repeat(n)}${token}";`).toString('base64')
    const start = Math.floor((4 * n) / 3)
    const end = Math.floor((8 * (n + 52) + 7) / 6) + 1
    expect(places(Buffer.from(`data:\n  k: ${run}\n`))).toEqual([[2, 6 + start, 11 + start, end - start]])
  })

  it('glued to a name starts where the token does', () => {
    const run = Buffer.from(token).toString('base64')
    expect(places(Buffer.from(`abc${run}`))[0]?.[2]).toBe(3)
    expect(places(Buffer.from(`path/to-it_${run}`))[0]?.[2]).toBe(11)
  })

  it('over a line end covers both parts', () => {
    const text = Buffer.from(`${'.'.repeat(30)}${token}${'.'.repeat(60)}`).toString('base64')
    const bytes = Buffer.from(text.replace(/.{76}/g, '$&\r\n'))
    const end = Math.floor((8 * (30 + 52) + 7) / 6) + 1 + 2
    expect(places(bytes)).toEqual([[1, 41, 40, end - 40]])
  })

  it('indented at every line', () => {
    const text = Buffer.from(`${'.'.repeat(30)}${token}${'.'.repeat(60)}`).toString('base64')
    const bytes = Buffer.from(`k: |\n${text.replace(/.{1,64}/g, '    $&\n')}`)
    expect(places(bytes)).toEqual([[2, 45, 49, 71 + 5]])
  })
})

describe('counting', () => {
  it('lines, at every alignment and length', () => {
    const bytes = Buffer.from(
      Array.from({ length: 3000 }, (_, i) => [10, 11, 138, 0, 9, 10, 255][(i * i) % 7] ?? 0),
    )
    for (let from = 0; from < 9; from++) {
      for (const to of [from, from + 1, from + 7, 1111, 3000]) {
        const part = bytes.subarray(from, to)
        expect(countLines(part)).toBe(part.filter((byte) => byte === 10).length)
      }
    }
    expect(countLines(new Uint8Array(5000).fill(10))).toBe(5000)
  })

  it('columns in pieces gives the same as at once', () => {
    const bytes = Buffer.concat([
      Buffer.from('aé漢😀'),
      Buffer.from([0xf0, 0x9f, 0x98, 0x80, 0x80, 0x80, 0x80, 0xe2, 0x82]),
    ])
    for (let cut = 0; cut <= bytes.length; cut++) {
      const at = characterStart(bytes, cut)
      expect(countColumns(bytes.subarray(0, at)) + countColumns(bytes.subarray(at))).toBe(countColumns(bytes))
    }
  })
})

function places(bytes: Uint8Array): [number, number, number, number][] {
  return createDetector()
    .scan(bytes)
    .map((hit) => [hit.line, hit.column, hit.byteOffset, hit.byteLength])
}

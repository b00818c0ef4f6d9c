import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createDetector, type Detector, type Hit } from '../../src/detect/index.ts'
import { secretOf } from '../../src/secret/index.ts'
import { randomToken } from '../support.ts'
import { encoders } from './encode.ts'

const detector = createDetector()

describe('a stream finds what one look at the whole finds', () => {
  it.each(Object.entries(encoders))('%s, cut at every place', (_, { encode, encodings }) => {
    const unit = unitOf(encode)
    const whole = detector.scan(unit)
    expect(whole).toHaveLength(3)
    for (const hit of whole) expect(hit.encodings).toEqual(encodings)
    for (let cut = 1; cut < unit.length; cut++) {
      expect(facts(inPieces(detector, [unit.subarray(0, cut), unit.subarray(cut)]))).toEqual(facts(whole))
    }
  })

  it.each([1, 2, 3, 5, 7, 13, 64, 100, 1000])('in pieces of %i', (size) => {
    for (const { encode } of Object.values(encoders)) {
      const unit = unitOf(encode)
      expect(facts(inPieces(detector, cut(unit, size)))).toEqual(facts(detector.scan(unit)))
    }
  })

  it('a known body without its prefix, cut at every place', () => {
    const token = randomToken()
    const { fingerprint } = secretOf(token)
    const shapes = [{ bodyLength: 48, alphanumeric: true }]
    const knowing = createDetector({ known: { size: 1, has: (other) => other === fingerprint, shapes } })
    const unit = Buffer.from(
      `some words, then ${token.slice(5)}, ${token} and x${token.slice(5)}\n${token.slice(5)}`,
    )
    const whole = knowing.scan(unit)
    expect(whole).toHaveLength(3)
    for (let at = 1; at < unit.length; at++) {
      expect(facts(inPieces(knowing, [unit.subarray(0, at), unit.subarray(at)]))).toEqual(facts(whole))
    }
    expect(facts(inPieces(knowing, cut(unit, 1)))).toEqual(facts(whole))
  })

  it('glued together, of every length around a limit, cut at every place', () => {
    const body = () => randomToken().slice(5)
    for (const length of [31, 48, 124, 128, 129, 133]) {
      const long = (body() + body() + body()).slice(0, length)
      const unit = Buffer.from(
        `x pplx-${long}${randomToken()}pplx-${long} pplx-${randomToken()}${randomToken()}`,
      )
      const whole = detector.scan(unit)
      expect(whole.map((hit) => hit.byteLength - 5)).toEqual(
        [length, 48, length, 48, 48].flatMap((one) => (one < 32 ? [] : one > 128 ? [48] : [one])),
      )
      for (let at = 1; at < unit.length; at++) {
        expect(facts(inPieces(detector, [unit.subarray(0, at), unit.subarray(at)]))).toEqual(facts(whole))
      }
      expect(facts(inPieces(detector, cut(unit, 1)))).toEqual(facts(whole))
    }
  })

  it('over megabytes of text, base64, UTF-16 and noise', () => {
    const filler = [
      Buffer.from('an ordinary line of a log, é, 漢 and 😀\n'.repeat(9000)),
      Buffer.from(randomBytes(300_000).toString('base64')),
      Buffer.from('wide text on lines\n'.repeat(9000), 'utf16le'),
      randomBytes(300_001),
      Buffer.from(randomBytes(200_000).toString('base64').replace(/.{76}/g, '$&\r\n')),
    ]
    const parts = Object.values(encoders).flatMap(({ encode }, index) => [
      filler[index % filler.length] ?? Buffer.alloc(0),
      Buffer.from('\n#'),
      encode(randomToken()),
      Buffer.from(' \n'),
    ])
    const unit = Buffer.concat(parts)
    const whole = facts(detector.scan(unit))
    expect(whole).toHaveLength(Object.keys(encoders).length)
    for (const size of [4093, 65_536, 1_000_003, unit.length]) {
      expect(facts(inPieces(detector, cut(unit, size)))).toEqual(whole)
    }
  })
})

describe('a scanner', () => {
  it('hands out a hit as soon as it is certain', () => {
    const scanner = detector.scanner()
    expect(scanner.push(Buffer.from(`k=${randomToken()}\n${'more text\n'.repeat(20)}`))).toHaveLength(1)
    expect(scanner.end()).toEqual([])
  })

  it('keeps no chunk: the caller may write over it', () => {
    const scanner = detector.scanner()
    const chunk = Buffer.from(`k=${randomToken()}`)
    scanner.push(chunk)
    chunk.fill(0)
    expect(scanner.end()).toHaveLength(1)
  })

  it('of an empty unit finds nothing', () => {
    expect(detector.scanner().end()).toEqual([])
    expect(detector.scan(new Uint8Array(0))).toEqual([])
  })
})

/** Several tokens in one unit, with text around them that counts in lines and columns. */
function unitOf(encode: (text: string) => Buffer): Buffer {
  const wide = encode('ab').includes(0)
  const text = (value: string) => Buffer.from(value, wide ? 'utf16le' : 'utf8')
  const big = wide && encode('ab')[0] === 0
  const between = (value: string) => (big ? text(value).swap16() : text(value))
  const parts = [between('one é\n two: '), encode(randomToken()), between('\n\n'), encode(randomToken('hex'))]
  return Buffer.concat([...parts, between(' 漢😀 '), encode(randomToken('lower')), between(';\n')])
}

function inPieces(detector: Detector, pieces: Iterable<Uint8Array>): Hit[] {
  const scanner = detector.scanner()
  const hits: Hit[] = []
  for (const piece of pieces) hits.push(...scanner.push(piece))
  hits.push(...scanner.end())
  return hits
}

function* cut(bytes: Uint8Array, size: number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function facts(hits: readonly Hit[]): unknown[] {
  return hits.map(({ secret, ...place }) => ({ fingerprint: secret.fingerprint, ...place }))
}

import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDetector } from '../../src/detect/index.ts'
import { secretOf } from '../../src/secret/index.ts'
import { randomToken } from '../support.ts'
import { encoders } from './encode.ts'

const detector = createDetector()
const wide = (text: string) => Buffer.from(text, 'utf16le')
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')
const repeated = (text: string) => (size: number) => text.repeat(Math.ceil(size / text.length)).slice(0, size)

/** Inputs that make a careless decoder start anew at every anchor. */
const nasty: Record<string, (size: number) => Buffer> = {
  prefixes: (size) => Buffer.from(repeated('pplx-')(size)),
  'prefixes in base64': (size) => Buffer.from(repeated('cHBseC1w')(size)),
  'prefixes in base64 at all alignments': (size) => Buffer.from(base64(repeated('pplx-')(size))),
  'needles in a row': (size) => Buffer.from(repeated('cHBseCBwbHgtwcGx4L')(size)),
  'lines of needles': (size) => Buffer.from(repeated(`${base64(repeated('pplx-')(57))}\r\n`)(size)),
  'prefixes in base64 twice': (size) => Buffer.from(base64(base64(repeated('pplx-')(size)))),
  'wide prefixes': (size) => wide(repeated('pplx-')(size / 2)),
  'wide base64': (size) => wide(base64(repeated('pplx-')(size / 3))),
  'base64 eleven deep': (size) => {
    let bytes = Buffer.from(repeated('pplx-')(size / 24))
    for (let i = 0; i < 11; i++) bytes = Buffer.from(base64(bytes))
    return bytes.subarray(0, size)
  },
  'short runs': (size) => Buffer.from(repeated(`pplx-${'a1'.repeat(16)} `)(size)),
  'line feeds': (size) => Buffer.from(repeated('\n')(size)),
}

describe('hostile input', () => {
  it.each(Object.entries(nasty))('%s: time grows with the size, not faster', (_, make) => {
    const small = timeOf(make(100_000))
    const large = timeOf(make(500_000))
    expect(large).toBeLessThan(Math.max(300, small * 15))
    expect(large).toBeLessThan(8000)
  })

  it.each(Object.entries(nasty))('%s: the same in a stream, in small pieces', (_, make) => {
    const bytes = make(100_000)
    const scanner = detector.scanner()
    const start = performance.now()
    for (let at = 0; at < bytes.length; at += 100) scanner.push(bytes.subarray(at, at + 100))
    scanner.end()
    expect(performance.now() - start).toBeLessThan(8000)
  })

  it('a key behind a hundred kilobytes of anchors is still found', () => {
    for (const make of Object.values(nasty)) {
      const token = randomToken()
      const unit = Buffer.concat([make(100_000), Buffer.from(`\n"${base64(token)}"\n`)])
      expect(detector.scan(unit).map((hit) => hit.secret.fingerprint)).toContain(secretOf(token).fingerprint)
    }
  })

  it('mutated encodings neither throw nor give places outside of the unit', () => {
    const unit = Object.values(encoders).map(({ encode }) =>
      Buffer.concat([encode(randomToken()), Buffer.from('\n')]),
    )
    const mutation = fc.record({ at: fc.nat(), byte: fc.nat(255), length: fc.nat(40) })
    fc.assert(
      fc.property(fc.constantFrom(...unit), fc.array(mutation, { maxLength: 6 }), (original, mutations) => {
        const bytes = Buffer.from(original)
        for (const { at, byte, length } of mutations)
          bytes.fill(byte, at % bytes.length, Math.min(bytes.length, (at % bytes.length) + length))
        for (const hit of detector.scan(bytes)) {
          expect(hit.byteOffset).toBeGreaterThanOrEqual(0)
          expect(hit.byteOffset + hit.byteLength).toBeLessThanOrEqual(bytes.length)
          expect(hit.column).toBeGreaterThanOrEqual(1)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('a stream of a hundred megabytes keeps its memory', () => {
    const scanner = detector.scanner()
    const chunk = Buffer.concat([randomBytes(600_000), Buffer.from(base64(randomBytes(300_000)))])
    scanner.push(chunk)
    const before = process.memoryUsage.rss()
    for (let i = 0; i < 110; i++) scanner.push(chunk)
    scanner.end()
    expect(process.memoryUsage.rss() - before).toBeLessThan(64e6)
  })
})

function timeOf(bytes: Buffer): number {
  const start = performance.now()
  detector.scan(bytes)
  return performance.now() - start
}

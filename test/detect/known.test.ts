import { describe, expect, it } from 'vitest'
import { createDetector, type KnownKeys } from '../../src/detect/index.ts'
import { secretOf } from '../../src/secret/index.ts'
import { randomToken } from '../support.ts'

/** Of a key that the inventory has, the body alone, in whatever it is written. */
const ways: Record<string, (body: string) => string | Buffer> = {
  plain: (body) => body,
  JSON: (body) => JSON.stringify({ token: body }),
  'JSON in JSON': (body) => JSON.stringify(JSON.stringify({ token: body })),
  base64: (body) => Buffer.from(body).toString('base64'),
  'base64 of JSON': (body) => Buffer.from(JSON.stringify({ token: body, n: 1 })).toString('base64'),
  'base64 of base64': (body) => Buffer.from(Buffer.from(`k=${body}`).toString('base64')).toString('base64'),
  'base64 in lines': (body) =>
    Buffer.from(`# a file of which this is the first line\ntoken = ${body}\n`)
      .toString('base64')
      .replace(/.{76}/g, '$&\n'),
  hex: (body) => Buffer.from(body).toString('hex'),
  percent: (body) => Array.from(body, (one) => `%${one.charCodeAt(0).toString(16)}`).join(''),
  'unicode escapes': (body) =>
    `"${Array.from(body, (one) => `\\u00${one.charCodeAt(0).toString(16)}`).join('')}"`,
  'UTF-16': (body) => Buffer.from(`key ${body} `, 'utf16le'),
}

describe('the body of a known key without its prefix', () => {
  it.each(Object.entries(ways))('is found: %s', (_, write) => {
    for (const kind of ['mixed', 'lower', 'hex'] as const) {
      const token = randomToken(kind)
      const unit = Buffer.concat([
        Buffer.from('some text\n'),
        Buffer.from(write(token.slice(5))),
        Buffer.from('\nmore\n'),
      ])
      const detector = createDetector({ known: inventory(token) })
      expect(detector.scan(unit).map((hit) => [hit.confidence, hit.secret.fingerprint])).toEqual([
        ['known', secretOf(token).fingerprint],
      ])
      const scanner = detector.scanner()
      expect([...scanner.push(unit), ...scanner.end()]).toHaveLength(1)
      expect(createDetector({ known: inventory(randomToken()) }).scan(unit)).toEqual([])
    }
  })
})

function inventory(token: string): KnownKeys {
  const { fingerprint } = secretOf(token)
  return { size: 1, has: (other) => other === fingerprint, shapes: [{ bodyLength: 48, alphanumeric: true }] }
}

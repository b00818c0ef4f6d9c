import { describe, expect, it } from 'vitest'
import { createDetector, type DetectorOptions, type KnownKeys } from '../../src/detect/index.ts'
import { secretOf } from '../../src/secret/index.ts'
import { randomToken } from '../support.ts'
import { encoders } from './encode.ts'

const kinds = ['mixed', 'lower', 'hex'] as const

describe('a run of exactly 48', () => {
  it.each(kinds)('of %s characters is a key', (kind) => {
    const token = randomToken(kind)
    expect(found(`key=${token}\n`)).toEqual([['exact', secretOf(token).fingerprint]])
  })

  it.each(['_', 'K', '7', '%3D', '\\n', '\u001b[31m', 'pplx-', 'é', '\0'])('is found after %j', (left) => {
    expect(found(`${left}${randomToken()} `)).toHaveLength(1)
  })

  it.each(['', '_prod', '.', '-old', '"', '\\n', 'é', '%22', '\0'])('is found before %j', (right) => {
    const token = randomToken()
    expect(found(`x ${token}${right}`)).toEqual([['exact', secretOf(token).fingerprint]])
  })

  it('is found twice on one line', () => {
    expect(found(`${randomToken()},${randomToken()}`)).toHaveLength(2)
  })

  it.each(Object.entries(encoders))('is found before the next one without a gap: %s', (_, { encode }) => {
    for (const count of [2, 3]) {
      const tokens = Array.from({ length: count }, () => randomToken())
      for (const [left, right] of [
        ['', ''],
        ['pplx-', ''],
        ['k=', ' '],
        ['', 'pplx-'],
      ]) {
        const hits = createDetector().scan(encode(`${left}${tokens.join('')}${right}`))
        expect(hits.map(({ confidence, secret }) => [confidence, secret.fingerprint])).toEqual(
          tokens.map((token) => ['exact', secretOf(token).fingerprint]),
        )
      }
    }
  })

  it('that is known is found although it ends in the letters of the prefix', () => {
    const token = `${randomToken().slice(0, -4)}pplx`
    const known = { size: 1, has: (one: string) => one === secretOf(token).fingerprint, shapes: [] }
    expect(found(`${token}-old`, { known })).toEqual([['known', secretOf(token).fingerprint]])
  })

  it('has a prefix in lower case only', () => {
    expect(found(randomToken().replace('pplx', 'PPLX'))).toEqual([])
    expect(found(randomToken().replace('pplx', 'Pplx'))).toEqual([])
  })
})

describe('other lengths', () => {
  it.each([32, 40, 47, 49, 64, 128])('of %i are near, as the whole run', (length) => {
    const token = randomToken('mixed', length)
    expect(found(token)).toEqual([['near', secretOf(token).fingerprint]])
  })

  it.each([1, 16, 31])('of %i are nothing', (length) => {
    expect(found(randomToken('mixed', length))).toEqual([])
  })

  it.each([129, 500, 20_000])('of %i are judged by the first 48', (length) => {
    const token = randomToken('mixed', length)
    expect(found(token)).toEqual([['exact', secretOf(token.slice(0, 53)).fingerprint]])
  })

  it.each([32, 40, 56, 64, 96, 128])('of %i in lower-case hex are digests', (length) => {
    expect(found(randomToken('hex', length))).toEqual([])
  })

  it('are left out when only exact ones are wanted', () => {
    expect(found(randomToken('mixed', 40), { minConfidence: 'exact' })).toEqual([])
    expect(found(randomToken(), { minConfidence: 'exact' })).toHaveLength(1)
  })
})

describe('known keys', () => {
  it('are found whatever their length', () => {
    for (const length of [8, 20, 48, 64, 200]) {
      const token = randomToken('mixed', length)
      expect(found(`k=${token};`, { known: inventory(token) })).toEqual([
        ['known', secretOf(token).fingerprint],
      ])
    }
  })

  it('are found at the start of a longer run', () => {
    const token = randomToken()
    const short = randomToken('mixed', 20)
    expect(found(`${token}abc`, { known: inventory(token) })).toEqual([
      ['known', secretOf(token).fingerprint],
    ])
    expect(found(`${short}abc`, { known: inventory(short) })).toEqual([
      ['known', secretOf(short).fingerprint],
    ])
  })

  it('are found with characters that no issued key has', () => {
    const token = `${randomToken('mixed', 20)}_-.${randomToken('mixed', 20).slice(5)}`
    expect(found(`k=${token}"`, { known: inventory(token) })).toEqual([
      ['known', secretOf(token).fingerprint],
    ])
  })

  it('are found as examples and digests too', () => {
    const token = `pplx-${'0123456789abcdef'.repeat(2)}`
    expect(found(token)).toEqual([])
    expect(found(token, { known: inventory(token) })).toEqual([['known', secretOf(token).fingerprint]])
  })

  it('are found without their prefix, as a run of exactly 48', () => {
    const token = randomToken()
    const body = token.slice(5)
    const known = inventory(token)
    for (const text of [body, `x ${body} y`, `${'a '.repeat(99)}"${body}"`]) {
      expect(found(text, { known })).toEqual([['known', secretOf(token).fingerprint]])
    }
    expect(found(`x${body}`, { known })).toEqual([])
    expect(found(`${body}x`, { known })).toEqual([])
    expect(found(body)).toEqual([])
  })

  it('are one finding, with the prefix and without it at once', () => {
    const token = randomToken()
    const hits = createDetector({ known: inventory(token) }).scan(Buffer.from(`${token} `))
    expect(hits.map((hit) => [hit.confidence, hit.byteOffset, hit.byteLength])).toEqual([['known', 0, 53]])
  })
})

describe('examples', () => {
  it('are handed out only when asked for, with a reason', () => {
    const text = `pplx-7b-online pplx-1234567890abcdef pplx-${'x'.repeat(48)} pplx-\${KEY}`
    expect(found(text)).toEqual([])
    const hits = createDetector({ examples: true }).scan(Buffer.from(text))
    expect(hits.map((hit) => hit.confidence)).toEqual(['example', 'example', 'example'])
    expect(hits.map((hit) => hit.why)).toEqual([
      'the name of a model or product',
      'a sample from the documentation',
      'only a few different characters',
    ])
  })
})

describe('precedence', () => {
  it('an exact plain token is not replaced by what it decodes to, nor found twice', () => {
    const token = randomToken()
    const encoded = Buffer.from(token).toString('base64url')
    expect(found(`${token} ${encoded}`)).toHaveLength(2)
    expect(found(`${encoded}${token}`)).toHaveLength(2)
  })

  it('a token that a line end breaks is found whole, not as its near piece', () => {
    const text = `{"a": "some text before the key", "key": "${randomToken()}", "b": "and some after it"}`
    const encoded = Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\n')
    expect(found(encoded).map(([confidence]) => confidence)).toEqual(['exact'])
  })

  it('equal lines of base64 that belong to different keys are each found', () => {
    const tokens = Array.from({ length: 20 }, () => randomToken())
    const text = tokens.map((token) => Buffer.from(`${token};`).toString('base64')).join('\n')
    expect(found(text)).toEqual(tokens.map((token) => ['exact', secretOf(token).fingerprint]))
  })
})

function found(text: string, options: DetectorOptions = {}): [string, string][] {
  return createDetector(options)
    .scan(Buffer.from(text))
    .map((hit) => [hit.confidence, hit.secret.fingerprint])
}

function inventory(token: string): KnownKeys {
  const { fingerprint } = secretOf(token)
  const body = token.slice(5)
  const shape = { bodyLength: body.length, alphanumeric: /^[A-Za-z0-9]+$/.test(body) }
  return { size: 1, has: (other) => other === fingerprint, shapes: [shape] }
}

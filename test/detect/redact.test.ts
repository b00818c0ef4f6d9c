import { describe, expect, it } from 'vitest'
import { holdsToken, redactText } from '../../src/detect/index.ts'
import { secretOf } from '../../src/secret/index.ts'
import { randomToken } from '../support.ts'
import { encoders } from './encode.ts'

describe('redaction', () => {
  it('puts the mask in place of every token and leaves the rest', () => {
    const tokens = [randomToken(), randomToken('hex'), randomToken('mixed', 40)]
    const masks = tokens.map((token) => secretOf(token).masked)
    expect(redactText(`é 1 ${tokens.join(' 漢 ')} 😀`)).toBe(`é 1 ${masks.join(' 漢 ')} 😀`)
  })

  it.each(Object.entries(encoders))('takes out %s', (_, { encode }) => {
    const token = randomToken()
    const encoded = encode(token).toString('latin1')
    const text = `read: ${encoded} (a file)`
    expect(holdsToken(text)).toBe(true)
    const redacted = redactText(text)
    expect(redacted).toContain(secretOf(token).masked)
    expect(holdsToken(redacted)).toBe(false)
    expect(redacted.length).toBeLessThan(text.length)
  })

  it('leaves examples and text without a token as they are, to the very string', () => {
    const lone = '\ud800 an odd string that stays'
    for (const text of [
      '',
      'short',
      lone,
      'model: pplx-7b-online',
      'pplx-1234567890abcdef',
      `pplx-${'x'.repeat(48)}`,
    ]) {
      expect(redactText(text)).toBe(text)
      expect(holdsToken(text)).toBe(false)
    }
  })

  it('leaves its own masks alone', () => {
    const once = redactText(`a ${randomToken()} b`)
    expect(redactText(once)).toBe(once)
  })

  it('takes out known keys of odd shape when it is told of them', () => {
    const token = randomToken('mixed', 20)
    const { fingerprint, masked } = secretOf(token)
    const known = {
      size: 1,
      has: (other: string) => other === fingerprint,
      shapes: [{ bodyLength: 20, alphanumeric: true }],
    }
    expect(redactText(`a ${token} b`)).toContain(token)
    expect(redactText(`a ${token} b`, known)).toBe(`a ${masked} b`)
    expect(holdsToken(`a ${token} b`, known)).toBe(true)
  })

  it('costs little where there is nothing', () => {
    const text = 'src/pipeline/some/ordinary/path/of/a/file/in/a/report.ts:12:7'
    const start = performance.now()
    for (let i = 0; i < 20_000; i++) redactText(text)
    expect((performance.now() - start) / 20_000).toBeLessThan(0.05)
  })
})

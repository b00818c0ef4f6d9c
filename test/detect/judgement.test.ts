import { describe, expect, it } from 'vitest'
import { judge } from '../../src/detect/judgement/index.ts'
import { randomToken } from '../support.ts'

/** `npm run prove` takes 200,000 of each. */
const many = process.env['PROVE'] === '1' ? 200_000 : 10_000

describe('random characters are keys', () => {
  it.each(['hex', 'lower', 'mixed'] as const)('all of %s at 48', (kind) => {
    expect(countRejected(kind, many, () => 48, 'exact')).toBe(0)
  })

  it.each(['lower', 'mixed'] as const)('all of %s from 32 to 128', (kind) => {
    expect(countRejected(kind, many / 2, (i) => 32 + (i % 97), 'near')).toBe(0)
  })

  it.each(['lower', 'mixed'] as const)('all of %s from 32 to 36, where chance has most room', (kind) => {
    expect(countRejected(kind, many / 2, (i) => 32 + (i % 5), 'near')).toBe(0)
  })

  it('all of hex but the lengths of digests', () => {
    const lengths = Array.from({ length: 97 }, (_, i) => 32 + i).filter(
      (n) => ![32, 40, 56, 64, 96, 128].includes(n),
    )
    expect(countRejected('hex', many / 2, (i) => lengths[i % lengths.length] ?? 33, 'near')).toBe(0)
  })
})

describe('what a person made is none', () => {
  const upTo = (text: string, length = 48) => text.repeat(Math.ceil(length / text.length)).slice(0, length)
  const letters = 'abcdefghijklmnopqrstuvwxyz'
  const interleaved = Array.from({ length: 24 }, (_, i) => `${letters[i]}${(i + 1) % 10}`).join('')
  it.each([
    ['crosses', upTo('x')],
    ['zeros', upTo('0')],
    ['two characters', upTo('ab')],
    ['the sample again and again', upTo('1234567890abcdef')],
    ['digits', upTo('1234567890')],
    ['hex digits going up', upTo('0123456789abcdef')],
    ['hex digits going down', upTo('fedcba9876543210')],
    ['the alphabet', upTo(letters)],
    ['the alphabet in both cases', upTo(letters + letters.toUpperCase())],
    ['the alphabet and digits', upTo(`${letters}0123456789`)],
    ['the alphabet backwards', upTo(letters.split('').reverse().join(''))],
    ['letters and digits in step', interleaved],
    ['letters and digits in step, upper case', interleaved.toUpperCase()],
    ['letters in pairs', upTo('aabbccddeeffgghhiijjkkllmmnnooppqqrrssttuuvvwwxx')],
    ['three lanes', upTo('a1Ab2Bc3Cd4De5Ef6Fg7Gh8Hi9I')],
    ['keyboard', upTo('qwertyuiopasdfghjklzxcvbnm')],
    ['dead beef', upTo('deadbeefcafebabe')],
    ['test', upTo('test')],
    ['a random piece repeated', upTo(randomToken('mixed', 12).slice(5))],
    ['camel case', upTo('YourPerplexityApiKeyGoesHereReplaceItBeforeUsing')],
    ['capitals', upTo('YOURPERPLEXITYAPIKEYGOESHEREREPLACEITBEFOREUSING')],
    ['a sentence', upTo('thisisnotarealkeyitonlyshowswhereyoushouldputone')],
    ['another', upTo('somebodywillhavetoenterthecorrectvalueinthisplace')],
    ['words and digits', upTo('fakekeyfortestingonly1234567890fakekeyfortesting')],
  ])('%s', (_, body) => {
    expect(judge(body, 'exact').key).toBe(false)
    expect(judge(body.slice(0, 40), 'near').key).toBe(false)
  })

  it.each([
    'PerplexitySearchProviderSettings',
    'YourPerplexityApiKeyGoesHereSoon',
    'ConversationalAnswerEngineClients',
    'thisisnotarealkeyputyoursinthere',
    'InternationalizationConfiguration',
  ])('a name of 32 to 36 characters: %s', (body) => {
    expect(judge(body, 'near').key).toBe(false)
  })

  it('a name of other length is none either', () => {
    expect(judge('PerplexityConversationalSearchProvider', 'near').key).toBe(false)
    expect(judge('perplexityanswerenginecontroller', 'near').key).toBe(false)
    expect(judge('20260101123059123456789012345678', 'near').key).toBe(false)
  })

  it('a random key with some order in it stays one', () => {
    const random = (length: number) => randomToken('mixed', length).slice(5)
    for (let i = 0; i < 300; i++) {
      expect(judge(`${random(16)}abcdef${random(26)}`, 'exact').key).toBe(true)
      expect(judge(`${random(16)}token${random(27)}`, 'exact').key).toBe(true)
      expect(judge(`${random(20)}0000000${random(21)}`, 'exact').key).toBe(true)
    }
  })
})

it('the reason holds nothing of the text', () => {
  for (const kind of ['hex', 'lower', 'mixed'] as const) {
    const body = randomToken(kind).slice(5)
    expect(judge(body, 'exact').why).not.toContain(body.slice(0, 6))
  }
})

function countRejected(
  kind: 'hex' | 'lower' | 'mixed',
  count: number,
  length: (i: number) => number,
  shape: 'exact' | 'near',
): number {
  let rejected = 0
  for (let i = 0; i < count; i++) if (!judge(randomToken(kind, length(i)).slice(5), shape).key) rejected++
  return rejected
}

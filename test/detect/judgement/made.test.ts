import { describe, expect, it } from 'vitest'
import { createDetector } from '../../../src/detect/index.ts'
import { judge, judgeExample } from '../../../src/detect/judgement/index.ts'
import { heldOutParts } from './corpus.ts'
import { piecesOf } from './margins.ts'
import names from './names.json' with { type: 'json' }
import { generator, randomBody } from './random.ts'
import { made, misjudged, random } from './samples.ts'

/** Names of months are no common English. */
const missed = ['januaryfebruarymarchaprilmayjunejulyaugustseptember']

describe('what a person made is no key', () => {
  it.each(made.filter(({ name }) => !missed.includes(name)))('$name', ({ body }) => {
    expect(judge(body, 'exact').key).toBe(false)
  })

  it('apart from what is known to be missed', () => {
    expect(misjudged(made)).toEqual(missed)
  })

  it('at 32 to 40 characters neither, but for few', () => {
    for (const length of [32, 36, 40]) {
      const cut = made.map((sample) => ({ ...sample, body: sample.body.slice(0, length) }))
      expect(misjudged(cut.filter(({ name }) => !missed.includes(name))).length).toBeLessThanOrEqual(5)
    }
  })

  it.each([
    'PerplexitySearchProviderSettings',
    'PerplexityConversationalSearchProvider',
    'perplexityanswerenginecontroller',
    '20260101123059123456789012345678',
  ])('a name of any length: %s', (body) => {
    expect(judge(body, 'near').key).toBe(false)
  })

  // Of text that no number was derived from.
  it.each(heldOutParts())('words run together: $name', ({ name, runs }) => {
    const pieces = piecesOf(name === 'identifiers' ? [runs.join('')] : runs, 48)
    const wrong = pieces.filter((piece) => judge(piece, 'exact').key)
    expect(wrong.length / pieces.length).toBeLessThanOrEqual(0.01)
  })
})

describe('names of models, products and placeholders that people publish', () => {
  const detector = createDetector()
  it.each(Object.entries(names))('%s: none is found', (_, texts) => {
    for (const surround of ['{}', '"{}"', 'key={}\n', 'PPLX_KEY_{}_x']) {
      const found = texts.filter(
        (text) => detector.scan(Buffer.from(surround.replace('{}', () => `pplx-${text}`))).length > 0,
      )
      expect(found).toEqual([])
    }
  })
})

it('a random key with some order in it stays one', () => {
  expect(misjudged(random)).toEqual([])
})

describe('the reason', () => {
  it.each([
    [
      'yourperplexityapikeygoesherepleasereplaceit',
      /^reads as written text \(characters: 41 written, 2 by chance\); /,
    ],
    [
      'a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0',
      /^goes on in a sequence \(characters: 36 in sequence, 4 by chance\)/,
    ],
    ['1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p', /^goes along the keyboard \(characters: 35 /],
    ['x'.repeat(48), /^only a few different characters$/],
  ])('says what an example was read as: %s', (body, why) => {
    expect(judge(body, 'near').why).toMatch(why)
  })

  it('says why a key is one, and holds nothing of it', () => {
    const mixed = randomBody('mixed', 48, generator(7))
    const exact = judge(mixed, 'exact')
    expect(exact.why).toMatch(
      /^48 characters after the prefix, in no order: .* \d+ of 286 bits \(limit 14\)$/,
    )
    expect(exact.why).not.toContain(mixed.slice(0, 4))
    const half = judge(`${mixed.slice(0, 30)}xxxxxxxxxxxxxxxxxx`, 'exact')
    expect(half.why).toBe('48 characters after the prefix, 31 of them in no order')
    expect(judge(mixed.slice(0, 40), 'near').why).toMatch(
      /^40 characters after the prefix, not 48, in no order/,
    )
  })
})

it.each([
  ['1234567890abcdef', 'a sample from the documentation'],
  ['sonar-reasoning-pro', 'the name of a model or product'],
  ['your-key-goes-here', 'words joined by hyphens, underscores or dots, which no key holds'],
  ['abcdef', 'only 6 characters after the prefix'],
])('the reason of what is too short: %s', (text, why) => {
  expect(judgeExample(text)).toBe(why)
})

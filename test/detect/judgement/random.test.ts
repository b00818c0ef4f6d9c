import { describe, expect, it } from 'vitest'
import { judge } from '../../../src/detect/judgement/index.ts'
import { type Alphabet, alphabets, generator, randomBody } from './random.ts'

/** Bodies of each kind; `npm run prove` takes a hundred times as many. */
const many = process.env['PROVE'] === '1' ? 1_000_000 : 10_000
const digests = [32, 40, 56, 64, 96, 128]
const kinds = Object.keys(alphabets) as Alphabet[]

describe('random characters are keys', () => {
  it.each(kinds)('all of %s at 48', (kind) => {
    expect(rejected(kind, many, () => 48, 'exact')).toBe(0)
  })

  it.each(kinds)('all of %s from 32 to 128', (kind) => {
    const lengths = Array.from({ length: 97 }, (_, i) => 32 + i).filter(
      (length) => kind !== 'hex' || !digests.includes(length),
    )
    expect(rejected(kind, many / 5, (i) => lengths[i % lengths.length] ?? 33, 'near')).toBe(0)
  })

  it.each(kinds)('all of %s at 33, where chance has most room', (kind) => {
    expect(rejected(kind, many / 2, () => 33, 'near')).toBe(0)
  })
})

describe('of lower-case hex', () => {
  it.each(digests)('%d digits are a digest and not near', (length) => {
    expect(judge(randomBody('hex', length, generator(length)), 'near').key).toBe(false)
  })
})

function rejected(
  kind: Alphabet,
  count: number,
  length: (i: number) => number,
  shape: 'exact' | 'near',
): number {
  const next = generator(kinds.indexOf(kind) + 1)
  let wrong = 0
  for (let i = 0; i < count; i++) if (!judge(randomBody(kind, length(i), next), shape).key) wrong++
  return wrong
}

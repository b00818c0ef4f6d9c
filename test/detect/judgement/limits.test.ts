import { describe, expect, it } from 'vitest'
import { type Limits, limits } from '../../../src/detect/judgement/limits.ts'
import { made, misjudged, random } from './samples.ts'

/** Each number, turned down and up as far as any judgement could miss it. */
const turned: Readonly<Record<keyof Limits, readonly [number, number]>> = {
  bits: [limits.bits - 2, limits.bits + 4],
  share: [limits.share - 0.1, limits.share + 0.05],
  few: [limits.few / 16, limits.few * 32],
  change: [limits.change / 64, limits.change * 8],
  word: [limits.word / 256, limits.word * 8],
}

describe('every number of the judgement is held by a sample', () => {
  const samples = [...made, ...random]
  const rightly = misjudged(samples)

  it.each(
    Object.entries(turned).flatMap(([name, [down, up]]) => [
      [name, 'down', down] as const,
      [name, 'up', up] as const,
    ]),
  )('%s turned %s', (name, _, value) => {
    const wrong = misjudged(samples, { ...limits, [name]: value }).filter((one) => !rightly.includes(one))
    expect(wrong).not.toEqual([])
  })
})

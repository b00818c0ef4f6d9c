import { expect, test } from 'vitest'
import { lineReach } from '../../src/exceptions/types.ts'
import { aroundIn, keeper, pieces } from '../../src/pipeline/surroundings.ts'
import { createDetector } from '../../src/detect/index.ts'
import { randomToken } from '../support.ts'

const token = randomToken()
const hitIn = (text: string) => {
  const [hit] = createDetector().scan(Buffer.from(text))
  if (hit === undefined) throw new Error('no hit')
  return hit
}

test('a hit waits until its line has come, or the end', () => {
  const hit = hitIn(token)
  const kept = keeper()
  expect(kept.push(Buffer.from(token), [hit])).toEqual([])
  expect(kept.push(Buffer.alloc(lineReach - 1, 'x'), [])).toEqual([])
  expect(kept.push(Buffer.from('y'), [])).toEqual([hit])
  expect(kept.push(Buffer.from('z'), [])).toEqual([])
  expect(kept.end([])).toEqual([])
  const short = keeper()
  expect(short.push(Buffer.from(token), [])).toEqual([])
  expect(short.end([hit])).toEqual([hit])
})

test('of a stream as of a unit in memory: the same bytes on both sides, no more than a line may have', () => {
  const text = `${'a'.repeat(3_000_000)}${token}${'b'.repeat(9000)}`
  const bytes = Buffer.from(text)
  const hit = hitIn(text)
  const whole = aroundIn(bytes)(hit)
  expect(whole).toMatchObject({ start: lineReach, end: lineReach + token.length })
  expect(whole?.bytes.length).toBe(2 * lineReach + token.length)
  const kept = keeper()
  for (const piece of pieces(bytes)) kept.push(piece, [])
  expect(Buffer.from(kept.around(hit)?.bytes ?? []).equals(whole?.bytes ?? bytes)).toBe(true)
})

test('of what lies too far back nothing is there any more', () => {
  const hit = hitIn(token)
  const kept = keeper()
  kept.push(Buffer.from(token), [])
  for (const piece of pieces(Buffer.alloc(9_000_000))) kept.push(piece, [])
  expect(kept.around(hit)).toBeNull()
})

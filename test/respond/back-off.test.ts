import { expect, test } from 'vitest'
import type { Run } from '../../src/respond/run.ts'
import { backOff } from '../../src/respond/steps/back-off.ts'

const run = (random: number) =>
  ({ services: { context: { random: () => Uint8Array.of(random) } } }) as unknown as Run
const failed = (times: number) => Array.from({ length: times }, () => ({ outcome: 'not-done' }))

test('twice as long after each failure in a row, half a minute at most, a half more by chance', () => {
  expect([1, 2, 3, 4, 7, 50].map((times) => backOff(run(0), failed(times), undefined))).toEqual([
    500, 1000, 2000, 4000, 30_000, 30_000,
  ])
  expect(backOff(run(255), failed(3), undefined)).toBe(3000)
})

test('an answer in between begins anew; Retry-After is obeyed', () => {
  expect(backOff(run(0), [...failed(5), { outcome: 'ambiguous' }, ...failed(1)], undefined)).toBe(500)
  expect(backOff(run(0), failed(5), 7)).toBe(7000)
  expect(backOff(run(255), failed(1), 120)).toBe(135_000)
})

import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { incidentId } from '../../src/respond/incident-id.ts'

const instant = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2089, 0, 1) })
const bytes = fc.uint8Array({ minLength: 4, maxLength: 4 })

it('is inc- and ten of [a-z2-7], whatever the clock says', () => {
  fc.assert(
    fc.property(fc.oneof(instant, fc.integer()), bytes, (now, random) => {
      expect(incidentId(now, random)).toMatch(/^inc-[a-z2-7]{10}$/)
    }),
  )
})

it('sorts as plain text by age, to two seconds', () => {
  fc.assert(
    fc.property(instant, fc.integer({ min: 2048, max: 10 ** 11 }), bytes, bytes, (now, later, one, other) => {
      fc.pre(now + later < Date.UTC(2089, 0, 1))
      expect(incidentId(now, one) < incidentId(now + later, other)).toBe(true)
    }),
  )
})

it('differs within one instant', () => {
  const ids = Array.from({ length: 100 }, () => incidentId(Date.UTC(2026, 0, 1), randomBytes(4)))
  expect(new Set(ids).size).toBeGreaterThan(95)
  const all = new Set(Array.from({ length: 256 }, (_, byte) => incidentId(0, Uint8Array.of(byte, 0, 0, 0))))
  expect(all.size, 'five bits of each random byte').toBe(32)
})

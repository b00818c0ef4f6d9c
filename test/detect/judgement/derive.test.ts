import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { limits } from '../../../src/detect/judgement/limits.ts'
import { deriveTable } from './derive.ts'
import { randomMargins, writtenMargins } from './margins.ts'

const table = join(import.meta.dirname, '../../../src/detect/judgement/table.ts')
const proving = process.env['PROVE'] === '1'
const many = proving ? 1_000_000 : 3_000

it('the tables are those that the texts give', async () => {
  await expect(deriveTable()).toMatchFileSnapshot(table)
})

describe('the limit lies between what chance reaches and what written text does', () => {
  it('at 48 characters', () => {
    const chance = randomMargins(many, 48)
    const written = writtenMargins(48)
    if (proving) console.table([...chance, ...written, ...randomMargins(many, 33), ...writtenMargins(33)])
    expect(Math.max(...chance.map(({ saved }) => saved))).toBeLessThan(limits.bits)
    expect(Math.min(...written.map(({ saved }) => saved))).toBeGreaterThan(limits.bits)
  })
})

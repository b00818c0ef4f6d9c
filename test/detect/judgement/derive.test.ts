import { join } from 'node:path'
import { expect, it } from 'vitest'
import { deriveTable } from './derive.ts'

const table = join(import.meta.dirname, '../../../src/detect/judgement/table.ts')

it('the tables are those that the texts give', async () => {
  await expect(deriveTable()).toMatchFileSnapshot(table)
})

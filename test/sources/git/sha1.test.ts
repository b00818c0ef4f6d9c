import { createHash, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { smallSha1 } from '../../../src/sources/staged/sha1.ts'

test('the sum is that of node:crypto, at every length around a block', () => {
  const bytes = randomBytes(5000)
  const lengths = [...Array.from({ length: 200 }, (_, length) => length), 4095, 4096, 5000]
  for (const length of lengths) {
    const some = bytes.subarray(0, length)
    expect(smallSha1(some)).toBe(createHash('sha1').update(some).digest('hex'))
  }
})

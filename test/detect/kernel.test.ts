import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createAnchors, createKernel } from '../../src/detect/kernel/index.ts'
import { planOf } from '../../src/detect/kernel/plan.ts'
import { needles as allNeedles, plainEnd, plainNeedle } from '../../src/detect/needles.ts'
import { findRuns } from '../../src/detect/kernel/runs.ts'

const needles = ['pplx-', 'l\0x\0-', 'cHBseC', 'plx-p', 'aaaaa', 'QndiSGd0'].map((text) =>
  Buffer.from(text, 'latin1'),
)
const kernel = createKernel(planOf(needles))

describe('the needle search', () => {
  it('finds what indexOf finds, at every alignment, with any room for anchors', () => {
    const bytes = Buffer.concat(
      Array.from({ length: 400 }, (_, i) =>
        Buffer.concat([randomBytes(i % 9), needles[i % needles.length] ?? Buffer.alloc(0)]),
      ),
    )
    const expected = needles.map((needle) => every(bytes, needle))
    for (const room of [16, 40, 4096]) {
      const found = needles.map((): number[] => [])
      const anchors = createAnchors(room)
      for (let from = 0; from < bytes.length; ) {
        from = kernel.find(bytes, from, anchors)
        for (let i = 0; i < anchors.count; i++) found[anchors.needle[i] ?? -1]?.push(anchors.at[i] ?? -1)
      }
      expect(found.map((places) => places.sort((a, b) => a - b))).toEqual(expected)
    }
  })

  it('begins where it is told to and takes no half needle', () => {
    const anchors = createAnchors()
    const bytes = Buffer.from('pplx-pplx-pplx')
    for (let from = 0; from <= 5; from++) {
      kernel.find(bytes, from, anchors)
      expect([...anchors.at.subarray(0, anchors.count)]).toContain(5)
    }
    kernel.find(bytes, 6, anchors)
    expect([...anchors.at.subarray(0, anchors.count)]).not.toContain(10)
  })

  it('refuses a needle that it could step over', () => {
    expect(() => planOf([Buffer.from('pp')])).toThrow(RangeError)
  })
})

describe('the needles', () => {
  it('have the prefix and its end where they are known to be', () => {
    const known = [plainNeedle, plainEnd].map((id) => allNeedles()[id])
    expect(known.map((needle) => Buffer.from(needle?.bytes ?? []).toString())).toEqual(['pplx-', 'lx-'])
    expect(known.map((needle) => needle?.meaning)).toEqual(['plain', 'text'])
  })
})

describe('the search for runs', () => {
  it('finds every maximal run of the length and no other', () => {
    const lengths = Array.from({ length: 200 }, (_, i) => 1 + ((i * 37) % 110)).concat([48, 48, 47, 49, 48])
    const bytes = Buffer.from(lengths.map((length) => 'a7'.repeat(60).slice(0, length)).join('-'))
    const found: number[] = []
    findRuns(bytes, 0, 48, (start, end) => found.push(start, end))
    const expected = [...bytes.toString().matchAll(/[a-z0-9]+/g)]
      .filter((match) => match[0].length === 48)
      .flatMap((match) => [match.index, match.index + 48])
    expect(found).toEqual(expected)
  })
})

function every(bytes: Buffer, needle: Buffer): number[] {
  const places: number[] = []
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) places.push(at)
  return places
}

import type { Pair } from './pairs.ts'

/** At most 32 pairs, one bit each: that many are followed through the history at once. */
export interface Block {
  readonly pairs: readonly number[]
  readonly objects: readonly { readonly object: number; readonly mask: number }[]
  /** Ascending: 64 times the commit, twice the bit, one more where it came. */
  readonly events: Float64Array
}

const width = 32

/** All pairs of an object lie in one block; of one with very many names, those that came first and those that went last. */
export function blocksOf(pairs: readonly Pair[]): Block[] {
  const byObject = new Map<number, number[]>()
  pairs.forEach(({ object }, number) => {
    const numbers = byObject.get(object) ?? []
    byObject.set(object, numbers)
    numbers.push(number)
  })
  const blocks: Block[] = []
  let open: [object: number, numbers: number[]][] = []
  let used = 0
  for (const [object, all] of byObject) {
    const numbers = all.length <= width ? all : mostTelling(all, pairs)
    if (used + numbers.length > width) {
      blocks.push(blockOf(open, pairs))
      open = []
      used = 0
    }
    open.push([object, numbers])
    used += numbers.length
  }
  if (open.length > 0) blocks.push(blockOf(open, pairs))
  return blocks
}

function mostTelling(numbers: readonly number[], pairs: readonly Pair[]): number[] {
  const last = (number: number): number => pairs[number]?.events.at(-1) ?? 0
  const first = numbers.slice(0, width / 2)
  const others = numbers.slice(width / 2).sort((a, b) => last(b) - last(a))
  return [...first, ...others.slice(0, width / 2)]
}

function blockOf(open: readonly [object: number, numbers: number[]][], pairs: readonly Pair[]): Block {
  let bit = 0
  const events: number[] = []
  const objects = open.map(([object, numbers]) => {
    let mask = 0
    for (const number of numbers) {
      mask |= 1 << bit
      for (const event of pairs[number]?.events ?? []) events.push((event >> 1) * 64 + 2 * bit + (event & 1))
      bit += 1
    }
    return { object, mask }
  })
  return { pairs: open.flatMap(([, numbers]) => numbers), objects, events: Float64Array.from(events).sort() }
}

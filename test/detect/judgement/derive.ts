import { type Part, identifiers, tuningParts } from './corpus.ts'

/** Letters, and one symbol for every digit and for what stands before a text. */
const size = 27
const letters = 'abcdefghijklmnopqrstuvwxyz0'
const levels = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const step = 0.2
/** Followers that the table names after every two symbols. */
const named = 4
const groups = 3
/** Counts that all triples have together, and what each has before anything is read. */
const all = 1e6
const pairPrior = 20
const triplePrior = 300

/** The source text of src/detect/judgement/table.ts. */
export function deriveTable(): string {
  const counts = countsOf(tuningParts())
  const { followers, groupBits } = rank(counts)
  return `// Derived by test/detect/judgement/derive.ts: change that and run vitest with -u, never this file.

/** Bits of a symbol (a…z, digit) after another, as levels of ${step}. */
export const pairBits =
  '${pairBitsOf(counts)}'

/** For every two symbols: their group, and the likeliest to follow. */
export const followers =
  '${followers}'

/** For every group: bits of the likeliest follower, of the next…, and of any other. */
export const groupBits: readonly (readonly number[])[] = [
${rows(groupBits)}
]

/** Bits of lower and of upper case after lower case, after upper case, and after anything else. */
export const caseBits: readonly (readonly number[])[] = [
${rows(caseBitsOf(identifiers()))}
]
`
}

interface Counts {
  readonly pairs: Float64Array
  readonly triples: Float64Array
}

function countsOf(parts: readonly Part[]): Counts {
  const pairs = new Float64Array(size ** 2).fill(pairPrior)
  const triples = new Float64Array(size ** 3)
  for (const { runs, share } of parts) {
    const each = (all * share) / runs.reduce((sum, run) => sum + run.length, 0)
    for (const run of runs) {
      let before = size - 1
      let last = size - 1
      for (const character of run.toLowerCase()) {
        const next = character < 'a' ? size - 1 : letters.indexOf(character)
        add(pairs, last * size + next, each)
        add(triples, (before * size + last) * size + next, each)
        before = last
        last = next
      }
    }
  }
  for (let context = 0; context < size ** 2; context++) {
    const likely = shares(pairs, context % size)
    likely.forEach((share, next) => add(triples, context * size + next, triplePrior * share))
  }
  return { pairs, triples }
}

/** The lowest levels of each row that still obey Kraft's inequality. */
function pairBitsOf({ pairs }: Counts): string {
  let text = ''
  for (let last = 0; last < size; last++) {
    const bits = shares(pairs, last).map((share) => -Math.log2(share))
    let less = step
    const levelsOf = () => bits.map((value) => Math.max(0, Math.ceil((value - less) / step)))
    while (levelsOf().reduce((sum, level) => sum + 2 ** (-level * step), 0) > 1) less -= step / 20
    text += levelsOf()
      .map((level) => levels[Math.min(level, levels.length - 1)])
      .join('')
  }
  return text
}

function rank({ triples }: Counts): { followers: string; groupBits: number[][] } {
  const sums = Array.from({ length: groups }, () => Array.from({ length: named + 1 }, () => 0))
  let followers = ''
  for (let context = 0; context < size ** 2; context++) {
    const likely = shares(triples, context)
    const order = likely.map((_, next) => next).sort((a, b) => at(likely, b) - at(likely, a))
    const group = Math.min(groups - 1, Math.floor(at(likely, order[0] ?? 0) * groups * 1.3))
    const sum = sums[group] as number[]
    order.forEach((next, place) => add(sum, Math.min(place, named), at(triples, context * size + next)))
    followers += `${group}${order
      .slice(0, named)
      .map((next) => letters[next])
      .join('')}`
  }
  return { followers, groupBits: sums.map(bitsOf) }
}

/** How upper and lower case follow each other in names of two words and more. */
function caseBitsOf(names: readonly string[]): number[][] {
  const counts = [
    [1, 1],
    [1, 1],
    [1, 1],
  ]
  for (const name of names) {
    let after = 2
    for (const character of name) {
      const now = /[a-z]/.test(character) ? 0 : /[A-Z]/.test(character) ? 1 : 2
      if (now < 2) add(counts[after] as number[], now, 1)
      after = now
    }
  }
  return counts.map(bitsOf)
}

function shares(counts: Float64Array, row: number): number[] {
  const part = [...counts.subarray(row * size, (row + 1) * size)]
  const sum = part.reduce((a, b) => a + b, 0)
  return part.map((count) => count / sum)
}

/** Rounded up, so that they obey Kraft's inequality. */
function bitsOf(counts: readonly number[]): number[] {
  const sum = counts.reduce((a, b) => a + b, 0)
  return counts.map((count) => Math.ceil(-Math.log2(count / sum) * 100) / 100)
}

function rows(lists: readonly (readonly number[])[]): string {
  return lists.map((list) => `  [${list.join(', ')}],`).join('\n')
}

function at(list: ArrayLike<number>, index: number): number {
  return list[index] as number
}

function add(list: Float64Array | number[], index: number, value: number): void {
  list[index] = at(list, index) + value
}

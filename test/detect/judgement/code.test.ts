import { expect, it } from 'vitest'
import { describe as described } from '../../../src/detect/judgement/description.ts'
import { limits } from '../../../src/detect/judgement/limits.ts'
import { caseBits, followers, groupBits, pairBits } from '../../../src/detect/judgement/table.ts'
import { runsOf, savedAt } from '../../../src/detect/judgement/run.ts'
import { ways } from '../../../src/detect/judgement/sequence.ts'
import { textOf } from '../../../src/detect/judgement/text.ts'
import { wordBits } from '../../../src/detect/judgement/written.ts'

/** Kraft's sum of the descriptions of every text of an alphabet and length: 1 at most for each alphabet that holds some. */
function sumOver(alphabet: string, length: number, prefix = ''): number {
  if (prefix.length < length) {
    let sum = 0
    for (const character of alphabet) sum += sumOver(alphabet, length, prefix + character)
    return sum
  }
  const { bits, saved } = described(textOf(prefix), limits)
  return 2 ** (saved - bits)
}

// What random bodies may lose is bounded by this alone, whatever the tables hold: a description that takes fewer bits
// than it may would be found here.
it.each([
  ['0123456789', 5, 1],
  ['0123456789abcdef', 4, 2],
  ['abcdefghijklmnopqrstuvwxyz', 3, 2],
  ['aAbB12', 6, 7],
])('descriptions are a code: %s', (alphabet, length, held) => {
  expect(sumOver(alphabet, length)).toBeLessThanOrEqual(held)
})

it('words of the list share what they take among the cases of their letters', () => {
  let sum = 0
  for (let cases = 1; cases < 255; cases++) {
    const body = Array.from('nulltest', (letter, i) =>
      (cases >> i) & 1 ? letter.toUpperCase() : letter,
    ).join('')
    const { bits, saved } = described(textOf(body), { ...limits, word: 0.999 })
    sum += 2 ** (saved - bits)
  }
  expect(sum).toBeLessThanOrEqual(2 ** (-2 * wordBits))
})

const kraft = (bits: readonly number[]) => bits.reduce((sum, value) => sum + 2 ** -value, 0)

it('every row of the tables is one, with nothing to spare', () => {
  const levels = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const rows = Array.from({ length: 27 }, (_, row) =>
    Array.from(pairBits.slice(row * 27, (row + 1) * 27), (level) => levels.indexOf(level) * 0.2),
  )
  for (const row of [...rows, ...groupBits, ...caseBits]) {
    expect(kraft(row)).toBeLessThanOrEqual(1)
    expect(kraft(row)).toBeGreaterThan(0.95)
  }
  for (let at = 0; at < followers.length; at += 5)
    expect(new Set(followers.slice(at + 1, at + 5)).size).toBe(4)
  expect(followers).toHaveLength(27 * 27 * 5)
})

it('what tells one run from another leaves room for all of them', () => {
  const runs = runsOf(textOf('x'.repeat(48)))
  for (const kind of ['repeat', 'sequence']) {
    const choices = runs.filter((run) => run.kind === kind).map(({ choice }) => choice)
    expect(kraft(choices)).toBeLessThanOrEqual(1)
    expect(kraft(choices)).toBeGreaterThan(0.9)
  }
  const each = new Set(
    Array.from(ways()).flatMap((along) =>
      Array.from(along.toString(2))
        .reverse()
        .map((bit, at) => (bit === '1' ? at : -1)),
    ),
  )
  each.delete(-1)
  const [keyboard] = runsOf(textOf('asdfghjkl'))
  expect(keyboard?.kind).toBe('keyboard')
  expect(2 ** (keyboard?.choice ?? 0)).toBeCloseTo(each.size * 2)
})

it('a run is three characters or more, and in a sequence the case of each is told', () => {
  expect(runsOf(textOf('abcd'))).toEqual([])
  const run = runsOf(textOf('ABcde1234567'))
  expect(run.map(({ start, end }) => [start, end])).toContainEqual([2, 5])
  const cased = textOf('ABcde1234567')
  for (const one of run.filter(({ kind }) => kind === 'sequence')) {
    const letter = one.start < 5
    expect(savedAt(one, cased, one.start)).toBe(letter ? cased.chance - 1 : cased.chance)
  }
})

it.each([
  ['0123456789', 10],
  ['0123456789abcdef', 16],
  ['0123456789ABCDEF', 16],
  ['xyz', 26],
  ['XYZ', 26],
  ['xyz234567', 32],
  ['XYZ234567', 32],
  ['xyz0189', 36],
  ['XYZ0189', 36],
  ['abcXYZ', 52],
  ['xyzABC123', 58],
  ['xyzABC0l', 62],
  ['abcDEF0', 62],
])('the alphabet of a text is the smallest in use: %s', (body, size) => {
  expect(textOf(body)).toMatchObject({ alphabet: size, bothCases: size >= 52 })
})

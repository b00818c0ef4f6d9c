import { firstDigit, textOf } from './text.ts'

const nothing = 255
/** 9 → a, z → 0, z → 1, f → 0, f → 1. */
const edges = [
  [35, 0],
  [25, 26],
  [25, 27],
  [5, 26],
  [5, 27],
] as const

/**
 * What is next in a sequence, by `before * 36 + last`: it goes on by the step that it took, around the ten digits or
 * the letters (`abc`, `111`, `135`, `zyx`); 9 → a, z → 0 and f → 0 are steps of one.
 */
export const sequel = sequels(26)
/** The same where letters end with f. */
export const hexSequel = sequels(6)

function sequels(letters: number): Uint8Array {
  const next = new Uint8Array(36 * 36).fill(nothing)
  for (let before = 0; before < 36; before++) {
    for (let last = 0; last < 36; last++) {
      if (last < letters && before < letters)
        next[before * 36 + last] = (2 * last - before + letters) % letters
      if (last >= firstDigit && before >= firstDigit)
        next[before * 36 + last] = firstDigit + ((2 * last - before - firstDigit + 10) % 10)
    }
  }
  for (const [from, to] of edges) {
    next[from * 36 + to] = to + 1
    next[to * 36 + from] = from - 1
  }
  return next
}

/** Keys in the order of their rows and of their columns, on three layouts. */
const keyboards = [
  '1234567890qwertyuiopasdfghjklzxcvbnm',
  '1234567890qwertzuiopasdfghjklyxcvbnm',
  '1234567890azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'zaq1xsw2cde3vfr4bgt5nhy6mju7ki8lo9p0',
  'qazwsxedcrfvtgbyhnujmikolp1234567890',
]
/** There and back along each. */
export const keyways = 2 * keyboards.length

/** For every two symbols, by `a * 36 + b`: a bit for each way along a keyboard on which b follows a. */
export const ways = new Uint16Array(36 * 36)
keyboards.forEach((keys, keyboard) => {
  const { symbols } = textOf(keys)
  symbols.forEach((symbol, at) => {
    const next = symbols[(at + 1) % symbols.length] as number
    ways[symbol * 36 + next] = (ways[symbol * 36 + next] as number) | (1 << (2 * keyboard))
    ways[next * 36 + symbol] = (ways[next * 36 + symbol] as number) | (2 << (2 * keyboard))
  })
})

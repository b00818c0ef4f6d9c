import { firstDigit, textOf } from './text.ts'

const nothing = 255

/**
 * What is next in a sequence, by `before * 36 + last`: it goes on by the step that it took, around the ten digits or
 * the letters (`abc`, `111`, `135`, `zyx`).
 */
export function sequels(): Uint8Array {
  sequelTable ??= sequelsOf()
  return sequelTable
}

/** Filled when first needed, as the other one is: most scans have nothing to judge. */
let sequelTable: Uint8Array | null = null

function sequelsOf(): Uint8Array {
  const sequel = new Uint8Array(36 * 36).fill(nothing)
  for (let before = 0; before < 36; before++) {
    for (let last = 0; last < 36; last++) {
      if (last < firstDigit && before < firstDigit) sequel[before * 36 + last] = (2 * last - before + 26) % 26
      if (last >= firstDigit && before >= firstDigit)
        sequel[before * 36 + last] = firstDigit + ((2 * last - before - firstDigit + 10) % 10)
    }
  }
  return sequel
}

/** Keys in the order of their rows and of their columns. */
const keyboards = [
  '1234567890qwertyuiopasdfghjklzxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'zaq1xsw2cde3vfr4bgt5nhy6mju7ki8lo9p0',
  'qazwsxedcrfvtgbyhnujmikolp1234567890',
]
/** There and back along each. */
export const keyways = 2 * keyboards.length

/** For every two symbols, by `a * 36 + b`: a bit for each way along a keyboard on which b follows a. */
export function ways(): Uint16Array {
  wayTable ??= waysOf()
  return wayTable
}

let wayTable: Uint16Array | null = null

function waysOf(): Uint16Array {
  const table = new Uint16Array(36 * 36)
  keyboards.forEach((keys, keyboard) => {
    const { symbols } = textOf(keys)
    symbols.forEach((symbol, at) => {
      const next = symbols[(at + 1) % symbols.length] as number
      table[symbol * 36 + next] = (table[symbol * 36 + next] as number) | (1 << (2 * keyboard))
      table[next * 36 + symbol] = (table[next * 36 + symbol] as number) | (2 << (2 * keyboard))
    })
  })
  return table
}

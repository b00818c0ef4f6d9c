import type { Text } from './text.ts'

/** Logarithms of the factorials from 0 to 62, the size of the largest alphabet. */
const factorials = new Float64Array(63)
for (let n = 1; n < factorials.length; n++) factorials[n] = (factorials[n - 1] as number) + Math.log2(n)

/**
 * Bits that a text takes when it is said first which of its alphabet's characters it uses at all, and then which of
 * these stands in each place.
 */
export function fewBits(text: Text): number {
  const used = new Uint8Array(64)
  let count = 0
  for (const character of text.characters) {
    if (used[character] === 0) count++
    used[character] = 1
  }
  return text.chance + choiceBits(text.alphabet, count) + text.length * Math.log2(count)
}

/** Bits that tell one choice of `k` of `n` from the others. */
function choiceBits(n: number, k: number): number {
  return (factorials[n] as number) - (factorials[k] as number) - (factorials[n - k] as number)
}

import type { Text } from './text.ts'

/** Logarithms of the factorials from 0 to 16. */
const factorials = new Float64Array(17)
for (let n = 1; n < factorials.length; n++) factorials[n] = (factorials[n - 1] as number) + Math.log2(n)

/** Size of the smallest alphabet that keys are made of: hex. */
const smallest = 16

/**
 * Bits that a text saves when it is said first which characters it uses at all, and then which of these stands in each
 * place; measured against hex, of which a key may be made that has other characters beside it.
 */
export function fewSaves(text: Text): number {
  const used = new Uint8Array(64)
  let count = 0
  for (const character of text.characters) {
    if (used[character] === 0) count++
    used[character] = 1
  }
  const alphabet = Math.min(text.alphabet, smallest)
  if (count >= alphabet) return 0
  return text.length * Math.log2(alphabet / count) - choiceBits(alphabet, count) - Math.log2(alphabet)
}

/** Bits that tell one choice of `k` of `n` from the others. */
function choiceBits(n: number, k: number): number {
  return (factorials[n] as number) - (factorials[k] as number) - (factorials[n - k] as number)
}

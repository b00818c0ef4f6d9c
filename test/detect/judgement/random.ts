const lower = 'abcdefghijklmnopqrstuvwxyz'
const upper = lower.toUpperCase()
const digits = '0123456789'

/** Alphabets that keys are made of. */
export const alphabets = {
  hex: `${digits}abcdef`,
  lower: lower + digits,
  mixed: upper + lower + digits,
  upper: upper + digits,
  letters: upper + lower,
  'lower letters': lower,
  base58: '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz',
} as const
export type Alphabet = keyof typeof alphabets

/** Counted from a seed: numbers in [0, 1), the same everywhere (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Each character of the alphabet is as likely: no file of ours holds what comes out. */
export function randomBody(alphabet: Alphabet, length: number, next: () => number): string {
  const characters = alphabets[alphabet]
  let body = ''
  for (let i = 0; i < length; i++) body += characters[Math.floor(next() * characters.length)]
  return body
}

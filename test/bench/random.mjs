// Randomness from a seed: the same buffers in every run.
import { createCipheriv, createHash } from 'node:crypto'

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Evenly spread bytes: a block cipher in counter mode. */
export function randomBytesOf(seed, length) {
  const key = createHash('sha256').update(seed).digest()
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length))
}

/** Small choices, fast: Marsaglia's xorshift32. */
export function chooser(seed) {
  let state = createHash('sha256').update(seed).digest().readUInt32LE() || 1
  const below = (limit) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
  return {
    below,
    one: (list) => list[below(list.length)],
    hex: (length) => text('0123456789abcdef', length),
    alphanumeric: (length) => text(alphanumeric, length),
  }

  function text(alphabet, length) {
    let made = ''
    for (let i = 0; i < length; i += 1) made += alphabet[below(alphabet.length)]
    return made
  }
}

import { randomBytes } from 'node:crypto'

const alphabets = {
  mixed: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  lower: 'abcdefghijklmnopqrstuvwxyz0123456789',
  hex: '0123456789abcdef',
}

/** A random well-formed token, made at run time: no file of ours holds one. */
export function randomToken(
  kind: keyof typeof alphabets = 'mixed',
  length = 48,
  random: Uint8Array = randomBytes(length),
): string {
  const alphabet = alphabets[kind]
  let body = ''
  for (const byte of random.subarray(0, length)) body += alphabet[byte % alphabet.length]
  return `pplx-${body}`
}

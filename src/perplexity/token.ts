const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const bodyLength = 48

/** A token of the known shape, uniformly random: nobody's key, or a new key of the sandbox. */
export function randomToken(random: (bytes: number) => Uint8Array): string {
  let body = ''
  while (body.length < bodyLength) {
    for (const byte of random(bodyLength - body.length)) {
      // 248 = 4 × 62: a remainder of more would favour the alphabet's first letters.
      if (byte < 248) body += alphabet[byte % 62]
    }
  }
  return `pplx-${body}`
}

/** Whether it can stand in a header at all. */
export function isSendable(token: string): boolean {
  return /^[\x21-\x7e]{1,1024}$/.test(token)
}

/** The shape that keys are known to have, a little wider: the guide's own example has 16 characters after the prefix. */
export function isWellFormed(token: string): boolean {
  return /^pplx-[A-Za-z0-9_-]{16,128}$/.test(token)
}

/** Text from outside that is about to be kept: whatever looks like a token is cut out. */
export function withoutTokens(text: string): string {
  return text.replaceAll(/pplx-[A-Za-z0-9_-]{40,}/g, 'pplx-…')
}

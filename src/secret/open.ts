import { plaintextOf, type Secret } from './vault.ts'

/**
 * The one way to a token's plaintext. Only the places where a token has to leave the process may import this:
 * a consumer's deliver, the Perplexity client's request, the escrow's encryption, the inventory's export key.
 * A test holds the list of importers.
 */
export function open(secret: Secret): string {
  return plaintextOf(secret)
}

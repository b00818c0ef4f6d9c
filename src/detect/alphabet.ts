/** 1 for the bytes of [A-Za-z0-9], of which a token's body is made. */
export const alphanumeric: Uint8Array = membersOf(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
)

export function membersOf(characters: string): Uint8Array {
  const members = new Uint8Array(256)
  for (const byte of Buffer.from(characters, 'latin1')) members[byte] = 1
  return members
}

export const prefix = 'pplx-'
export const prefixBytes: Uint8Array = Buffer.from(prefix, 'latin1')

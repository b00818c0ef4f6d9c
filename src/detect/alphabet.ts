export const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** 1 for the bytes of [A-Za-z0-9], of which a token's body is made. */
export const alphanumeric: Uint8Array = membersOf(`${letters}0123456789`)

export function membersOf(characters: string): Uint8Array {
  const members = new Uint8Array(256)
  for (const byte of Buffer.from(characters, 'latin1')) members[byte] = 1
  return members
}

/** Every process begins with this, before anything is compiled: so the members are searched for, not passed by. */
export function addFlag(flags: Uint16Array | Uint32Array, members: Uint8Array, flag: number): void {
  for (let byte = members.indexOf(1); byte !== -1; byte = members.indexOf(1, byte + 1))
    flags[byte] = (flags[byte] as number) | flag
}

/** Value of a hexadecimal digit; -1 for every other byte and for no byte. */
export function hexValue(byte: number | undefined): number {
  return byte === undefined ? -1 : (hexValues[byte] as number)
}

const hexValues = new Int8Array(256).fill(-1)
for (let value = 0; value < 16; value++) {
  hexValues[value.toString(16).charCodeAt(0)] = value
  hexValues[value.toString(16).toUpperCase().charCodeAt(0)] = value
}

export const hexDigits: Uint8Array = membersOf('0123456789abcdefABCDEF')

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

export function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a))
}

export function isLineEnd(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d
}

export function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09
}

export const prefix = 'pplx-'
export const prefixBytes: Uint8Array = Buffer.from(prefix, 'latin1')

/** Fewer characters after the prefix are no key. */
export const shortestNear = 32

import type { Radix } from './wrappings/radix.ts'

/** 0: no text holds it; 1: printable; 2, 3, 4: begins a character of so many bytes in UTF-8; 5: half of a wide one; 6: goes on. */
const kinds: Uint8Array = (() => {
  const table = new Uint8Array(256)
  for (let byte = 0x20; byte < 0x7f; byte++) table[byte] = 1
  for (const byte of [0x09, 0x0a, 0x0d, 0x1b]) table[byte] = 1
  // Halves of what may stand within a token: zeros, format characters, dashes, full-width forms.
  for (const byte of [0, 0xfe, 0xff]) table[byte] = 5
  for (let byte = 0x0e; byte < 0x1a; byte++) table[byte] = 5
  for (const byte of [0x0b, 0x0c]) table[byte] = 5
  for (let byte = 0x80; byte < 0xc0; byte++) table[byte] = 6
  for (const byte of [0xc2, 0xc3, 0xcd, 0xd8]) table[byte] = 2
  for (const byte of [0xe1, 0xe2, 0xe3, 0xef]) table[byte] = 3
  table[0xf0] = 4
  table[0xf3] = 4
  return table
})()

/** Bytes one after another: could a person or a program have written this? */
export interface Plausibility {
  pending: number
  /** Characters that say something, and all bytes that begin one. */
  printable: number
  total: number
}

export function startPlausibility(state: Plausibility): void {
  state.pending = -1
  state.printable = 0
  state.total = 0
}

/** Takes the next byte; false when no text goes on like this. The first bytes may be the end of a character. */
export function goesOn(state: Plausibility, byte: number): boolean {
  const kind = kinds[byte] as number
  if (kind === 6) {
    if (state.pending < 0) return --state.pending > -4
    // A soft hyphen, or the control that begins a colour, in UTF-16.
    if (state.pending === 0 && (byte === 0xad || byte === 0x9b)) return true
    return --state.pending >= 0
  }
  if (state.pending > 0 || kind === 0) return false
  state.pending = kind >= 2 && kind <= 4 ? kind - 1 : 0
  state.total++
  if (kind !== 5) state.printable++
  return true
}

export function isPrintable(byte: number | undefined): boolean {
  return byte !== undefined && kinds[byte] === 1
}

/** Wide text of four bytes a character has no less; nor has text that is mostly invisible. */
export function saysEnough({ printable, total }: Plausibility): boolean {
  return total > 0 && printable * 6 >= total
}

/**
 * The same for base64 at a glance: groups of printable characters are passed over, and bytes that no text holds end it.
 * Only what is neither is looked at byte by byte.
 */
export function isPlausible64(bytes: Uint8Array, at: number, count: number, radix: Radix): boolean {
  const { values } = radix
  for (let i = at; i + 3 < at + count; i += 4) {
    const [a, b] = [values[bytes[i] as number] as number, values[bytes[i + 1] as number] as number]
    const [c, d] = [values[bytes[i + 2] as number] as number, values[bytes[i + 3] as number] as number]
    const first = kinds[((a << 2) | (b >> 4)) & 0xff] as number
    const second = kinds[((b << 4) | (c >> 2)) & 0xff] as number
    const third = kinds[((c << 6) | d) & 0xff] as number
    if (first === 0 || second === 0 || third === 0) return false
    if ((first | second | third) !== 1) return isPlausible(bytes, at, count, radix)
  }
  return true
}

const sample: Plausibility = { pending: 0, printable: 0, total: 0 }

/**
 * Whether `count` characters from `at` on, read as groups that begin there, say something that a person or a program
 * would have written: of random bytes, one run of this length in some hundred million does.
 */
export function isPlausible(bytes: Uint8Array, at: number, count: number, { bits, values }: Radix): boolean {
  let held = 0
  let size = 0
  startPlausibility(sample)
  for (let i = at; i < at + count; i++) {
    held = ((held << bits) | (values[bytes[i] as number] as number)) & 0xffff
    size += bits
    if (size < 8) continue
    size -= 8
    if (!goesOn(sample, (held >> size) & 0xff)) return false
  }
  return saysEnough(sample)
}

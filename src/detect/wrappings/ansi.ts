import type { Inline } from '../types.ts'
import { longestStep } from './reach.ts'

const ESC = 0x1b
const BEL = 0x07

/**
 * Terminal control as ECMA-48 and xterm have it, which shows nothing: CSI (colours, cursor), OSC and other strings, the
 * choice of character sets, shifts. Also with the C1 controls CSI and OSC, as UTF-8.
 */
export const ansi: Inline = {
  id: 'ansi',
  isBreak: true,
  longest: longestStep,
  isTrigger: (() => {
    const triggers = new Uint8Array(256)
    for (const byte of [ESC, 0xc2, 0x0e, 0x0f]) triggers[byte] = 1
    return triggers
  })(),
  step(bytes, at) {
    const [first, second = 0] = [bytes[at], bytes[at + 1]]
    if (first === 0x0e || first === 0x0f) return 1
    if (first === 0xc2) return second === 0x9b ? control(bytes, at) : second === 0x9d ? string(bytes, at) : 0
    if (second === 0x5b) return control(bytes, at)
    if (second === 0x5d || second === 0x50 || second === 0x58 || second === 0x5e || second === 0x5f) {
      return string(bytes, at)
    }
    if (second >= 0x20 && second <= 0x2f) return bytes[at + 2] === undefined ? 0 : 3
    return second >= 0x30 && second <= 0x7e ? 2 : 0
  },
  isDense: (bytes, at) => bytes[at] === ESC || bytes[at + 1] === 0x9b,
}

/** Parameters, intermediates, one final byte. */
function control(bytes: Uint8Array, at: number): number {
  let i = at + 2
  while (i - at < 64 && isBetween(bytes[i], 0x30, 0x3f)) i++
  while (i - at < 68 && isBetween(bytes[i], 0x20, 0x2f)) i++
  return isBetween(bytes[i], 0x40, 0x7e) ? i + 1 - at : 0
}

/** Up to BEL or ST. */
function string(bytes: Uint8Array, at: number): number {
  const ceiling = Math.min(bytes.length, at + longestStep)
  for (let i = at + 2; i < ceiling; i++) {
    if (bytes[i] === BEL) return i + 1 - at
    if (bytes[i] === ESC) return bytes[i + 1] === 0x5c ? i + 2 - at : 0
    if (bytes[i] === 0xc2 && bytes[i + 1] === 0x9c) return i + 2 - at
  }
  return 0
}

function isBetween(byte: number | undefined, least: number, most: number): boolean {
  return byte !== undefined && byte >= least && byte <= most
}

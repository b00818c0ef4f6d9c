import { alphanumeric } from '../alphabet.ts'
import type { Decoded, Wrapping } from '../types.ts'
import { base64Anchors, nestedBase64Anchors } from './anchors.ts'
import { decodeBase64, decodeEveryWay, standardAlphabet, urlAlphabet } from './base64-codec.ts'
import { leftReach, rightReach } from './reach.ts'

const needles = [...base64Anchors, ...nestedBase64Anchors]

/** RFC 4648 in both alphabets, padded or not, glued to anything: the run of its characters around the needle. */
export const base64: Wrapping = {
  id: 'base64',
  needles: needles.map((needle) => needle.bytes),
  decodeAround(bytes, at, needle) {
    const standard = runAround(bytes, at, standardAlphabet)
    const url = runAround(bytes, at, urlAlphabet)
    const decoded: Decoded[] = []
    const phase = needles[needle]?.phase ?? 0
    if (!isPlain(bytes, url) && readsAsText(bytes.subarray(url.from, url.to), at - url.from - phase)) {
      decoded.push(...decodeRun(bytes, url, 'base64url'))
    }
    decoded.push(...decodeRun(bytes, standard, 'base64'))
    return decoded
  },
}

interface Run {
  readonly from: number
  readonly to: number
}

function runAround(bytes: Uint8Array, at: number, alphabet: Uint8Array): Run {
  let from = at
  const floor = Math.max(0, at - leftReach)
  while (from > floor && alphabet[bytes[from - 1] as number] === 1) from--
  let to = at
  const ceiling = Math.min(bytes.length, at + rightReach)
  while (to < ceiling && alphabet[bytes[to] as number] === 1) to++
  return { from, to }
}

function decodeRun(bytes: Uint8Array, run: Run, encoding: 'base64' | 'base64url'): readonly Decoded[] {
  return decodeEveryWay(bytes.subarray(run.from, run.to), (index) => run.from + index, encoding)
}

function isPlain(bytes: Uint8Array, run: Run): boolean {
  for (let i = run.from; i < run.to; i++) if (alphanumeric[bytes[i] as number] === 0) return false
  return true
}

/**
 * Whether a run with `-` or `_` in it is URL-safe base64 or ordinary base64 glued to a name: a token never needs
 * the two characters on which the alphabets differ, so only what surrounds it can tell.
 */
function readsAsText(characters: Uint8Array, groupAt: number): boolean {
  const decoded = decodeBase64(characters, ((groupAt % 4) + 4) % 4)
  let text = 0
  for (const byte of decoded)
    if ((byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x09 || byte >= 0xc2) text++
  return text >= decoded.length * 0.9
}

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
    const phase = (at - url.from - (needles[needle]?.phase ?? 0)) & 3
    if (readsAsText(bytes, url, runAround(bytes, at, alphanumeric), phase)) {
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

/**
 * Whether a run with `-` or `_` in it is URL-safe base64 or ordinary base64 glued to a name: a token never needs the
 * two characters on which the alphabets differ, so only what lies beyond them can tell, by being text when decoded.
 */
function readsAsText(bytes: Uint8Array, run: Run, core: Run, phase: number): boolean {
  if (run.from === core.from && run.to === core.to) return false
  const decoded = decodeBase64(bytes.subarray(run.from, run.to), phase)
  let beyond = 0
  let text = 0
  decoded.forEach((byte, index) => {
    const at = run.from + phase + Math.floor((8 * index) / 6)
    if (at >= core.from && at + 1 < core.to) return
    beyond++
    if (isText(byte)) text++
  })
  return beyond > 0 && text >= beyond * 0.9
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte >= 0xc2
}

import { alphanumeric } from '../alphabet.ts'
import type { Carrier, CarrierNeedle, Decoded } from '../types.ts'
import { base64Anchors, nestedBase64Anchors } from './anchors.ts'
import { decodeBlock, lineReading, type Run, runAround, runReading } from './carried.ts'
import { decodeRadix, decodeRun, radix64, standardAlphabet, urlAlphabet } from './radix.ts'

const anchors = () => [...base64Anchors(), ...nestedBase64Anchors()]
const { group } = radix64

/** RFC 4648 in both alphabets, padded or not, glued to anything: the run of its characters around the needle. */
export const base64: Carrier = {
  id: 'base64',
  needles: anchors,
  group,
  readingOf: runReading(group),
  decode(bytes, at, phase) {
    const standard = runAround(bytes, at, standardAlphabet)
    const url = runAround(bytes, at, urlAlphabet)
    const isUrl = readsAsText(bytes, url, runAround(bytes, at, alphanumeric), (at - phase - url.from) & 3)
    return [
      ...(isUrl ? [decodeFrom(bytes, url, at - phase, 'base64url')] : []),
      decodeFrom(bytes, standard, at - phase, 'base64'),
    ]
  },
}

/** The same wrapped at line ends. A needle may itself be broken by one. */
export const base64Lines: Carrier = {
  id: 'base64',
  needles: () => [...anchors(), ...base64Anchors().flatMap(broken)],
  group,
  readingOf: lineReading(standardAlphabet, group),
  decode: (bytes, at, phase) => decodeBlock(bytes, at, phase, 'base64', radix64, standardAlphabet),
}

function decodeFrom(bytes: Uint8Array, run: Run, groupAt: number, encoding: 'base64' | 'base64url'): Decoded {
  const place = (index: number) => run.from + index
  return decodeRun(bytes.subarray(run.from, run.to), place, encoding, radix64, groupAt - run.from)
}

/**
 * Whether a run with `-` or `_` in it is URL-safe base64 or ordinary base64 glued to a name: a token never needs the
 * two characters on which the alphabets differ, so only what lies beyond them can tell, by being text when decoded.
 */
function readsAsText(bytes: Uint8Array, run: Run, core: Run, phase: number): boolean {
  if (run.from === core.from && run.to === core.to) return false
  const decoded = decodeRadix(bytes.subarray(run.from, run.to), phase, radix64)
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

function broken({ bytes, phase }: CarrierNeedle): readonly CarrierNeedle[] {
  const text = Buffer.from(bytes).toString('latin1')
  const cuts = Array.from({ length: text.length - 1 }, (_, index) => index + 1)
  return cuts.flatMap((cut) =>
    ['\n', '\r\n', '\r'].map((newLine) => ({
      bytes: Buffer.from(text.slice(0, cut) + newLine + text.slice(cut), 'latin1'),
      phase,
    })),
  )
}

import type { Encoding } from '../detect/types.ts'
import type { Surroundings } from './types.ts'

const comment = /pplx-warden:allow[ \t]+sha256:([0-9a-f]{8,64})(?![0-9a-z])/gi

/**
 * Whether `pplx-warden:allow sha256:1a2b3c4d` beside the token, on its line, names it. The comment stands in the file
 * as it is, in UTF-16 where the token is; the token may be wrapped, a wrapped comment is none.
 */
export function isAllowedBeside(
  fingerprint: string,
  surroundings: Surroundings,
  encodings: readonly Encoding[],
): boolean {
  const [outermost] = encodings
  const wide = outermost === 'utf-16le' || outermost === 'utf-16be' ? outermost : null
  const line = wide === null ? narrowLine(surroundings) : wideLine(surroundings, wide)
  for (const [, digits = ''] of line.matchAll(comment)) {
    if (fingerprint.startsWith(`sha256:${digits.toLowerCase()}`)) return true
  }
  return false
}

const lineFeed = 0x0a
/** Stands for the token. */
const gap = '\0'

function narrowLine({ bytes, start, end }: Surroundings): string {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const before = all.subarray(0, start)
  const after = all.subarray(end)
  const next = after.indexOf(lineFeed)
  const first = before.lastIndexOf(lineFeed) + 1
  return `${before.toString('latin1', first)}${gap}${after.toString('latin1', 0, next === -1 ? after.length : next)}`
}

/** A byte 0x0a is no line feed in U+0A00: code units, in step with the token's. */
function wideLine({ bytes, start, end }: Surroundings, encoding: 'utf-16le' | 'utf-16be'): string {
  const low = encoding === 'utf-16le' ? 0 : 1
  const unitAt = (at: number): number => ((bytes[at + 1 - low] ?? 0) << 8) | (bytes[at + low] ?? 0)
  const before: string[] = []
  for (let at = start - 2; at >= 0 && unitAt(at) !== lineFeed; at -= 2) {
    before.push(String.fromCharCode(unitAt(at)))
  }
  const after: string[] = []
  for (let at = end + ((end - start) % 2); at + 1 < bytes.length && unitAt(at) !== lineFeed; at += 2) {
    after.push(String.fromCharCode(unitAt(at)))
  }
  return `${before.reverse().join('')}${gap}${after.join('')}`
}

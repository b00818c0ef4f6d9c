import { alphanumeric } from '../alphabet.ts'

/**
 * Calls `found` for every maximal run of exactly `length` [A-Za-z0-9] that reaches `from` or beyond, and begins before `to`. Any such run
 * holds one of the bytes `length` apart, so only those are looked at. A run that goes on for `length` more bytes is too
 * long; where it ends, one byte tells nearly always that it is not the right length. A run that touches the end of the
 * bytes is handed out too, and so is one that only an escape makes longer.
 */
export function findRuns(
  bytes: Uint8Array,
  from: number,
  length: number,
  found: (start: number, end: number) => void,
  to = bytes.length,
): void {
  const members = alphanumeric
  const size = bytes.length
  const last = Math.min(size, to + length)
  for (let probe = from; probe < last; probe += length) {
    if (members[bytes[probe] as number] === 0) continue
    const ceiling = Math.min(size, probe + length)
    let end = probe + 1
    while (end < ceiling && members[bytes[end] as number] === 1) end++
    if (end < size && members[bytes[end] as number] === 1) continue
    const start = end - length
    if (start < 0 || (start > 0 && members[bytes[start - 1] as number] === 1 && !isEscape(bytes, start)))
      continue
    if (isRun(bytes, start, probe)) found(start, end)
  }
}

/** Letters and digits of an escape may stand right before: `\\n`, `%3D`, `\\x3d`, `\\u003d`. */
function isEscape(bytes: Uint8Array, end: number): boolean {
  const introducer = (length: number) => bytes[end - length - 1]
  return introducer(1) === 0x5c || introducer(2) === 0x25 || introducer(3) === 0x5c || introducer(5) === 0x5c
}

function isRun(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (alphanumeric[bytes[i] as number] === 0) return false
  return true
}

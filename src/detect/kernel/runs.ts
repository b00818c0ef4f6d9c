import { alphanumeric } from '../alphabet.ts'

/**
 * Calls `found` for every maximal run of exactly `length` [A-Za-z0-9] that reaches `from` or beyond. Any such run
 * holds one of the bytes `length` apart, so only those are looked at; where one is in the alphabet, its run is walked,
 * as far as it takes to see that it is too long. A run that touches the end of the bytes is handed out too.
 */
export function findRuns(
  bytes: Uint8Array,
  from: number,
  length: number,
  found: (start: number, end: number) => void,
): void {
  const members = alphanumeric
  const size = bytes.length
  for (let probe = from; probe < size; probe += length) {
    if (members[bytes[probe] as number] === 0) continue
    const floor = Math.max(0, probe - length)
    let start = probe
    while (start > floor && members[bytes[start - 1] as number] === 1) start--
    const ceiling = Math.min(size, start + length + 1)
    let end = probe + 1
    while (end < ceiling && members[bytes[end] as number] === 1) end++
    if (end - start !== length) continue
    if (start === 0 || members[bytes[start - 1] as number] === 0) found(start, end)
  }
}

import { alphanumeric } from '../alphabet.ts'

/**
 * Calls `found` for every maximal run of exactly `length` [A-Za-z0-9] that ends at or after `from`. Any such run
 * holds one of the bytes `length` apart, so only those are looked at; where one is in the alphabet, the run is
 * walked. A run that touches the end of the bytes is handed out too: the caller knows whether more is to come.
 */
export function findRuns(
  bytes: Uint8Array,
  from: number,
  length: number,
  found: (start: number, end: number) => void,
): void {
  for (let probe = from; probe < bytes.length; probe += length) {
    if (alphanumeric[bytes[probe] as number] === 0) continue
    let start = probe
    const floor = Math.max(0, probe - length)
    while (start > floor && alphanumeric[bytes[start - 1] as number] === 1) start--
    let end = probe + 1
    while (end < bytes.length && alphanumeric[bytes[end] as number] === 1) end++
    if (end - start === length && (start === 0 || alphanumeric[bytes[start - 1] as number] === 0))
      found(start, end)
    if (end > probe + length) probe = end - length
  }
}

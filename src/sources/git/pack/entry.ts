import { Damaged, OFS_DELTA, REF_DELTA } from './types.ts'

/** The head of a pack's entry; one object that is filled again and again. */
export interface Entry {
  /** Type's number. */
  type: number
  /** Of what its data inflates to. */
  size: number
  /** OFS_DELTA: how many bytes before the entry its base begins. */
  distance: number
  /** REF_DELTA: where in the buffer its base's id stands. */
  baseId: number
  /** Where in the buffer its compressed data begins. */
  data: number
}

/** More than any head takes. */
export const longestHead = 48

/** Reads the head that begins at `at`; throws `Damaged`. https://git-scm.com/docs/gitformat-pack */
export function readEntry(bytes: Uint8Array, at: number, idLength: number, entry: Entry): void {
  let byte = bytes[at++] ?? 0
  entry.type = (byte >> 4) & 7
  let size = byte & 15
  for (let factor = 16; byte >= 128; factor *= 128) {
    byte = bytes[at++] ?? 0
    size += (byte & 127) * factor
  }
  if (!Number.isSafeInteger(size)) throw new Damaged('its size is no size')
  entry.size = size
  entry.distance = 0
  entry.baseId = -1
  if (entry.type === OFS_DELTA) {
    byte = bytes[at++] ?? 0
    let distance = byte & 127
    while (byte >= 128) {
      byte = bytes[at++] ?? 0
      distance = (distance + 1) * 128 + (byte & 127)
    }
    entry.distance = distance
  } else if (entry.type === REF_DELTA) {
    entry.baseId = at
    at += idLength
  }
  if (at > bytes.length) throw new Damaged('the pack ends within it')
  entry.data = at
}

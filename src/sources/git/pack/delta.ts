import { Damaged } from './types.ts'

/** The sizes that a delta's instructions begin with, and where they go on. */
export interface DeltaHead {
  baseSize: number
  resultSize: number
  next: number
}

/** https://git-scm.com/docs/gitformat-pack (deltified representation) */
export function readDeltaHead(delta: Uint8Array, from: number, head: DeltaHead): void {
  head.next = from
  head.baseSize = readSize(delta, head)
  head.resultSize = readSize(delta, head)
}

function readSize(delta: Uint8Array, head: DeltaHead): number {
  let size = 0
  let factor = 1
  for (;;) {
    const byte = delta[head.next++]
    if (byte === undefined) throw new Damaged('its delta ends too early')
    size += (byte & 127) * factor
    if (byte < 128) return size
    factor *= 128
  }
}

/** Where a text differs from the one it was made from. */
export interface Changes {
  /** Ascending: from, to, from, to. What is new, and every seam where two stretches of the base meet, are in one. */
  readonly parts: Int32Array
  /** How many numbers of `parts` are in use. */
  length: number
}

/** Bytes around all that is new and around every seam that belong to a part as well. */
export const changeMargin = 256

/** A stretch of a memory that base and result share, so that copying allocates nothing. */
export interface Stretch {
  readonly at: number
  readonly size: number
}

/**
 * Carries out the instructions in `delta` from `from` to `to`: from the base in `memory` comes the result in it.
 * `changes` (if wanted) is filled, or left with a length of -1 where there are too many. Throws `Damaged`.
 */
export function applyDelta(
  delta: Uint8Array,
  from: number,
  to: number,
  memory: Uint8Array,
  base: Stretch,
  result: Stretch,
  changes: Changes | null,
): void {
  const { at, size } = result
  const end = at + size
  let place = at
  /** Where in the base a copy would go on without a seam; -1: what was written last is new. */
  let goesOn = 0
  if (changes !== null) changes.length = 0
  for (let i = from; i < to; ) {
    const code = delta[i++] as number
    if (code < 128) {
      if (code === 0 || i + code > to || place + code > end) throw new Damaged('its delta is out of bounds')
      for (let k = 0; k < code; k++) memory[place + k] = delta[i + k] as number
      note(changes, place - at, place - at + code, size)
      i += code
      place += code
      goesOn = -1
      continue
    }
    let offset = 0
    let length = 0
    if ((code & 1) !== 0) offset = delta[i++] as number
    if ((code & 2) !== 0) offset |= (delta[i++] as number) << 8
    if ((code & 4) !== 0) offset |= (delta[i++] as number) << 16
    if ((code & 8) !== 0) offset += (delta[i++] as number) * 2 ** 24
    if ((code & 16) !== 0) length = delta[i++] as number
    if ((code & 32) !== 0) length |= (delta[i++] as number) << 8
    if ((code & 64) !== 0) length |= (delta[i++] as number) << 16
    if (length === 0) length = 0x10000
    if (i > to || offset + length > base.size || place + length > end)
      throw new Damaged('its delta is out of bounds')
    if (offset !== goesOn && goesOn !== -1) note(changes, place - at, place - at, size)
    copy(memory, base.at + offset, place, length)
    place += length
    goesOn = offset + length
  }
  if (place !== end) throw new Damaged('its delta gives less than it says')
  if (goesOn !== base.size && goesOn !== -1) note(changes, size, size, size)
}

function copy(memory: Uint8Array, from: number, at: number, length: number): void {
  if (length < 24) for (let k = 0; k < length; k++) memory[at + k] = memory[from + k] as number
  else memory.copyWithin(at, from, from + length)
}

function note(changes: Changes | null, from: number, to: number, size: number): void {
  if (changes === null || changes.length === -1) return
  const { parts, length } = changes
  const start = Math.max(0, from - changeMargin)
  const end = Math.min(size, to + changeMargin)
  if (length > 0 && start <= (parts[length - 1] as number)) {
    parts[length - 1] = end
    return
  }
  if (length + 2 > parts.length) {
    changes.length = -1
    return
  }
  parts[length] = start
  parts[length + 1] = end
  changes.length = length + 2
}

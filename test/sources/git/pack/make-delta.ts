import type { Change } from '../../../../src/sources/types.ts'
import {
  applyDelta,
  type Changes,
  type DeltaHead,
  readDeltaHead,
} from '../../../../src/sources/git/pack/delta.ts'

const block = 16

/** Instructions that make `result` of `base`, as git's diff-delta finds them: blocks of 16 that both have, as far as they go. */
export function deltaOf(base: Buffer, result: Buffer): Buffer {
  const places = new Map<string, number>()
  for (let at = 0; at + block <= base.length; at += block)
    places.set(base.toString('latin1', at, at + block), at)
  const parts: Buffer[] = [sizeOf(base.length), sizeOf(result.length)]
  let unwritten = 0
  let at = 0
  while (at < result.length) {
    const place =
      at + block <= result.length ? places.get(result.toString('latin1', at, at + block)) : undefined
    if (place === undefined) {
      at += 1
      continue
    }
    let [from, start, length] = [place, at, block]
    while (from > 0 && start > unwritten && base[from - 1] === result[start - 1]) {
      from -= 1
      start -= 1
      length += 1
    }
    while (length < 0xffff && from + length < base.length && base[from + length] === result[start + length])
      length += 1
    parts.push(...inserted(result.subarray(unwritten, start)), copied(from, length))
    at = start + length
    unwritten = at
  }
  parts.push(...inserted(result.subarray(unwritten)))
  return Buffer.concat(parts)
}

function sizeOf(size: number): Buffer {
  const bytes: number[] = []
  for (; size >= 128; size = Math.floor(size / 128)) bytes.push((size & 127) | 128)
  return Buffer.from([...bytes, size])
}

function inserted(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += 127) {
    const part = bytes.subarray(at, at + 127)
    parts.push(Buffer.from([part.length]), part)
  }
  return parts
}

function copied(offset: number, length: number): Buffer {
  const fields = [
    offset & 255,
    (offset >> 8) & 255,
    (offset >> 16) & 255,
    0,
    length & 255,
    (length >> 8) & 255,
  ]
  let code = 128
  const bytes = fields.filter((byte, i) => {
    if (byte !== 0) code |= 1 << i
    return byte !== 0
  })
  return Buffer.from([code, ...bytes])
}

/** Carries out a delta with our own reader; gives the result and what it takes to be new. */
export function changeBy(base: Buffer, delta: Buffer): { result: Buffer; change: Change | null } {
  const head: DeltaHead = { baseSize: 0, resultSize: 0, next: 0 }
  readDeltaHead(delta, 0, head)
  const memory = Buffer.concat([base], base.length + head.resultSize)
  const changes: Changes = { parts: new Int32Array(4096), length: 0 }
  const [from, to] = [
    { at: 0, size: base.length },
    { at: base.length, size: head.resultSize },
  ]
  applyDelta(delta, head.next, delta.length, memory, from, to, changes)
  const parts = changes.parts.slice(0, Math.max(0, changes.length))
  return {
    result: memory.subarray(base.length),
    change: changes.length === -1 ? null : { base: { clean: true }, parts },
  }
}

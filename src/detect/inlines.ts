import { letters, membersOf } from './alphabet.ts'
import { type Layer, readDecoded } from './layer.ts'
import type { Meaning } from './needles.ts'
import { createRewritten, put, rewriteAround } from './rewrite.ts'
import type { Inline } from './types.ts'
import type { Work } from './work.ts'
import { inlines } from './wrappings/index.ts'
import { endMargin, quiet, rightReach } from './wrappings/reach.ts'

/** Places of the inline wrappings in the order of readings: behind the carriers. */
export const firstInline = 16
export const inlineList: readonly Inline[] = Object.values(inlines)

/** Place in `Layer.covered`, behind the readings of all carriers. */
export function slotOf(rank: number): number {
  return 128 + rank
}

/** For each byte the wrappings whose escapes begin with it, one bit each. */
const wantedAt = new Uint16Array(256)
inlineList.forEach(({ isTrigger }, index) => {
  isTrigger.forEach((is, byte) => {
    if (is === 1) wantedAt[byte] = (wantedAt[byte] as number) | (1 << index)
  })
})

/** How far before an anchor the prefix may have been escaped or broken. */
const before: Record<Meaning, number> = {
  plain: 0,
  text: 64,
  escape: 12,
  break: 8,
  carrier: 160,
  embedded: 0,
}
const runBytes = membersOf(`${letters}0123456789-+/_`)
/** A run of characters, at whose end an escape may stand. */
const longestRun = 160

/**
 * Rewrites the text around an anchor in every way that something nearby calls for, and searches what comes of it.
 * False when more bytes are needed.
 */
export function readInlines(layer: Layer, at: number, meaning: Meaning, work: Work): boolean {
  const { bytes } = layer
  const from = Math.max(0, at - before[meaning])
  const end = runEndAt(bytes, at)
  if (meaning === 'escape' && !isEscaped(bytes, from, at)) return true
  const wanted = meaning === 'carrier' ? wantedAround(bytes, from, at, end) : wantedFrom(bytes, from, end)
  if (wanted === 0) return layer.final || end + 3 <= bytes.length
  if (meaning === 'break' && !isBroken(bytes, at + 1, wanted))
    return layer.final || at + quiet <= bytes.length
  if (layer.isSame?.(from, Math.min(bytes.length, end + 3)) === true) return true
  return rewriteWith(layer, at, wanted, work)
}

/** `wanted`: one bit for each wrapping of the list. */
export function rewriteWith(layer: Layer, at: number, wanted: number, work: Work): boolean {
  const { bytes, unit, covered } = layer
  const waiting = !layer.final && bytes.length - at < rightReach
  const asked = inlineList
    .map((inline, index) => ({ inline, rank: firstInline + index }))
    .filter(
      ({ rank }) =>
        (wanted & (1 << (rank - firstInline))) !== 0 && unit.base + at >= (covered[slotOf(rank)] ?? 0),
    )
  if (waiting && asked.some(({ inline }) => at + quiet + (inline.longest ?? 64) > bytes.length)) return false
  const out = work.scratchAt(layer.encodings.length)
  const done: { readonly rank: number; readonly covered: number }[] = []
  for (const { inline, rank } of asked) {
    const rewriting = rewriteAround(inline, bytes, at, out)
    if (!work.unfold(rewriting.bytes.length)) return true
    if (waiting && (rewriting.until ?? 0) > bytes.length - endMargin) return false
    done.push({ rank, covered: unit.base + rewriting.covered })
    if (rewriting.isChanged) readDecoded(layer, rewriting, rank * 16, work)
  }
  for (const { rank, covered: until } of done) covered[slotOf(rank)] = until
  return true
}

function wantedFrom(bytes: Uint8Array, from: number, end: number): number {
  let wanted = 0
  const to = Math.min(bytes.length, end + 3)
  for (let i = from; i < to; i++) wanted |= wantedAt[bytes[i] as number] as number
  return wanted
}

/** Of a carrier only the ends of its run tell: `=` and the like belong to it. */
function wantedAround(bytes: Uint8Array, from: number, at: number, end: number): number {
  let start = at
  while (start > from && runBytes[bytes[start - 1] as number] === 1) start--
  return wantedFrom(bytes, Math.max(0, start - 4), start) | wantedFrom(bytes, end, end)
}

/** A break counts only when the next letter of the prefix follows it, or what may be its escape. */
function isBroken(bytes: Uint8Array, at: number, wanted: number): boolean {
  return inlineList.some((inline, index) => {
    if ((wanted & (1 << index)) === 0 || inline.isTrigger[bytes[at] as number] === 0) return false
    trial.length = 0
    put(trial, 0x6c, at - 1, at)
    const length = inline.step(bytes, at, trial)
    const next = bytes[at + length]
    return length > 0 && next !== undefined && (next === 0x78 || wantedAt[next] !== 0)
  })
}

const trial = createRewritten(256)

/** A number is an escape only when something before it says so. */
function isEscaped(bytes: Uint8Array, from: number, at: number): boolean {
  for (let i = at - 1; i >= from; i--) {
    const byte = bytes[i]
    if (byte === 0x25 || byte === 0x5c || byte === 0x26 || byte === 0x3d) return true
  }
  return false
}

function runEndAt(bytes: Uint8Array, at: number): number {
  const ceiling = Math.min(bytes.length, at + longestRun)
  let end = at
  while (end < ceiling && runBytes[bytes[end] as number] === 1) end++
  return end
}

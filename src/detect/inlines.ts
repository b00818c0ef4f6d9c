import { letters, membersOf } from './alphabet.ts'
import { type Layer, readDecoded } from './layer.ts'
import {
  breaksIn,
  inlineList,
  isEscaped,
  leadsFrom,
  leadsOn,
  leadsTo,
  mayFollowP,
  MORE,
  wantedAt,
} from './leads.ts'
import type { Needle } from './needles.ts'
import { rewriteAround } from './rewrite.ts'
import type { Inline } from './types.ts'
import type { Work } from './work.ts'
import { endMargin, quiet, rightReach } from './wrappings/reach.ts'

/** Places of the inline wrappings in the order of readings: behind the carriers. */
const firstInline = 16

/** Place in `Coverage` of an inline wrapping, behind the readings of all carriers. */
export function inlineSlot(index: number): number {
  return 80 + index
}

/** How far before an anchor the prefix may have been escaped or broken. */
const leftContext = 64
/** How far behind it a break is looked for, which may stand within an escape. */
export const rightContext = 160
const runBytes = membersOf(`${letters}0123456789-+/_`)
/** A run of characters, at whose end an escape may stand. */
const longestRun = 160
/** A break before a run is not looked for farther away. */
const longestBreak = 40

/** Rewrites around letters of the prefix of which one is escaped, or which something stands between. */
export function readText(layer: Layer, from: number, needle: Needle, work: Work): boolean {
  const { bytes, final } = layer
  const { lead, skip, expected } = needle
  const at = from + lead
  if (bytes[at] === 0x6c && !mayFollowP(bytes, at)) return true
  const left = Math.max(0, at - leftContext)
  const end = runEndAt(bytes, at + skip)
  if (!final && end + 3 > bytes.length) return false
  const wanted = wantedFrom(bytes, left, end + 3)
  if (isSeen(layer, at, wanted)) return true
  const leads = skip === 0 ? isEscaped(bytes, at) : leadsTo(bytes, at + skip, final, expected)
  if (leads !== true) return leads !== MORE
  return rewrite(layer, at, left, end, wanted | breaksIn(bytes, end, end + rightContext), work)
}

/** Rewrites around a token or a run of a carrier's characters that may go on where it seems to end. */
export function readRunEnd(layer: Layer, at: number, work: Work, anchor = at): boolean {
  const { bytes, final } = layer
  const end = anchor === at ? runEndAt(bytes, at) : afterSeparators(bytes, at)
  const wanted = wantedFrom(bytes, end, end + 3)
  if (end + 3 <= bytes.length && isSeen(layer, at, wanted)) return true
  const leads = anchor === at ? leadsOn(bytes, end, final) : leadsOn(bytes, end, final, listMembers)
  if (leads !== true) return leads !== MORE
  return rewrite(layer, anchor, at, end, wanted, work)
}

/** Behind the comma or colon after a list's last number. */
function afterSeparators(bytes: Uint8Array, at: number): number {
  let end = at
  while (end - at < 3 && separators[bytes[end] ?? 0] === 1) end++
  return end
}

const separators = membersOf(',:;- ')
const listMembers = membersOf(`${letters}0123456789,:;- `)

/** Whether all that is wanted has been undone here before, or there is nothing to undo. */
function isSeen({ unit, coverage }: Layer, at: number, wanted: number): boolean {
  for (let left = wanted; left !== 0; left &= left - 1) {
    if (!coverage.has(inlineSlot(31 - Math.clz32(left & -left)), unit.base + at)) return false
  }
  return true
}

/** The same for a run that may have begun before a break. */
export function readRunStart(layer: Layer, at: number, work: Work): boolean {
  const { bytes } = layer
  let start = at
  while (start > 0 && at - start < longestRun && runBytes[bytes[start - 1] as number] === 1) start--
  for (let from = start - 1; from > Math.max(0, start - longestBreak); from--) {
    const wanted = wantedAt[bytes[from] as number] as number
    if (wanted === 0 || runBytes[bytes[from - 1] as number] === 0) continue
    if (leadsFrom(bytes, from, start)) return rewrite(layer, at, from - 1, at, wanted, work)
  }
  return true
}

function rewrite(layer: Layer, at: number, from: number, end: number, wanted: number, work: Work): boolean {
  if (wanted === 0) return true
  if (layer.isSame?.(from, Math.min(layer.bytes.length, end + 3)) === true) return true
  return rewriteWith(layer, at, wanted, work)
}

/** Rewrites the text around an anchor in every way that is `wanted`, one bit each, and searches what comes of it. */
export function rewriteWith(layer: Layer, at: number, wanted: number, work: Work): boolean {
  const { bytes, unit, coverage } = layer
  const waiting = !layer.final && bytes.length - at < rightReach
  const out = work.scratchAt(layer.encodings.length)
  for (let index = 0; index < inlineList.length; index++) {
    const slot = inlineSlot(index)
    if ((wanted & (1 << index)) === 0 || coverage.has(slot, unit.base + at)) continue
    const inline = inlineList[index] as Inline
    if (inline.isBreak === true && index <= layer.lastBreak) continue
    if (inline.isWeak === true && layer.isWeak) continue
    if (waiting && at + quiet + (inline.longest ?? 64) > bytes.length) return false
    if (!work.mayUnfold(layer.encodings.length)) return true
    const rewriting = rewriteAround(inline, bytes, at, out)
    work.unfolded(rewriting.bytes.length, layer.encodings.length)
    if (waiting && (rewriting.until ?? 0) > bytes.length - endMargin) return false
    const lastBreak = inline.isBreak === true ? index : -1
    if (rewriting.isChanged) readDecoded(layer, rewriting, (firstInline + index) * 16, work, lastBreak)
    coverage.add(slot, unit.base + rewriting.coveredFrom, unit.base + rewriting.coveredTo)
  }
  return true
}

function wantedFrom(bytes: Uint8Array, from: number, to: number): number {
  let wanted = 0
  for (let i = from; i < Math.min(bytes.length, to); i++) wanted |= wantedAt[bytes[i] as number] as number
  return wanted
}

function runEndAt(bytes: Uint8Array, at: number): number {
  const ceiling = Math.min(bytes.length, at + longestRun)
  let end = at
  while (end < ceiling && runBytes[bytes[end] as number] === 1) end++
  return end
}

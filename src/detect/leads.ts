import { addFlag, hexValue, isLetter, letters, membersOf } from './alphabet.ts'
import { clear, createRewritten, put } from './rewrite.ts'
import type { Inline } from './types.ts'
import { inlines } from './wrappings/index.ts'

export const inlineList: readonly Inline[] = Object.values(inlines)

/** For each byte the wrappings whose escapes begin with it, one bit each. */
export const wantedAt = new Uint16Array(256)
inlineList.forEach(({ isTrigger }, index) => {
  addFlag(wantedAt, isTrigger, 1 << index)
})

/** Nothing follows, or something else does. */
const NOTHING = -1
/** The bytes end before it can be told. */
export const MORE = -2
/** Breaks one behind the other, such as a colour within two quotes. */
const mostTurns = 16
const trial = createRewritten(8192)

/** Whether what follows at `at`, escapes and breaks undone, is `expected` or the beginning of another escape. */
export function leadsTo(
  bytes: Uint8Array,
  at: number,
  final: boolean,
  expected: number,
): boolean | typeof MORE {
  const next = nextByte(bytes, at, final)
  if (next === MORE) return MORE
  return next === expected || (next >= 0 && wantedAt[next] !== 0)
}

const runMembers = membersOf(`${letters}0123456789+/`)

/** Whether a run of `members` that ends at `at` goes on behind an escape or a break. */
export function leadsOn(
  bytes: Uint8Array,
  at: number,
  final: boolean,
  members = runMembers,
): boolean | typeof MORE {
  if (at >= bytes.length) return final ? false : MORE
  if (wantedAt[bytes[at] as number] === 0) return false
  const next = nextByte(bytes, at, final)
  if (next === MORE) return MORE
  return next >= 0 && (members[next] === 1 || wantedAt[next] !== 0)
}

/** Whether an escape or a break goes from one place just to the other. */
export function leadsFrom(bytes: Uint8Array, from: number, to: number): boolean {
  let at = from
  for (let turn = 0; turn < mostTurns && at < to; turn++) {
    const wanted = wantedAt[bytes[at] as number] as number
    const length = wanted === 0 ? 0 : stepWith(bytes, at, wanted)
    if (length === 0) return false
    at += length
  }
  return at === to
}

/** Which wrappings break the text between two places, one bit each, without standing for anything. */
export function breaksIn(bytes: Uint8Array, from: number, to: number): number {
  let found = 0
  for (let at = from; at < Math.min(bytes.length, to); at++) {
    const wanted = (wantedAt[bytes[at] as number] as number) & ~found
    if (wanted === 0) continue
    for (let index = 0; index < inlineList.length; index++) {
      if ((wanted & (1 << index)) === 0) continue
      if (stepWith(bytes, at, 1 << index) > 0 && trial.length === 1) found |= 1 << index
    }
  }
  return found
}

/** The next byte of the text, when escapes are read and breaks are passed over. */
function nextByte(bytes: Uint8Array, from: number, final: boolean): number {
  let at = from
  for (let turn = 0; turn < mostTurns; turn++) {
    const byte = bytes[at]
    if (byte === undefined) return final ? NOTHING : MORE
    const wanted = wantedAt[byte] as number
    if (wanted === 0) return byte
    const length = stepWith(bytes, at, wanted)
    if (length === 0) return !final && at + trialReach(wanted) > bytes.length ? MORE : NOTHING
    if (trial.length > 1) return trial.bytes[1] as number
    at += length
  }
  return NOTHING
}

/** The first wrapping that reads something here; what it stands for is in `trial`, behind a letter. */
function stepWith(bytes: Uint8Array, at: number, wanted: number): number {
  for (let index = 0; index < inlineList.length; index++) {
    if ((wanted & (1 << index)) === 0) continue
    clear(trial)
    put(trial, 0x6c, at - 1, at)
    const length = (inlineList[index] as Inline).step(bytes, at, trial)
    if (length > 0) return length
  }
  return 0
}

function trialReach(wanted: number): number {
  let reach = 0
  for (let index = 0; index < inlineList.length; index++) {
    if ((wanted & (1 << index)) !== 0) reach = Math.max(reach, inlineList[index]?.longest ?? 64)
  }
  return reach
}

/** Longest way from the beginning of an escape to the number in it. */
const toNumber = 10

/** Whether the number at `at` belongs to an escape that stands for `l`, or to the escape of an escape. */
export function isEscaped(bytes: Uint8Array, at: number): boolean {
  for (let from = at - 1; from >= Math.max(0, at - toNumber); from--) {
    const byte = bytes[from]
    if (byte === undefined || !isEscape(byte)) continue
    const length = stepWith(bytes, from, wantedAt[byte] as number)
    if (length === 0) continue
    const meant = trial.length > 1 ? (trial.bytes[1] as number) : 0
    if (from + length > at ? meant === 0x6c : wantedAt[meant] !== 0) return true
  }
  return false
}

/** Whether the letter at `at` may stand behind the second `p` of the prefix, as it is or escaped, or behind a break. */
export function mayFollowP(bytes: Uint8Array, at: number): boolean {
  if (at === 0) return true
  const byte = bytes[at - 1] as number
  if (byte === 0x70 || byte >= 0x80) return true
  if (!isLetter(byte)) return true
  // The last digit of an escape, or the last letter of a terminal's control sequence.
  if (hexValue(byte) >= 0) {
    for (let i = at - 2; i >= Math.max(0, at - 6); i--) if (isEscape(bytes[i] as number)) return true
  }
  for (let i = at - 2; i >= Math.max(0, at - 32); i--) if (bytes[i] === 0x1b || bytes[i] === 0x9b) return true
  return false
}

function isEscape(byte: number): boolean {
  return byte === 0x25 || byte === 0x5c || byte === 0x26 || byte === 0x3d
}

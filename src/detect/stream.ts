import { type Candidate, overlaps, settle } from './candidate.ts'
import { createCoverage } from './coverage.ts'
import { readLayer } from './layer.ts'
import { characterStart } from './lines.ts'
import { placeHits, wanted } from './place-hits.ts'
import { createPosition, type Position, textKindOf } from './position.ts'
import type { ReadOptions } from './token.ts'
import type { Hit, Scanner, TextKind } from './types.ts'
import { createWork, type Pool } from './work.ts'
import { leftReach, rightReach } from './wrappings/reach.ts'

/** Bytes searched at once. */
const block = 262_144
/** What may have to stay: an anchor that waits, what lies before it, and a candidate that waits for it. */
const carry = 2 * rightReach + leftReach + 65_536
/** Small pieces are gathered to this while an anchor waits, so that they are not searched again at every byte. */
const smallest = 4096
/** An anchor may stand this far inside of its token, as it is written. */
const inside = 1152

const none: readonly Hit[] = Object.freeze([])

/** Scans a unit in pieces. Keeps at most `carry` bytes before what is being searched. */
export function createScanner(options: ReadOptions, pool: Pool): Scanner {
  let buffer = new Uint8Array(smallest)
  const work = createWork(options, pool)
  const { candidates } = work
  /** Handed out already: what is found later and overlaps one of these is another reading of it. */
  let told: Candidate[] = []
  const coverage = createCoverage()
  /** Unit's offset of the buffer's first byte. */
  let base = 0
  let filled = 0
  /** Within the buffer: everything before has been decided. */
  let decided = 0
  let unread = 0
  let position: Position | null = null
  let text: TextKind | null = null

  function push(chunk: Uint8Array): readonly Hit[] {
    let hits: readonly Hit[] = none
    for (let from = 0; from < chunk.length; ) {
      const size = Math.min(chunk.length - from, block - unread, block + carry - filled)
      if (filled + size > buffer.length) buffer = grown(buffer, filled, filled + size)
      buffer.set(chunk.subarray(from, from + size), filled)
      filled += size
      unread += size
      from += size
      if (unread >= Math.min(smallest, (filled - decided) >> 3)) hits = joined(hits, search(false))
    }
    return hits
  }

  function search(final: boolean): readonly Hit[] {
    const bytes = buffer.subarray(0, filled)
    if (text === null) {
      if (filled < 4 && !final) return none
      text = textKindOf(bytes)
    }
    decided = readLayer(layer(bytes, final, text), decided, work)
    unread = 0
    const until = final ? Number.POSITIVE_INFINITY : base + decided
    const settled = candidates.length === 0 ? [] : wanted(settleUntil(until), options)
    const first = settled[0] ?? null
    if (first !== null) position ??= createPosition(bytes, first)
    const hits = first === null || position === null ? none : placeHits(settled, bytes, base, position)
    retire(bytes)
    return hits
  }

  /** A plain token is what it is as soon as it is read; of a wrapped one a better reading may begin further on. */
  function settleUntil(until: number): readonly Candidate[] {
    told = told.filter((candidate) => candidate.end > until - 4 * inside)
    const fresh = candidates.filter((candidate) => !told.some((other) => overlaps(candidate, other)))
    candidates.splice(0, candidates.length, ...fresh)
    const settled = settle(candidates, until, inside)
    told.push(...settled)
    return settled
  }

  function layer(bytes: Uint8Array, final: boolean, text: TextKind) {
    const unit = { base, text }
    const start = (index: number) => base + index
    const end = (index: number) => base + index + 1
    return {
      bytes,
      unit,
      final,
      encodings: [],
      start,
      end,
      order: 0,
      coverage,
      isWeak: false,
      isJoined: false,
      lastBreak: -1,
    }
  }

  /** Lets go of what no waiting anchor or candidate needs; its lines are counted first. */
  function retire(bytes: Uint8Array): void {
    const first = candidates.reduce((least, candidate) => Math.min(least, candidate.start - base), decided)
    const target = characterStart(bytes, Math.max(0, first - leftReach))
    if (target === 0) return
    // Nothing has been let go of before: the bytes begin where the unit does.
    position ??= createPosition(bytes, null)
    position.advance(bytes, base, base + target)
    const keep = Math.min(target, position.offset - base)
    if (keep === 0) return
    buffer.copyWithin(0, keep, filled)
    base += keep
    filled -= keep
    decided -= keep
  }

  return { push, end: () => search(true) }
}

/** Most units are small: memory for the largest is there only when one comes. */
function grown(buffer: Uint8Array, filled: number, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(block + carry, Math.max(needed, 4 * buffer.length)))
  larger.set(buffer.subarray(0, filled))
  return larger
}

function joined(a: readonly Hit[], b: readonly Hit[]): readonly Hit[] {
  return a.length === 0 ? b : b.length === 0 ? a : [...a, ...b]
}

import { fewSaves } from './few.ts'
import type { Limits } from './limits.ts'
import { runsOf, savedAt } from './run.ts'
import type { Text } from './text.ts'
import { caseOf, lettersOf, wordBits, wordsAt } from './written.ts'

/** Of what a text may be made. */
export type Kind = 'chance' | 'written' | 'repeat' | 'sequence' | 'keyboard' | 'few'

/** The shortest way to say what a text is. */
export interface Description {
  /** Bits that chance takes for a text of this alphabet and length. */
  readonly bits: number
  /** Bits by which the description is shorter. */
  readonly saved: number
  /** Characters that each kind describes. */
  readonly covered: Readonly<Record<Kind, number>>
}

/** Bits that tell one of the five kinds that take turns in a text; `few` is said of a text as a whole. */
const turnBits = Math.log2(5)
const nothing: Readonly<Record<Kind, number>> = {
  chance: 0,
  written: 0,
  repeat: 0,
  sequence: 0,
  keyboard: 0,
  few: 0,
}

/**
 * Describes a text as a row of stretches: left to chance, written, repeated, or going on in a sequence or along a
 * keyboard. The descriptions are a code that obeys Kraft's inequality, so at most one in 2^b of all texts of an
 * alphabet saves b bits, whatever the tables say: bad ones would keep placeholders, but cost no more keys.
 */
export function describe(text: Text, limits: Limits): Description {
  const bits = text.length * text.chance
  const stretches = bestStretches(text, limits)
  const few = fewSaves(text) + Math.log2(limits.few)
  const saved = stretches.saved + Math.log2(1 - limits.few)
  // The plainer of two reasons.
  if (few >= limits.bits || few > saved)
    return { bits, saved: few, covered: { ...nothing, few: text.length } }
  return { bits, saved, covered: coverOf(stretches, text) }
}

interface Stretches {
  readonly saved: number
  /** Kind and start of the best last stretch, by where it ends. */
  readonly kinds: readonly Kind[]
  readonly starts: Uint8Array
  /** Length of the last word or letter of written text, by where it ends. */
  readonly steps: Uint8Array
  /** Bits of each character as a letter of written text. */
  readonly letters: Float64Array
}

/** Viterbi's algorithm: of all rows of stretches the one that saves most. */
function bestStretches(text: Text, limits: Limits): Stretches {
  const { length, chance } = text
  const stay = Math.log2(1 - limits.change)
  const change = Math.log2(limits.change)
  const letter = Math.log2(1 - limits.word) + chance
  const word = Math.log2(limits.word) - wordBits
  const letters = lettersOf(text)
  const best = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY)
  const bestKinds: Kind[] = []
  const starts = new Uint8Array(length + 1)
  const runs = runsOf(text).map((run) => ({ run, saved: Number.NEGATIVE_INFINITY, start: 0 }))
  const written = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY)
  const writtenStarts = new Uint8Array(length + 1)
  const steps = new Uint8Array(length + 1)
  let left = Number.NEGATIVE_INFINITY
  let leftStart = 0
  best[0] = 0

  for (let i = 0; i < length; i++) {
    const fresh = (best[i] as number) - turnBits + (i === 0 ? 0 : change)
    if (fresh > left + stay) leftStart = i
    left = Math.max(fresh, left + stay)
    reach(i + 1, left, 'chance', leftStart)
    for (const state of runs) {
      if (i < state.run.start || i >= state.run.end) continue
      if (fresh - state.run.choice > state.saved + stay) {
        state.saved = fresh - state.run.choice
        state.start = i
      } else state.saved += stay
      state.saved += savedAt(state.run, text, i)
      reach(i + 1, state.saved, state.run.kind, state.start)
    }
    const start = fresh > (written[i] as number) + stay ? i : (writtenStarts[i] as number)
    const before = Math.max(fresh, (written[i] as number) + stay)
    write(i + 1, before + letter - (letters[i] as number), start, 1)
    for (const size of wordsAt(text, i)) {
      let saved = word + size * chance
      for (let k = i; k < i + size; k++) saved -= caseOf(text, k)
      write(i + size, before + saved, start, size)
    }
  }
  return { saved: best[length] as number, kinds: bestKinds, starts, steps, letters }

  function reach(end: number, saved: number, kind: Kind, start: number): void {
    if (saved <= (best[end] as number)) return
    best[end] = saved
    bestKinds[end] = kind
    starts[end] = start
  }

  function write(end: number, saved: number, start: number, step: number): void {
    if (saved <= (written[end] as number)) return
    written[end] = saved
    writtenStarts[end] = start
    steps[end] = step
    reach(end, saved, 'written', start)
  }
}

/** Of written text only whole words and the letters count that are likelier there than by chance. */
function coverOf(stretches: Stretches, text: Text): Readonly<Record<Kind, number>> {
  const { kinds, starts, steps, letters } = stretches
  const covered = { ...nothing }
  for (let end = text.length; end > 0; end = starts[end] as number) {
    const start = starts[end] as number
    if (kinds[end] !== 'written') {
      covered[kinds[end] as Kind] += end - start
      continue
    }
    for (let at = end; at > start; at -= steps[at] as number) {
      const step = steps[at] as number
      const likely = step > 1 || (letters[at - 1] as number) < text.chance
      covered[likely ? 'written' : 'chance'] += step
    }
  }
  return covered
}

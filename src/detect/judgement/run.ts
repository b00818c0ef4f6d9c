import { keyways, sequels, ways } from './sequence.ts'
import { firstDigit, type Text } from './text.ts'

/** A stretch in which every character is foretold by those before it. */
export interface Run {
  readonly kind: 'repeat' | 'sequence' | 'keyboard'
  /** Every character is foretold by the one so many places before. */
  readonly distance: number
  readonly start: number
  readonly end: number
  /** Bits that tell it from other runs of its kind that could begin at the same place. */
  readonly choice: number
}

/** Shorter ones never pay. */
const shortest = 3
/** Lanes that a walk along the keyboard may be woven of: `q1w2e3` has two. */
const keyLanes = 2
const keyChoice = Math.log2(keyways * keyLanes)

/** Every run of a text, as long as it lasts. */
export function runsOf(text: Text): readonly Run[] {
  const runs: Run[] = []
  for (let distance = 1; distance < text.length; distance++) repeats(text, distance, runs)
  for (let lanes = 1; 2 * lanes < text.length; lanes++) sequences(text, lanes, runs)
  for (let lanes = 1; lanes <= keyLanes; lanes++) keyboards(text, lanes, runs)
  return runs
}

function repeats({ length, characters }: Text, distance: number, runs: Run[]): void {
  let start = distance
  for (let i = distance; i <= length; i++) {
    if (i < length && characters[i] === characters[i - distance]) continue
    if (i - start >= shortest)
      runs.push({ kind: 'repeat', distance, start, end: i, choice: Math.log2(length) })
    start = i + 1
  }
}

function sequences({ length, symbols }: Text, lanes: number, runs: Run[]): void {
  const sequel = sequels()
  let start = 2 * lanes
  for (let i = start; i <= length; i++) {
    const step = (symbols[i - 2 * lanes] as number) * 36 + (symbols[i - lanes] as number)
    if (i < length && symbols[i] === sequel[step]) continue
    if (i - start >= shortest)
      runs.push({ kind: 'sequence', distance: lanes, start, end: i, choice: Math.log2(length / 2) })
    start = i + 1
  }
}

function keyboards({ length, symbols }: Text, lanes: number, runs: Run[]): void {
  const nextTo = ways()
  let start = lanes
  let along = 0xffff
  for (let i = lanes; i <= length; i++) {
    const here =
      i < length ? (nextTo[(symbols[i - lanes] as number) * 36 + (symbols[i] as number)] as number) : 0
    if ((along & here) !== 0) {
      along &= here
      continue
    }
    if (i - start >= shortest)
      runs.push({ kind: 'keyboard', distance: lanes, start, end: i, choice: keyChoice })
    start = here === 0 ? i + 1 : i
    along = here === 0 ? 0xffff : here
  }
}

/** Bits that a run saves on the character at `i`: all, but in a sequence those of its case. */
export function savedAt(run: Run, text: Text, i: number): number {
  const cased = run.kind !== 'repeat' && text.bothCases && (text.symbols[i] as number) < firstDigit
  return cased ? text.chance - 1 : text.chance
}

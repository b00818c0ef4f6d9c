import { rule } from '../rule.ts'
import { firstDigit, type Text, textOf } from './text.ts'
import { caseBits, followers, groupBits, pairBits } from './table.ts'

/** Letters, and one symbol for every digit and for what stands before the text. */
const size = 27
const levels = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** Bits between two levels of the table. */
const step = 0.2
const followed = (groupBits[0]?.length ?? 1) - 1

/** Bits of a symbol after two others in written text, by `(a * size + b) * size + c`; filled when first needed. */
let table: Float32Array | null = null

/** Bits that each character of the text takes as a letter of written text. */
export function lettersOf(text: Text): Float64Array {
  table ??= expand()
  const bits = new Float64Array(text.length)
  let before = size - 1
  let last = size - 1
  for (let i = 0; i < text.length; i++) {
    const next = Math.min(text.symbols[i] as number, size - 1)
    bits[i] = (table[(before * size + last) * size + next] as number) + caseOf(text, i)
    before = last
    last = next
  }
  return bits
}

/** Bits of the case of the character at `i` in written text. */
export function caseOf(text: Text, i: number): number {
  if (!text.bothCases || (text.symbols[i] as number) >= firstDigit) return 0
  const after = i === 0 || (text.symbols[i - 1] as number) >= firstDigit ? 2 : (text.upper[i - 1] as number)
  return (caseBits[after] as readonly number[])[text.upper[i] as number] as number
}

const shortestWord = 4

const words = rule.words.filter((word) => word.length >= shortestWord)
/** Bits that tell one word of the list from the others. */
export const wordBits = Math.log2(words.length)
/** Words by their first two symbols; filled when first needed. */
let byStart: ReadonlyMap<number, readonly Uint8Array[]> | null = null

/** Lengths of the words of the rule's list that stand at `i`. */
export function wordsAt(text: Text, i: number): readonly number[] {
  byStart ??= wordsByStart()
  const candidates = i + 1 < text.length ? byStart.get(startOf(text.symbols, i)) : undefined
  if (candidates === undefined) return []
  return candidates
    .filter((word) => word.every((symbol, k) => text.symbols[i + k] === symbol))
    .map((word) => word.length)
}

function wordsByStart(): Map<number, Uint8Array[]> {
  const found = new Map<number, Uint8Array[]>()
  for (const word of words) {
    const { symbols } = textOf(word)
    const start = startOf(symbols, 0)
    found.set(start, [...(found.get(start) ?? []), symbols])
  }
  return found
}

function startOf(symbols: ArrayLike<number>, i: number): number {
  return (symbols[i] as number) * 64 + (symbols[i + 1] as number)
}

/**
 * The likeliest followers of every two symbols cost what their rank costs in their group, all others what they cost
 * after the last symbol alone.
 */
function expand(): Float32Array {
  const bits = new Float32Array(size * size * size)
  for (let context = 0; context < size * size; context++) {
    const entry = followers.slice(context * (followed + 1), (context + 1) * (followed + 1))
    const group = groupBits[Number(entry[0])] as readonly number[]
    const listed = [...textOf(entry.slice(1)).symbols]
    const pairs = Array.from({ length: size }, (_, c) => pair(context % size, c))
    const rest = 1 - listed.reduce((sum, c) => sum + 2 ** -(pairs[c] as number), 0)
    for (let c = 0; c < size; c++) {
      const rank = listed.indexOf(c)
      const cost =
        rank < 0 ? (group[followed] as number) + (pairs[c] as number) + Math.log2(rest) : group[rank]
      bits[context * size + c] = (cost as number) + (c === size - 1 ? Math.log2(10) : 0)
    }
  }
  return bits
}

function pair(last: number, next: number): number {
  return levels.indexOf(pairBits[last * size + next] as string) * step
}

import { describe } from '../../../src/detect/judgement/description.ts'
import { limits } from '../../../src/detect/judgement/limits.ts'
import { textOf } from '../../../src/detect/judgement/text.ts'
import { heldOutParts } from './corpus.ts'
import { type Alphabet, alphabets, generator, randomBody } from './random.ts'

export interface Margin {
  readonly name: string
  readonly length: number
  readonly count: number
  /** Bits that the description saves where enough of the text is made: the most of random text, the lowest hundredth of written. */
  readonly saved: number
}

/** What random bodies come to: all of them must stay below the limit. */
export function randomMargins(count: number, length: number): readonly Margin[] {
  return (Object.keys(alphabets) as Alphabet[]).map((name, seed) => {
    const next = generator(seed)
    let saved = 0
    for (let i = 0; i < count; i++) saved = Math.max(saved, savedIn(randomBody(name, length, next)))
    return { name, length, count, saved }
  })
}

/** What written text comes to that nothing was derived from: it must reach the limit. */
export function writtenMargins(length: number): readonly Margin[] {
  const pieces = heldOutParts().flatMap(({ runs }) => piecesOf(runs, length))
  const saved = pieces.map(savedIn).sort((a, b) => a - b)
  const at = Math.floor(saved.length / 100)
  return [{ name: 'written', length, count: pieces.length, saved: saved[at] ?? 0 }]
}

/** Pieces of one length of texts. */
export function piecesOf(runs: readonly string[], length: number): readonly string[] {
  return runs.flatMap((run) =>
    Array.from({ length: Math.floor(run.length / length) }, (_, i) =>
      run.slice(i * length, (i + 1) * length),
    ),
  )
}

function savedIn(body: string): number {
  const { saved, covered } = describe(textOf(body), limits)
  return body.length - covered.chance < limits.share * body.length ? 0 : saved
}

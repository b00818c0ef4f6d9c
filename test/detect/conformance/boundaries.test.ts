import { describe, expect, it } from 'vitest'
import { createDetector, type Hit } from '../../../src/detect/index.ts'
import { secretOf } from '../../../src/secret/index.ts'
import { inPieces, kinds, randomOf, shortened, tokenOf, unitAround } from './cells.ts'
import { rows } from './encoders/index.ts'

const detector = createDetector()

/** The surroundings are short: a row of a thousand bytes is scanned two thousand times. */
const inside = ['k=', ';'] as const
const outside = ['é\n', '\n\n'] as const

describe('a unit cut at every byte gives what the whole gives', () => {
  it.each(rows.map((row, index) => [row.id, row, index] as const))('%s', (_, row, index) => {
    const random = randomOf(row.id)
    const token = tokenOf(kinds[index % 3] ?? 'mixed', random)
    const unit = unitAround({ rows: [row], token, random }, inside, outside)?.bytes ?? Buffer.alloc(0)
    const whole = detector.scan(unit)
    const failures: string[] = []
    if (!whole.some((hit) => hit.secret.fingerprint === secretOf(token).fingerprint)) {
      failures.push('whole: not found')
    }
    const expected = facts(whole)
    const compare = (name: string, hits: readonly Hit[]) => {
      const seen = facts(hits)
      if (seen !== expected) failures.push(`${name}: ${seen}, not ${expected}`)
    }
    for (let cut = 1; cut < unit.length; cut++) {
      compare(`cut at ${cut}`, inPieces(detector, [unit.subarray(0, cut), unit.subarray(cut)]))
    }
    compare(
      'byte by byte',
      inPieces(
        detector,
        Array.from({ length: unit.length }, (_, at) => unit.subarray(at, at + 1)),
      ),
    )
    expect(shortened(failures, 6)).toEqual([])
  })
})

function facts(hits: readonly Hit[]): string {
  const fact = ({ secret, confidence, encodings, byteOffset, byteLength, line, column }: Hit) =>
    `${confidence} ${secret.fingerprint.slice(0, 15)} [${encodings.join(' ')}] ${byteOffset}+${byteLength} ${line}:${column}`
  return hits.map(fact).join(' and ') || 'nothing'
}

import { expect, test } from 'vitest'
import { createDetector } from '../../../../src/detect/detector.ts'
import type { Hit } from '../../../../src/detect/types.ts'
import { secretOf } from '../../../../src/secret/index.ts'
import { kinds, type Random, randomOf, spots, tokenOf, unitOf } from '../../../detect/conformance/cells.ts'
import { rows } from '../../../detect/conformance/encoders/index.ts'
import { changeBy, deltaOf } from './make-delta.ts'

const detector = createDetector()
const rounds = process.env['PROVE'] === '1' ? 60 : 2

const summary = (hits: readonly Hit[]) =>
  hits.map(({ secret, byteOffset, byteLength, encodings }) => [
    secret.fingerprint,
    byteOffset,
    byteLength,
    encodings.join(),
  ])

function linesOf(random: Random, count: number): string {
  const words = ['alpha', 'bravo', 'return', 'x =', '42', '{', '}', 'if (a)', '', 'é', 'model', 'key']
  const line = () => Array.from({ length: 7 }, () => words[Math.floor(random() * words.length)]).join(' ')
  return `${Array.from({ length: count }, line).join('\n')}\n`
}

/** Ways in which a text without the token came before the one with it. */
const edits: Record<string, (text: Buffer, from: number, to: number, random: Random) => Buffer> = {
  'one byte was another': (text, from, to, random) => {
    const copy = Buffer.from(text)
    const at = from + Math.floor(random() * (to - from))
    copy[at] = copy[at] === 0x2a ? 0x2b : 0x2a
    return copy
  },
  'something stood in it': (text, from, to, random) => {
    const at = from + Math.floor(random() * (to - from))
    return Buffer.concat([
      text.subarray(0, at),
      Buffer.from(linesOf(random, 1 + random() * 9)),
      text.subarray(at),
    ])
  },
  'a part was not there yet': (text, from, to, random) => {
    const at = from + Math.floor(random() * (to - from))
    const end = Math.min(to, at + 1 + Math.floor(random() * (to - at)))
    return Buffer.concat([text.subarray(0, at), text.subarray(end)])
  },
  'its two halves stood elsewhere': (text, from, to, random) => {
    const at = from + Math.floor(random() * (to - from))
    return Buffer.concat([
      text.subarray(at, to),
      text.subarray(0, from),
      text.subarray(from, at),
      text.subarray(to),
    ])
  },
  'it was longer than a key': (text, _, to) =>
    Buffer.concat([text.subarray(0, to), Buffer.from('a1B2c3D4'.repeat(30)), text.subarray(to)]),
  'all of it is new': (text, from, to) => Buffer.concat([text.subarray(0, from), text.subarray(to)]),
  'the lines ended in CRLF': (text) =>
    Buffer.from(text.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
  'the head was another': (text, from, to, random) =>
    Buffer.concat([
      Buffer.from('\x1f\x8b\x08'),
      text.subarray(Math.floor(random() * from), from),
      text.subarray(to),
    ]),
}

test('what is new is enough: every way of writing, made by every edit of a text without it', () => {
  const failures: string[] = []
  /** In two wrappings, where what tells may lie farther away than is looked: `--exhaustive` looks there. */
  const rare: string[] = []
  let tried = 0
  let found = 0
  for (const row of rows) {
    const random = randomOf(`parts ${row.id}`)
    for (const [name, edit] of Object.entries(edits)) {
      for (let round = 0; round < rounds; round++) {
        const token = tokenOf(kinds[round % kinds.length] ?? 'mixed', random)
        const spot = spots[Math.floor(random() * spots.length)] ?? 'middle'
        const other = rows[Math.floor(random() * rows.length)] ?? row
        const wraps = round % 2 === 0 ? [row] : [row, other]
        const unit = unitOf({ rows: wraps, token, spot, pad: Math.floor(random() * 3), random })
        if (unit === null) continue
        const head =
          wraps.at(-1)?.wholeUnit === undefined
            ? Buffer.from(linesOf(random, random() * 60))
            : Buffer.alloc(0)
        const tail =
          wraps.at(-1)?.wholeUnit === undefined
            ? Buffer.from(linesOf(random, random() * 60))
            : Buffer.alloc(0)
        const text = Buffer.concat([head, unit.bytes, tail])
        const [from, to] = [head.length + unit.start[0], head.length + unit.end[1]]
        const base = edit(text, from, Math.max(from + 1, to), random)
        detector.scan(base)
        if (!detector.wasClean()) continue
        const { result, change } = changeBy(base, deltaOf(base, text))
        if (!result.equals(text)) failures.push(`${row.id}, ${name}: the delta makes something else`)
        const whole = summary(detector.scan(text))
        const parts = change === null ? whole : summary(detector.scanParts(result, change.parts))
        tried += 1
        if (whole.some(([print]) => print === secretOf(token).fingerprint)) found += 1
        if (JSON.stringify(parts) !== JSON.stringify(whole))
          (wraps.length === 1 ? failures : rare).push(
            `${row.id}, ${name}, round ${round}: ${JSON.stringify(whole)} but ${JSON.stringify(parts)}`,
          )
      }
    }
  }
  expect(failures.slice(0, 12)).toEqual([])
  expect(rare.length / tried, rare.slice(0, 12).join('\n')).toBeLessThan(1 / 10_000)
  expect(tried).toBeGreaterThan(rows.length * 4)
  expect(found / tried).toBeGreaterThan(0.8)
})

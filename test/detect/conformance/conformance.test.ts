import { isUtf8 } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { createDetector, type Hit } from '../../../src/detect/index.ts'
import { secretOf } from '../../../src/secret/index.ts'
import { randomToken } from '../../support.ts'
import { members } from './members.ts'
import { nested, type Placed } from './placed.ts'
import { type Row, rows } from './rows.ts'

const detector = createDetector()
const kinds = ['mixed', 'lower', 'hex'] as const
type Kind = (typeof kinds)[number]

/** What any row may stand in. */
const outers = [
  'base64',
  'base64, 76 columns, CRLF',
  'percent, every character',
  'escape \\u',
  'entity, decimal',
  'quoted-printable, every character',
  'hex',
  'hexdump -C',
  'Buffer in JSON',
  'base32',
  'UTF-16 LE',
]
/** For the third layer, a few of each kind are enough. */
const outermost = ['base64', 'percent, every character', 'escape \\u', 'entity, decimal', 'hex', 'UTF-16 BE']

it('every member of the list has a row', () => {
  expect(members.filter((id) => rows[id] === undefined)).toEqual([])
})

describe.each(Object.entries(rows))('%s', (id, row) => {
  it('alone: every kind of body, at every alignment, anywhere in a unit', () => {
    const cells = kinds.flatMap((kind) => [0, 1, 2, 3].map((pad) => ({ kind, pad })))
    expect(cells.flatMap(({ kind, pad }) => problems([], row, kind, pad))).toEqual([])
  })

  it('in another', () => {
    const cells = outers.filter((outer) => mayHold(outer, id))
    expect(cells.flatMap((outer, i) => problems([outer], row, kinds[i % 3] ?? 'mixed', i))).toEqual([])
  })

  it('in another in another', () => {
    const cells = outermost.flatMap((first) => outers.map((second) => [first, second] as const))
    const held = cells.filter(([first, second]) => mayHold(second, id) && mayHold(first, second))
    expect(held.flatMap((layers, i) => problems(layers, row, kinds[i % 3] ?? 'mixed', i))).toEqual([])
  })
})

/** Zeros in UTF-16 are no text in UTF-16, and lines in lines of the other kind are what no tool writes. */
function mayHold(outer: string, inner: string): boolean {
  return !(outer.startsWith('UTF') && inner.startsWith('UTF'))
}

function rowOf(id: string): Row {
  const row = rows[id]
  if (row === undefined) throw new Error(`no row ${id}`)
  return row
}

/** Nothing when a random token is found once, as what it is and where it is. */
function problems(layers: readonly string[], row: Row, kind: Kind, pad: number): string[] {
  const token = randomToken(kind)
  const before = row.takes === 'token' ? '' : `${'#'.repeat(pad)}key=`
  const after = row.takes === 'token' ? '' : ' and more'
  const text = Buffer.from(before + token + after)
  let encode = row.encode
  for (const outer of layers.toReversed().map(rowOf)) {
    // What writes characters cannot write bytes that are none.
    if (outer.takes === 'text' && !isUtf8(encode(text).bytes)) return []
    encode = nested(outer.encode, encode)
  }
  const placed = encode(text)
  const unit = unitOf(placed, pad)
  const found = detector.scan(unit.bytes)
  const [hit, ...others] = found
  const encodings = [...layers.flatMap((id) => rowOf(id).encodings), ...row.encodings]
  const start = unit.at + (placed.starts[before.length] ?? -1)
  const end = unit.at + (placed.ends[before.length + token.length - 1] ?? -1)
  const name = `${layers.join(' > ')} ${kind} ${pad}`
  if (hit === undefined || others.length > 0)
    return [`${name}: found ${found.map(told).join('; ') || 'nothing'}`]
  const isRight = hit.secret.fingerprint === secretOf(token).fingerprint && hit.confidence === 'exact'
  if (!isRight || inAnyOrder(hit.encodings) !== inAnyOrder(encodings)) return [`${name}: ${told(hit)}`]
  const [line, column] = placeOf(unit.bytes, hit.byteOffset)
  const isWide = encodings[0]?.startsWith('utf') ?? false
  if (!isWide && (hit.line !== line || hit.column !== column))
    return [`${name}: line ${hit.line}:${hit.column}, not ${line}:${column}`]
  if (hit.byteOffset === start && hit.byteOffset + hit.byteLength === end) return []
  const shared = Math.min(hit.byteOffset + hit.byteLength, end) - Math.max(hit.byteOffset, start)
  const isWithin = shared > 0.9 * (end - start) && hit.byteLength < 1.1 * (end - start)
  const isLoose = [row, ...layers.map(rowOf)].some((one) => one.isLoose === true)
  if (isLoose && isWithin) return []
  return [`${name}: bytes ${hit.byteOffset} to ${hit.byteOffset + hit.byteLength}, not ${start} to ${end}`]
}

/** At the start of a unit, at its end, or in the middle of one. */
function unitOf({ bytes }: Placed, pad: number): { readonly bytes: Buffer; readonly at: number } {
  const before = Buffer.from(pad % 4 === 0 ? '' : `${'é'.repeat(pad)} some text\nand "more":\n`)
  const after = Buffer.from(pad % 4 === 3 ? '' : '\nthe rest;\n')
  return { bytes: Buffer.concat([before, bytes, after]), at: before.length }
}

function placeOf(bytes: Buffer, offset: number): [number, number] {
  const lines = bytes.subarray(0, offset).toString('utf8').split('\n')
  return [lines.length, (lines.at(-1)?.length ?? 0) + 1]
}

/** The bytes of wide text between narrow text read the same in both orders but for one at each end. */
function inAnyOrder(encodings: readonly string[]): string {
  return encodings.join().replace(/(utf-\d\d)[lb]e/g, '$1')
}

function told(hit: Hit): string {
  return `${hit.confidence} [${hit.encodings.join()}] at ${hit.byteOffset}`
}

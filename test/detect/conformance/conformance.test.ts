import { describe, expect, it } from 'vitest'
import { createDetector } from '../../../src/detect/index.ts'
import {
  type Cell,
  complaint,
  type Kind,
  kinds,
  randomOf,
  shortened,
  spots,
  tokenOf,
  unitOf,
} from './cells.ts'
import { type Row, rows } from './encoders/index.ts'
import { members } from './members.ts'

const detector = createDetector()

/** Rows in which every row is put, and in two of which. */
const outers = [
  'base64, standard',
  'percent, all characters, upper-case digits',
  'escape, \\u of all characters',
  'html, decimal',
  'hex, lower case',
  'utf-16le, without mark',
  'quoted-printable, all characters',
].map(rowOf)

const pairs = outers.flatMap((one) => outers.map((other) => [one, other] as const))
/** `npm run prove` fills the whole table; else every kind and every spot stand once beside each other. */
const isProving = process.env['PROVE'] === '1'
/** Of the pairs each row is put in so many, its neighbours in the next ones. */
const pairsEach = isProving ? pairs.length : 12

describe('every wrapping of the issue', () => {
  it('has a row', () => {
    const ids = new Set(rows.map(({ id }) => id))
    expect(members.filter((id) => !ids.has(id))).toEqual([])
  })

  it('has a row of its own name, and every row is on the list', () => {
    const ids = rows.map(({ id }) => id)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
    const listed = new Set(members)
    expect(ids.filter((id) => !listed.has(id))).toEqual([])
  })
})

describe('wrapping × kind of body × surroundings', () => {
  it.each(rows.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const cells = kinds.flatMap((kind) =>
      spots.flatMap((spot) => [0, 1, 2].map((pad) => cellOf([row], kind, spot, pad))),
    )
    const { failures, tried } = outcome(cells)
    expect(tried).toBe(cells.length)
    expect(shortened(failures)).toEqual([])
  })
})

const nested = rows.filter((row) => row.standsAlone !== true)

describe('wrapping inside of another', () => {
  it.each(nested.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const cells = outers.flatMap((outer, i) =>
      kinds.flatMap((kind, j) =>
        spots
          .map((spot, k) => ({ spot, sum: i + j + k }))
          .filter(({ sum }) => isProving || sum % 3 === 0)
          .map(({ spot, sum }) => cellOf([row, outer], kind, spot, (sum + j) % 3)),
      ),
    )
    const { failures, tried } = outcome(cells)
    expect(tried).toBeGreaterThanOrEqual(cells.length / 2)
    expect(shortened(failures)).toEqual([])
  })
})

describe('wrapping inside of two others', () => {
  it.each(nested.map((row, index) => [row.id, row, index] as const))('%s', (_, row, index) => {
    const cells = Array.from({ length: pairsEach }, (_, i) => {
      const pair = pairs[(index * pairsEach + i) % pairs.length] ?? []
      const kind = kinds[i % 3] ?? 'mixed'
      const spot = spots[Math.floor(i / 3 + index) % 3] ?? 'middle'
      return cellOf([row, ...pair], kind, spot, (i + index) % 3)
    })
    const { failures, tried } = outcome(cells)
    expect(tried).toBeGreaterThan(0)
    expect(shortened(failures)).toEqual([])
  })
})

interface NamedCell extends Cell {
  readonly name: string
}

function cellOf(chain: readonly Row[], kind: Kind, spot: Cell['spot'], pad: number): NamedCell {
  const around = chain.slice(1).map(({ id }) => `in ${id}`)
  const name = [kind, spot, `+${pad}`, ...around].join(' · ')
  const random = randomOf([...chain.map(({ id }) => id), kind, spot, pad].join('|'))
  return { name, rows: chain, token: tokenOf(kind, random), spot, pad, random }
}

function outcome(cells: readonly NamedCell[]): { failures: readonly string[]; tried: number } {
  const failures: string[] = []
  let tried = 0
  for (const cell of cells) {
    const unit = unitOf(cell)
    if (unit === null) continue
    tried++
    const wrong = complaint(cell, unit, detector.scan(unit.bytes))
    if (wrong !== null) failures.push(`${cell.name}: ${wrong}`)
  }
  return { failures, tried }
}

function rowOf(id: string): Row {
  const found = rows.find((row) => row.id === id)
  if (found === undefined) throw new Error(`no row ${id}`)
  return found
}

import { createHash } from 'node:crypto'
import type { Detector, Hit } from '../../../src/detect/index.ts'
import { secretOf } from '../../../src/secret/index.ts'
import { randomToken } from '../../support.ts'
import { type Accepts, namesOf, otherOrder, type Row, type UnitText, wrapBy } from './encoders/index.ts'

export type Random = () => number

/** The same numbers for the same name (mulberry32), others when PROVE=1. */
export function randomOf(name: string): Random {
  const salt = process.env['PROVE'] === '1' ? String(Math.random()) : ''
  let state = createHash('sha256')
    .update(name + salt)
    .digest()
    .readUInt32LE()
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const kinds = ['mixed', 'lower', 'hex'] as const
export type Kind = (typeof kinds)[number]

export function tokenOf(kind: Kind, random: Random): string {
  return randomToken(
    kind,
    48,
    Uint8Array.from({ length: 48 }, () => random() * 256),
  )
}

export const spots = ['start', 'middle', 'end'] as const
export type Spot = (typeof spots)[number]

/** What stands around the token, inside of all wrappings. */
const inside: Record<Accepts, Record<Spot, readonly [before: string, after: string]>> = {
  'any bytes': { start: ['', ' é after'], middle: ['one é\n two: ', ';\nnext 漢'], end: ['k=', ''] },
  text: { start: ['', ' é after'], middle: ['one é\n two: ', ';\nnext 漢😀'], end: ['k=', ''] },
  'ascii text': { start: ['', ' after'], middle: ['one\n two: ', ';\nnext'], end: ['k=', ''] },
  'single line': { start: ['', ' after'], middle: ['one two: ', '; next'], end: ['k=', ''] },
  literal: { start: ['', ' after'], middle: ['one two: ', '; next'], end: ['k=', ''] },
}

/** What stands around the wrapped text. What follows goes on no line of what is wrapped in lines. */
const outside: Record<Spot, readonly [before: string, after: string]> = {
  start: ['', '\n\n; after\n'],
  middle: ['odd é\n漢😀: ', '\n\n; after\n'],
  end: ['x\n ', ''],
}

export interface Cell {
  /** The innermost first. */
  readonly rows: readonly Row[]
  readonly token: string
  readonly spot: Spot
  /** Bytes more before the token, inside of all wrappings. */
  readonly pad: number
  readonly random: Random
}

export interface Unit {
  readonly bytes: Buffer
  readonly start: readonly [least: number, most: number]
  readonly end: readonly [least: number, most: number]
  readonly commutes: boolean
  /** How lines and columns may be counted. */
  readonly texts: readonly (UnitText | 'bytes')[]
}

/** Null where a row cannot wrap what the one before it wrote. */
export function unitOf(cell: Cell): Unit | null {
  const { rows, spot } = cell
  const [before, after] = inside[rows[0]?.accepts ?? 'any bytes'][spot]
  return unitAround(cell, ['xyz'.slice(0, cell.pad) + before, after], outside[spot])
}

export function unitAround(
  { rows, token, random }: Pick<Cell, 'rows' | 'token' | 'random'>,
  [before, after]: readonly [string, string],
  [first, last]: readonly [string, string],
): Unit | null {
  const start = Buffer.byteLength(before)
  const input = Buffer.from(before + token + after)
  const wrapped = wrapBy(rows, input, [start, start + Buffer.byteLength(token)], random)
  if (wrapped === null) return null
  const outer = rows.at(-1)
  const whole = outer?.wholeUnit
  // Percent, escapes and the like leave what stands before them in the same text: the line must begin there too.
  const isBlock = rows.some(({ block }) => block === true)
  const head = whole !== undefined ? '' : isBlock ? first.replace(/[^\n]*$/, '') : first
  const shift = Buffer.byteLength(head)
  const { extent, commutes } = wrapped
  return {
    bytes: Buffer.concat([Buffer.from(head), wrapped.bytes, Buffer.from(whole === undefined ? last : '')]),
    // Where layers may be taken off in another order, the first character may lose what it begins with
    // and the last one what it ends in.
    start: [
      extent.start[0] + shift,
      (commutes ? Math.max(extent.start[1], extent.first - 1) : extent.start[1]) + shift,
    ],
    end: [
      (commutes ? Math.min(extent.end[0], extent.last + 1) : extent.end[0]) + shift,
      extent.end[1] + shift,
    ],
    commutes,
    texts: whole === undefined ? ['bytes', ...(outer?.countedAs ?? [])] : textsOf(wrapped.bytes, whole),
  }
}

/**
 * DETAILS.md speaks of UTF-16 only: the lines of UTF-32 may be counted decoded or by bytes. And where much is no
 * printable ASCII (colours, full-width forms) nothing but a mark tells that the unit is wide text at all.
 */
function textsOf(bytes: Buffer, whole: UnitText): readonly (UnitText | 'bytes')[] {
  if (whole.startsWith('utf-32')) return [whole, 'bytes']
  const text = decoded(bytes, whole)
  const odd = text.replace(/[\t\n\r -~]/g, '').length
  return !text.startsWith('\ufeff') && odd > text.length / 10 ? [whole, otherOrder(whole), 'bytes'] : [whole]
}

/** What is wrong with what was found, in a few words; null when nothing is. */
export function complaint(
  { rows, token }: Pick<Cell, 'rows' | 'token'>,
  unit: Unit,
  hits: readonly Hit[],
): string | null {
  const [hit] = hits
  if (hit === undefined) return 'nothing found'
  if (hits.length > 1) return `${hits.length} found: ${hits.map(brief).join(' and ')}`
  if (hit.secret.fingerprint !== secretOf(token).fingerprint) return `another token: ${brief(hit)}`
  if (hit.confidence !== 'exact') return `called ${hit.confidence}`
  const names = [...namesOf(rows)]
  const named = hit.encodings.join(' ')
  if (!names.some((one) => isSame(one, named, unit))) return `called [${named}], not [${names[0]}]`
  return misplaced(unit, hit)
}

/** Of these two that follow each other may be taken off as one, and a reader of numbers may step over one. */
const breaking: readonly string[] = ['ansi', 'invisible', 'concatenation', 'continuation', 'markup']

function isSame(expected: string, named: string, { commutes, texts }: Unit): boolean {
  if (expected === named || merged(expected) === merged(named)) return true
  if (texts.length === 3 && otherOrder(expected) === named) return true
  if (!commutes) return false
  // What tells one alphabet of base64 from the other may lie behind a break.
  const layers = (text: string) => new Set(text.replaceAll('base64url', 'base64').split(' ').filter(Boolean))
  const [wanted, seen] = [layers(expected), layers(named)]
  return (
    [...wanted].every((name) => seen.has(name) || breaking.includes(name) || name === 'quoted-printable') &&
    // That wrapped lines go on is part of being wrapped, until something stands between them.
    [...seen].every((name) => wanted.has(name) || name === 'continuation')
  )
}

function merged(names: string): string {
  const all = names.split(' ')
  return all.filter((name, index) => !breaking.includes(name) || all[index - 1] !== name).join(' ')
}

function misplaced({ bytes, start, end, texts }: Unit, hit: Hit): string | null {
  const { byteOffset, byteLength, line, column } = hit
  const last = byteOffset + byteLength
  if (byteOffset < start[0] || byteOffset > start[1]) return `starts at ${byteOffset}, not ${range(start)}`
  if (last < end[0] || last > end[1]) return `ends at ${last}, not ${range(end)}`
  const places = texts.map((text) => placeOf(bytes, text, byteOffset))
  if (places.some((place) => place.line === line && place.column === column)) return null
  return `at ${line}:${column}, not ${places.map((place) => `${place.line}:${place.column}`).join(' or ')}`
}

function range([least, most]: readonly [number, number]): string {
  return least === most ? String(least) : `${least}…${most}`
}

function brief({ confidence, encodings, byteOffset, byteLength }: Hit): string {
  return `${confidence} [${encodings.join(' ')}] at ${byteOffset}+${byteLength}`
}

/** Lines end at LF only; columns are UTF-16 code units; a mark at the start has none. */
export function placeOf(
  bytes: Buffer,
  text: UnitText | 'bytes',
  offset: number,
): { line: number; column: number } {
  const before = decoded(bytes.subarray(0, offset), text)
  const lastLine = before.lastIndexOf('\n') + 1
  const marks = lastLine === 0 && before.startsWith('\ufeff') ? 1 : 0
  return { line: before.split('\n').length, column: before.length - lastLine - marks + 1 }
}

function decoded(bytes: Buffer, text: UnitText | 'bytes'): string {
  if (text === 'bytes') return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  if (text.startsWith('utf-16')) {
    const even = Buffer.from(bytes.subarray(0, bytes.length & ~1))
    return (text === 'utf-16be' ? even.swap16() : even).toString('utf16le')
  }
  let out = ''
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    out += String.fromCodePoint(text === 'utf-32le' ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  }
  return out
}

export function inPieces(detector: Detector, pieces: readonly Uint8Array[]): Hit[] {
  const scanner = detector.scanner()
  const hits: Hit[] = []
  for (const piece of pieces) hits.push(...scanner.push(piece))
  hits.push(...scanner.end())
  return hits
}

/** All but the first few of a long list, as one line: a run shows everything and stays readable. */
export function shortened(failures: readonly string[], most = 12): readonly string[] {
  if (failures.length <= most) return failures
  return [...failures.slice(0, most), `… and ${failures.length - most} more`]
}

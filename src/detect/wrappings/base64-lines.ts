import type { Wrapping } from '../types.ts'
import { base64Anchors, nestedBase64Anchors } from './anchors.ts'
import { decodeEveryWay, standardAlphabet } from './base64-codec.ts'
import { endMargin, leftReach, rightReach } from './reach.ts'

/** Narrower lines are no wrapped base64 that any tool writes. */
const narrowest = 16
/** Nor are wider ones: an anchor in a run of a megabyte must not walk all of it. */
const widest = 128
const widestBreak = endMargin - 8

const newLines = ['\n', '\r\n']

/**
 * Base64 wrapped at line ends (MIME, PEM, indented as in YAML): lines of one width, a multiple of four, the last one
 * shorter. A needle may itself be broken by a line end.
 */
export const base64Lines: Wrapping = {
  id: 'base64',
  needles: [
    ...[...base64Anchors, ...nestedBase64Anchors].map((needle) => needle.bytes),
    ...base64Anchors.flatMap((needle) => broken(needle.bytes)),
  ],
  decodeAround(bytes, at) {
    const lines = linesAround(bytes, at)
    if (lines.length < 2) return []
    const length = lines.reduce((sum, line) => sum + line.to - line.from, 0)
    const characters = new Uint8Array(length)
    const places = new Int32Array(length)
    let filled = 0
    for (const line of lines) {
      for (let i = line.from; i < line.to; i++) {
        characters[filled] = bytes[i] as number
        places[filled++] = i
      }
    }
    return decodeEveryWay(characters, (index) => places[index] ?? places[length - 1] ?? at, 'base64')
  },
}

interface Line {
  readonly from: number
  readonly to: number
}

function broken(needle: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(needle).toString('latin1')
  const cuts = Array.from({ length: text.length - 1 }, (_, index) => index + 1)
  return cuts.flatMap((cut) =>
    newLines.map((newLine) => Buffer.from(text.slice(0, cut) + newLine + text.slice(cut), 'latin1')),
  )
}

/** The block's lines, upward while they are as wide as this one, downward until a shorter one. */
function linesAround(bytes: Uint8Array, at: number): readonly Line[] {
  const floor = Math.max(0, at - leftReach)
  const ceiling = Math.min(bytes.length, at + rightReach)
  const here = lineAt(bytes, at, floor, ceiling)
  const above = previousLine(bytes, here.from, floor, ceiling)
  const width = Math.max(widthOf(here), above === null ? 0 : widthOf(above))
  if (width < narrowest || width > widest || width % 4 !== 0) return [here]
  const lines = [here]
  for (let line = above; line !== null && widthOf(line) === width; ) {
    lines.unshift(line)
    line = previousLine(bytes, line.from, floor, ceiling)
  }
  for (let line: Line | null = here; line !== null && widthOf(line) === width; ) {
    line = nextLine(bytes, line.to, ceiling)
    if (line === null || widthOf(line) > width) break
    lines.push(line)
  }
  return lines
}

function lineAt(bytes: Uint8Array, at: number, floor: number, ceiling: number): Line {
  let from = at
  while (from > floor && at - from <= widest && isCharacter(bytes, from - 1)) from--
  let to = at
  while (to < ceiling && to - at <= widest && isCharacter(bytes, to)) to++
  return { from, to }
}

function previousLine(bytes: Uint8Array, from: number, floor: number, ceiling: number): Line | null {
  const end = skipBack(bytes, from, floor)
  return end === null ? null : lineAt(bytes, end - 1, floor, ceiling)
}

function nextLine(bytes: Uint8Array, to: number, ceiling: number): Line | null {
  let i = to
  let breaks = 0
  while (i < ceiling && i - to < widestBreak && isBlank(bytes[i])) if (bytes[i++] === 0x0a) breaks++
  return breaks === 1 && i < ceiling && isCharacter(bytes, i) ? lineAt(bytes, i, i, ceiling) : null
}

/** The end of the line above, when exactly one line end and blanks lie between. */
function skipBack(bytes: Uint8Array, from: number, floor: number): number | null {
  let i = from
  let breaks = 0
  while (i > floor && from - i < widestBreak && isBlank(bytes[i - 1])) if (bytes[--i] === 0x0a) breaks++
  return breaks === 1 && i > floor && isCharacter(bytes, i - 1) ? i : null
}

function widthOf(line: Line): number {
  return line.to - line.from
}

function isCharacter(bytes: Uint8Array, at: number): boolean {
  return standardAlphabet[bytes[at] as number] === 1
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a
}

import { isUtf8 } from 'node:buffer'

/** From 0 up to 1. */
export type Random = () => number

/** From the first byte up to before the last. */
export type Range = readonly [start: number, end: number]

/** What was written, and for each byte of the input where in it the characters stand that carry a bit of it. */
export interface Traced {
  readonly bytes: Buffer
  readonly starts: Int32Array
  readonly ends: Int32Array
}

/** One step of writing: wraps the whole input; `token` is where the token (or what carries it) stands in the input. */
export type Stage = (input: Buffer, random: Random, token: Range) => Traced

/** Bytes are handled as strings of one character a byte. */
export function byteString(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

export interface Writer {
  /** Text that carries nothing. */
  add(text: string): void
  /** Text that carries the input's bytes from `from` to before `to`. */
  carry(from: number, to: number, text: string): void
  done(): Traced
}

/** Takes byte strings. */
export function createWriter(size: number): Writer {
  const starts = new Int32Array(size)
  const ends = new Int32Array(size)
  const parts: string[] = []
  let length = 0
  function add(text: string): void {
    parts.push(text)
    length += text.length
  }
  return {
    add,
    carry(from, to, text) {
      starts.fill(length, from, to)
      add(text)
      ends.fill(length, from, to)
    },
    done: () => ({ bytes: Buffer.from(parts.join(''), 'latin1'), starts, ends }),
  }
}

/** One after the other, the innermost first. */
export function pipe(...stages: readonly Stage[]): Stage {
  return (input, random, token) => {
    let traced = identity(input)
    let range = token
    for (const stage of stages) {
      const next = stage(traced.bytes, random, range)
      range = rangeIn(next, range)
      traced = composed(traced, next)
    }
    return traced
  }
}

/** Where a range of the input stands in what was written. */
export function rangeIn({ starts, ends }: Traced, [from, to]: Range): Range {
  let start = Number.POSITIVE_INFINITY
  let end = 0
  for (let i = from; i < to; i++) {
    start = Math.min(start, starts[i] as number)
    end = Math.max(end, ends[i] as number)
  }
  return to > from ? [start, end] : [0, 0]
}

function identity(input: Buffer): Traced {
  return {
    bytes: input,
    starts: Int32Array.from(input, (_, index) => index),
    ends: Int32Array.from(input, (_, index) => index + 1),
  }
}

function composed(inner: Traced, outer: Traced): Traced {
  const starts = new Int32Array(inner.starts.length)
  const ends = new Int32Array(inner.starts.length)
  for (let i = 0; i < starts.length; i++) {
    const [start, end] = rangeIn(outer, [inner.starts[i] as number, inner.ends[i] as number])
    starts[i] = start
    ends[i] = end
  }
  return { bytes: outer.bytes, starts, ends }
}

/** Constant text before and after. */
export function around(before: string, after: string): Stage {
  return (input) => {
    const writer = createWriter(input.length)
    writer.add(byteString(before))
    for (let i = 0; i < input.length; i++) writer.carry(i, i + 1, String.fromCharCode(input[i] as number))
    writer.add(byteString(after))
    return writer.done()
  }
}

/** What is known of the character that is to be written. */
export interface Character {
  readonly code: number
  readonly index: number
  readonly inToken: boolean
  readonly random: Random
  /** Code of the next character. */
  readonly next: number | undefined
}

/** Every byte by itself. `write` gives a byte string; `join` stands between. */
export function eachByte(write: (character: Character) => string, join = ''): Stage {
  return (input, random, token) => {
    const writer = createWriter(input.length)
    for (let i = 0; i < input.length; i++) {
      if (i > 0) writer.add(join)
      const inToken = i >= token[0] && i < token[1]
      writer.carry(
        i,
        i + 1,
        write({ code: input[i] as number, index: i, inToken, random, next: input[i + 1] }),
      )
    }
    return writer.done()
  }
}

/** Every code point of UTF-8; of other bytes each as the code point of its value (Latin-1). */
export function eachCharacter(write: (character: Character) => string, join = ''): Stage {
  return (input, random, token) => {
    if (!isUtf8(input)) return eachByte(write, join)(input, random, token)
    const writer = createWriter(input.length)
    const characters = Array.from(input.toString('utf8'), (text) => text.codePointAt(0) as number)
    let at = 0
    characters.forEach((code, index) => {
      if (index > 0) writer.add(join)
      const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4
      const inToken = at >= token[0] && at < token[1]
      writer.carry(at, at + size, write({ code, index, inToken, random, next: characters[index + 1] }))
      at += size
    })
    return writer.done()
  }
}

/** Chooses places of the input in front of which something is inserted. */
export type Places = (input: Buffer, random: Random, token: Range) => readonly number[]

/** Inserts at places; never inside of a UTF-8 character. `text` is told which of how many. */
export function insertedAt(places: Places, text: string | ((index: number, count: number) => string)): Stage {
  return (input, random, token) => {
    const whole = places(input, random, token).map((place) => characterEnd(input, place))
    const sorted = [...new Set(whole)].sort((a, b) => a - b)
    const writer = createWriter(input.length)
    let next = 0
    for (let i = 0; i <= input.length; i++) {
      if (sorted[next] === i) {
        writer.add(byteString(typeof text === 'string' ? text : text(next, sorted.length)))
        next++
      }
      if (i < input.length) writer.carry(i, i + 1, String.fromCharCode(input[i] as number))
    }
    return writer.done()
  }
}

function characterEnd(input: Buffer, place: number): number {
  let at = place
  while (at < input.length && ((input[at] as number) & 0xc0) === 0x80) at++
  return at
}

/** Inside of the token, behind its prefix. */
export const onePlace: Places = (_, random, token) => [between(random, token[0] + 6, token[1] - 1)]

/** Inside of the prefix. */
export const inPrefix: Places = (_, random, token) => [between(random, token[0] + 1, token[0] + 4)]

/** Right behind the prefix. */
export const behindPrefix: Places = (_, __, token) => [token[0] + 5]

/** From one to three, anywhere in the token. */
export const somePlaces: Places = (_, random, token) =>
  Array.from({ length: between(random, 1, 3) }, () => between(random, token[0] + 1, token[1] - 1))

/** Exactly two. */
export const twoPlaces: Places = (_, random, token) => {
  const middle = token[0] + ((token[1] - token[0]) >> 1)
  return [between(random, token[0] + 1, middle - 3), between(random, middle + 3, token[1] - 1)]
}

/** Between every two characters of all the input. */
export const everyPlace: Places = (input) => Array.from({ length: input.length - 1 }, (_, index) => index + 1)

/** Both included; `low` where there is no room. */
function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * Math.max(1, high - low + 1))
}

export function oneOf<T>(random: Random, values: readonly [T, ...T[]]): T {
  return values[Math.floor(random() * values.length)] ?? values[0]
}

export interface LineShape {
  readonly newLine?: string
  /** Before each line. */
  readonly indent?: string
}

/** Broken into lines of `width` bytes; no line end after the last. */
export function lines(width: number, { newLine = '\n', indent = '' }: LineShape = {}): Stage {
  return (input) => {
    const writer = createWriter(input.length)
    for (let i = 0; i < input.length; i++) {
      if (i % width === 0) writer.add(byteString(i === 0 ? indent : newLine + indent))
      writer.carry(i, i + 1, String.fromCharCode(input[i] as number))
    }
    return writer.done()
  }
}

export function hexOf(code: number, width = 2): string {
  return code.toString(16).padStart(width, '0')
}

import { isUtf8 } from 'node:buffer'
import type { Encoding } from '../../../../src/detect/index.ts'
import { type Random, type Range, rangeIn, type Stage, type Traced } from './trace.ts'

/**
 * What a row can wrap. `text` is UTF-8 without NUL, `ascii text` 7-bit without NUL, `single line` printable ASCII,
 * `literal` a single line without quotes, backslashes and what else has a meaning inside of a string of some language.
 */
export type Accepts = 'any bytes' | 'text' | 'ascii text' | 'single line' | 'literal'

/** How the lines and columns of a unit are counted. */
export type UnitText = 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be'

export interface RowOptions {
  /** Other names that are as right, where the bytes do not tell or where two people would name them differently. */
  readonly also?: readonly (readonly Encoding[])[]
  /** Input that is of the right sort and still cannot be wrapped; tried on one character a byte. */
  readonly refuses?: RegExp
  /** Changes only places inside of the token. */
  readonly breaksOnly?: boolean
  /** Writes characters, not bytes: what is no UTF-8 would be read as something else. */
  readonly writesCharacters?: boolean
  /** Makes no sense inside of another one, nor around one. */
  readonly standsAlone?: boolean
  /** Can be inside of another one, but is not around one. */
  readonly innermost?: boolean
  /** Begins at the start of a line. */
  readonly block?: boolean
  /** Nothing may stand before it, nor behind it in another encoding of text. */
  readonly wholeUnit?: UnitText
  /** Other ways than by bytes in which its lines and columns may be counted when it is the outermost. */
  readonly countedAs?: readonly UnitText[]
  /** Bytes by which the extent may be larger than what carries the token, and smaller by one character. 0: exact. */
  readonly slack?: number
}

/** One way of writing. */
export interface Row extends RowOptions {
  readonly id: string
  /** What the detector must call it, outermost first. */
  readonly encodings: readonly Encoding[]
  readonly accepts: Accepts
  /** Wraps the whole input and says where each byte of it went, so that positions of nested rows can be composed. */
  readonly wrap: Stage
  /** The same, only the bytes. Without `token` it is where `pplx-` stands, else all of the input. */
  encode(input: Buffer, random: Random, token?: Range): Buffer
}

export function row(
  id: string,
  encodings: readonly Encoding[],
  accepts: Accepts,
  wrap: Stage,
  options: RowOptions = {},
): Row {
  const encode = (input: Buffer, random: Random, token: Range = tokenIn(input)) =>
    wrap(input, random, token).bytes
  return { ...options, id, encodings, accepts, wrap, encode }
}

function tokenIn(input: Buffer): Range {
  const at = input.indexOf('pplx-')
  return at < 0 ? [0, input.length] : [at, Math.min(input.length, at + 53)]
}

/** Whether what another row has written, or plain text, can be wrapped by this one. */
export function canWrap({ accepts, refuses, writesCharacters }: Row, input: Buffer): boolean {
  const text = input.toString('latin1')
  if (writesCharacters === true && !isUtf8(input)) return false
  return forms[accepts](input, text) && refuses?.test(text) !== true
}

const forms: Record<Accepts, (input: Buffer, text: string) => boolean> = {
  'any bytes': () => true,
  text: (input) => isUtf8(input) && !input.includes(0),
  'ascii text': (_, text) => /^[\x01-\x7f]*$/.test(text),
  'single line': (_, text) => /^[ -~]*$/.test(text),
  literal: (_, text) => /^[A-Za-z0-9 .,:;=+/%&#_~()[\]{}-]*$/.test(text),
}

/** Where the token may begin and end in what a chain of rows wrote. */
export interface Extent {
  readonly start: readonly [least: number, most: number]
  readonly end: readonly [least: number, most: number]
  /** Where the first of its characters ends. */
  readonly first: number
  /** Where the last of its characters begins. */
  readonly last: number
}

export interface Wrapped {
  readonly bytes: Buffer
  readonly extent: Extent
  /**
   * An outer row left some of what it wrapped as it was, so that the layers may be taken off in another order as
   * well: `%70<U+200B>%70` is percent in invisible as much as invisible in percent.
   */
  readonly commutes: boolean
}

/** Wraps by each row in turn, the innermost first; null where one cannot wrap what the one before it wrote. */
export function wrapBy(rows: readonly Row[], input: Buffer, token: Range, random: Random): Wrapped | null {
  let bytes = input
  let range = token
  let extent: Extent = {
    start: [token[0], token[0]],
    end: [token[1], token[1]],
    first: token[0] + 1,
    last: token[1] - 1,
  }
  let commutes = false
  for (const one of rows) {
    if (!canWrap(one, bytes)) return null
    const traced = one.wrap(bytes, random, range)
    commutes ||= one !== rows[0] && leavesSome(bytes, traced, range)
    const at = (index: number) => Math.min(Math.max(index, 0), bytes.length - 1)
    const start = (index: number) => traced.starts[at(index)] as number
    const end = (index: number) => traced.ends[at(index - 1)] as number
    const slack = one.slack ?? 0
    const next: Range = rangeIn(traced, range)
    // A row of word-swapped bytes may carry a later character before an earlier one: hence the minimum.
    const least = Math.min(start(extent.start[0]), next[0])
    const most = Math.max(end(extent.end[1]), next[1])
    const first = start(extent.start[1])
    const last = end(extent.end[0])
    extent = {
      start: [least - slack, slack === 0 ? first : first + slack],
      end: [slack === 0 ? last : last - slack, most + slack],
      first: end(extent.first) + slack,
      last: start(extent.last) - slack,
    }
    range = next
    bytes = traced.bytes
  }
  return { bytes, extent, commutes }
}

function leavesSome(input: Buffer, { bytes, starts, ends }: Traced, [from, to]: Range): boolean {
  for (let i = from; i < to; i++) {
    const at = starts[i] as number
    if (ends[i] === at + 1 && bytes[at] === input[i]) return true
  }
  return false
}

/** Every list of names that is right for a chain of rows, the innermost first; each joined by a space. */
export function namesOf(rows: readonly Row[]): ReadonlySet<string> {
  let lists: (readonly string[])[] = [[]]
  rows.forEach((one, index) => {
    const own: (readonly string[])[] = [one.encodings, ...(one.also ?? [])]
    // Wide text inside of another wrapping has no start by which the byte order could be told: DETECTION.md calls
    // both readings one.
    if (index < rows.length - 1) own.push(...own.map((names) => names.map(otherOrder)))
    lists = lists.flatMap((inner) => own.map((names) => [...names, ...inner]))
  })
  return new Set(lists.map((list) => list.join(' ')))
}

/** The first name with the bytes the other way round. */
export function otherOrder<Name extends string>(names: Name): Name {
  return names.replace(
    /^(utf-(?:16|32))(le|be)/,
    (_, width: string, order: string) => width + (order === 'le' ? 'be' : 'le'),
  ) as Name
}

import { isBlank, isLetter, isLineEnd, membersOf } from '../alphabet.ts'
import type { Inline } from '../types.ts'
import { longestStep } from './reach.ts'

/** XML and HTML around the parts of a token: tags one after another, comments, CDATA. */
export const markup: Inline = {
  id: 'markup',
  isBreak: true,
  longest: longestStep,
  isTrigger: membersOf('<]'),
  mayFollow: membersOf('/!?abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'),
  step(bytes, at) {
    if (bytes[at] === 0x5d) return startsWith(bytes, at, ']]>') ? 3 : 0
    let end = afterTag(bytes, at, at)
    if (end === 0 || isApart(bytes, at)) return 0
    let last = at
    for (let next = skipSpace(bytes, end, at); bytes[next] === 0x3c; next = skipSpace(bytes, end, at)) {
      const after = afterTag(bytes, next, at)
      if (after === 0) break
      if (isApart(bytes, next)) return 0
      end = after
      last = next
    }
    return isSameText(bytes, at, last) ? end - at : 0
  },
}

/** What begins a text of its own: cells, items, paragraphs, lines. HTML, WordprocessingML, SpreadsheetML. */
const apart: ReadonlySet<string> = new Set(
  (
    'td th tr li p div br hr table tbody thead ul ol dl dt dd h1 h2 h3 h4 h5 h6 section article option row cell c si ' +
    'title body head w:p w:tc w:tr w:br w:tab a:p text:p text:h text:list-item'
  ).split(' '),
)
/** What only changes how a text looks. */
const looks: ReadonlySet<string> = new Set(
  (
    'b i u s em strong span a font code kbd tt samp var small big sub sup mark ins del q cite abbr wbr bdi bdo label ' +
    'text:span text:a text:s'
  ).split(' '),
)

function isApart(bytes: Uint8Array, at: number): boolean {
  return apart.has(nameOf(bytes, at))
}

/** One element that closes and another that opens are parts of one text when they are of one kind, or only dress it up. */
function isSameText(bytes: Uint8Array, first: number, last: number): boolean {
  if (first === last || bytes[first + 1] !== 0x2f || bytes[last + 1] === 0x2f) return true
  const [closed, opened] = [nameOf(bytes, first), nameOf(bytes, last)]
  return closed === opened || (looks.has(closed) && looks.has(opened))
}

/** In lower case, without its slash; nothing for comments and the like. */
function nameOf(bytes: Uint8Array, at: number): string {
  const from = bytes[at + 1] === 0x2f ? at + 2 : at + 1
  let to = from
  while (to - from < 24 && isNameByte(bytes[to])) to++
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
    .toString('latin1')
    .toLowerCase()
}

function isNameByte(byte: number | undefined): boolean {
  return (
    isLetter(byte) || byte === 0x3a || byte === 0x2d || (byte !== undefined && byte >= 0x30 && byte <= 0x39)
  )
}

function afterTag(bytes: Uint8Array, at: number, from: number): number {
  if (startsWith(bytes, at, '<!--')) return after(bytes, at + 4, from, '-->', '<!--')
  if (startsWith(bytes, at, '<![CDATA[')) return at + 9
  if (startsWith(bytes, at, '<?')) return after(bytes, at + 2, from, '?>', '<?')
  const first = bytes[at + 1] === 0x2f ? at + 2 : at + 1
  if (!isLetter(bytes[first])) return 0
  const ceiling = Math.min(bytes.length, from + longestStep)
  for (let i = first + 1; i < ceiling; i++) {
    if (bytes[i] === 0x3e) return i + 1
    if (bytes[i] === 0x3c) return 0
  }
  return 0
}

/** Behind `end`; 0 when there is none, or another one begins before: so nothing is searched twice. */
function after(bytes: Uint8Array, at: number, from: number, end: string, another: string): number {
  const ceiling = Math.min(bytes.length, from + longestStep)
  for (let i = at; i < ceiling; i++) {
    if (startsWith(bytes, i, end)) return i + end.length
    if (startsWith(bytes, i, another)) return 0
  }
  return 0
}

function skipSpace(bytes: Uint8Array, at: number, from: number): number {
  let end = at
  while (end - from < longestStep && (isBlank(bytes[end]) || isLineEnd(bytes[end]))) end++
  return end
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}

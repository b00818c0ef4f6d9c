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
    if (end === 0) return 0
    for (let next = skipSpace(bytes, end, at); bytes[next] === 0x3c; next = skipSpace(bytes, end, at)) {
      const after = afterTag(bytes, next, at)
      if (after === 0) break
      end = after
    }
    return end - at
  },
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

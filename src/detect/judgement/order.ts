import { rule } from '../rule.ts'

const keyboard = [
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'azertyuiop',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
]
const keyboardRows = keyboard.flatMap((row) => [row, row.split('').reverse().join('')])
const rowLength = 5
/** Every five neighbours of a row. */
const rowPieces: ReadonlySet<string> = new Set(
  keyboardRows.flatMap((row) =>
    Array.from({ length: row.length - rowLength + 1 }, (_, at) => row.slice(at, at + rowLength)),
  ),
)
const shortestRepeat = 4
const shortestWord = 4
const words = new RegExp(
  rule.words
    .filter((word) => word.length >= shortestWord)
    .sort((a, b) => b.length - a.length)
    .join('|'),
  'g',
)

/** Share of a text's characters that lie in a walk, on a keyboard row, in a repeat or in a placeholder's word. */
export function orderlyShare(body: string): number {
  const covered = new Uint8Array(body.length)
  const lower = body.toLowerCase()
  for (const stride of [1, 2, 3, 4]) coverWalks(lower, stride, covered)
  coverRows(lower, covered)
  coverRepeats(body, covered)
  coverWords(lower, covered)
  return covered.reduce((sum, value) => sum + value, 0) / body.length
}

/**
 * Walks of `stride` interleaved lanes, each going up, down or staying: `abcd`, `a1b2c3`, `112233`, `xyzxyz`. Three
 * places of every lane (four of a single one) must agree.
 */
function coverWalks(text: string, stride: number, covered: Uint8Array): void {
  const least = stride === 1 ? 2 : stride
  let agreeing = 0
  for (let i = 2 * stride; i <= text.length; i++) {
    const step = i < text.length ? stepAt(text, i, stride) : null
    if (step !== null && step === stepAt(text, i - stride, stride)) {
      agreeing++
      continue
    }
    if (agreeing >= least) covered.fill(1, i - agreeing - 2 * stride, i)
    agreeing = 0
  }
}

/** Step from the place one stride before: -1, 0 or 1, or null when it is none of these. */
function stepAt(text: string, i: number, stride: number): number | null {
  const from = valueOf(text.charCodeAt(i - stride))
  const to = valueOf(text.charCodeAt(i))
  if (Math.abs(to - from) <= 1) return to - from
  return wraps.has(from * 64 + to) ? 1 : wraps.has(to * 64 + from) ? -1 : null
}

/** 9 → 0, z → a, z → 0, f → 0: where walks begin again. */
const wraps: ReadonlySet<number> = new Set([9 * 64 + 0, 35 * 64 + 10, 35 * 64 + 0, 15 * 64 + 0, 35 * 64 + 1])

function valueOf(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x61 + 10
}

function coverRows(text: string, covered: Uint8Array): void {
  for (let i = 0; i + rowLength <= text.length; i++) {
    if (rowPieces.has(text.slice(i, i + rowLength))) covered.fill(1, i, i + rowLength)
  }
}

/** What has stood earlier in the text, four characters or more. */
function coverRepeats(text: string, covered: Uint8Array): void {
  for (let i = 1; i + shortestRepeat <= text.length; i++) {
    const piece = text.slice(i, i + shortestRepeat)
    const earlier = text.indexOf(piece)
    if (earlier < i) covered.fill(1, i, i + shortestRepeat)
  }
}

function coverWords(text: string, covered: Uint8Array): void {
  for (const match of text.matchAll(words)) covered.fill(1, match.index, match.index + match[0].length)
}

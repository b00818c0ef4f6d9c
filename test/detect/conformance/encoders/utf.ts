import { row, type Row, type UnitText } from './row.ts'
import { around, eachCharacter, pipe, type Stage } from './trace.ts'

const kinds: readonly UnitText[] = ['utf-16le', 'utf-16be', 'utf-32le', 'utf-32be']

function wide(kind: UnitText): Stage {
  return eachCharacter(({ code }) => bytesOf(kind, code))
}

function bytesOf(kind: UnitText, code: number): string {
  if (kind.startsWith('utf-32')) {
    const bytes = Buffer.alloc(4)
    if (kind === 'utf-32le') bytes.writeUInt32LE(code)
    else bytes.writeUInt32BE(code)
    return bytes.toString('latin1')
  }
  const bytes = Buffer.from(String.fromCodePoint(code), 'utf16le')
  if (kind === 'utf-16be') bytes.swap16()
  return bytes.toString('latin1')
}

const marked = (kind: UnitText) => pipe(around('\ufeff', ''), wide(kind))

export const utf: readonly Row[] = kinds.flatMap((kind) => {
  const order = kind.endsWith('le') ? 'be' : 'le'
  const other = `${kind.slice(0, -2)}${order}` as UnitText
  // In the midst of other bytes both readings are one (DETECTION.md): either name, and a byte or three of difference.
  const inside = { also: [[other]], slack: kind.startsWith('utf-16') ? 1 : 3, innermost: true }
  return [
    row(`${kind}, without mark`, [kind], 'text', wide(kind), {
      wholeUnit: kind,
      slack: inside.slack,
    }),
    row(`${kind}, with mark`, [kind], 'text', marked(kind), { wholeUnit: kind, slack: inside.slack }),
    row(
      `${kind}, at an even offset`,
      [kind],
      'text',
      pipe(wide(kind), around('sixteen bytes:  ', '')),
      inside,
    ),
    row(
      `${kind}, at an odd offset`,
      [kind],
      'text',
      pipe(wide(kind), around('seventeen bytes: ', '')),
      inside,
    ),
    row(
      `${kind}, with mark at an odd offset`,
      [kind],
      'text',
      pipe(marked(kind), around('seventeen bytes: ', '')),
      // The mark is no UTF-8, so that all of the unit may be taken for wide text.
      { ...inside, countedAs: ['utf-16le', 'utf-16be'] },
    ),
  ]
})

import { printable } from './output.ts'

export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  /** Columns with the highest number go first when the terminal is narrow; 0 stays. */
  readonly spare: number
}

const narrowest = 40
const widest = 200
const gap = 2
/** A column is left out before its neighbours are cut to less than this. */
const readable = 12

/** A table that fits the width (kept between 40 and 200): spare columns are left out, then the longest is cut. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width: number): string {
  const limit = Math.min(Math.max(width, narrowest), widest)
  let shown = columns.map((column) => filled(column, rows))
  while (sum(shown.map((column) => Math.min(column.width, readable))) > limit) {
    const most = Math.max(...shown.map((column) => column.spare))
    if (most === 0) break
    shown = shown.filter((column) => column.spare !== most)
  }
  const widths = fitted(
    shown.map((column) => column.width),
    limit,
  )
  return [-1, ...rows.keys()]
    .map(
      (row) =>
        `${shown
          .map((column, index) => fit(column.cells[row + 1] ?? '', widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

interface Filled {
  readonly spare: number
  /** The title first. */
  readonly cells: readonly string[]
  readonly width: number
}

function filled<Row>(column: Column<Row>, rows: readonly Row[]): Filled {
  const cells = [column.title, ...rows.map((row) => printable(column.text(row)))]
  return { spare: column.spare, cells, width: cells.reduce((most, cell) => Math.max(most, widthOf(cell)), 0) }
}

function fitted(widths: readonly number[], limit: number): readonly number[] {
  const result = [...widths]
  while (sum(result) > limit) {
    const most = Math.max(...result)
    result[result.indexOf(most)] = most - 1
  }
  return result
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, 0) + gap * (widths.length - 1)
}

function fit(text: string, width: number): string {
  const whole = widthOf(text)
  if (whole <= width) return text + ' '.repeat(width - whole)
  let cut = ''
  for (const each of characters(text)) {
    if (widthOf(cut) + widthOf(each) >= width) break
    cut += each
  }
  return `${cut}…${' '.repeat(width - 1 - widthOf(cut))}`
}

/** Columns on a terminal: East Asian characters and emoji take two. */
function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  return characters(text).reduce((total, each) => total + (wide.test(each) ? 2 : 1), 0)
}

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u

function characters(text: string): readonly string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
}

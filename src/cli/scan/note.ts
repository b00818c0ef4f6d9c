import type { Context } from '../../context.ts'
import { printable } from '../../report/printable.ts'

/** A remark for the person at the terminal; reports do not hold it. */
export function note(context: Context, text: string): void {
  context.stderr.write(`pplx-warden: note: ${printable(text)}\n`)
}

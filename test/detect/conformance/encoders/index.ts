import { ansi } from './ansi.ts'
import { base32 } from './base32.ts'
import { base64 } from './base64.ts'
import { bytesDecimal } from './bytes-decimal.ts'
import { concatenation } from './concatenation.ts'
import { continuation } from './continuation.ts'
import { escape } from './escape.ts'
import { hex } from './hex.ts'
import { html } from './html.ts'
import { invisible } from './invisible.ts'
import { markup } from './markup.ts'
import { percent } from './percent.ts'
import { quotedPrintable } from './quoted-printable.ts'
import { type Row, row } from './row.ts'
import { around } from './trace.ts'
import { utf } from './utf.ts'

export { type Accepts, namesOf, otherOrder, type Row, type UnitText, wrapBy } from './row.ts'

/** Every way of writing that issue 4 lists, one row a member. */
export const rows: readonly Row[] = [
  row('plain', [], 'any bytes', around('', ''), { innermost: true }),
  ...percent,
  ...base64,
  ...base32,
  ...hex,
  ...bytesDecimal,
  ...escape,
  ...html,
  ...quotedPrintable,
  ...utf,
  ...ansi,
  ...invisible,
  ...concatenation,
  ...continuation,
  ...markup,
]

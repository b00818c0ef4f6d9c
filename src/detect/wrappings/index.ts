import type { Carrier, Inline } from '../types.ts'
import { ansi } from './ansi.ts'
import { base32 } from './base32.ts'
import { base64, base64Lines } from './base64.ts'
import { bytesDecimal } from './bytes-decimal.ts'
import { concatenation, list } from './concatenation.ts'
import { continuation, folding } from './continuation.ts'
import { escape } from './escape.ts'
import { hex, hexApart, hexDumped } from './hex.ts'
import { htmlEntity } from './html-entity.ts'
import { invisible } from './invisible.ts'
import { markup } from './markup.ts'
import { percent } from './percent.ts'
import { quotedPrintable } from './quoted-printable.ts'
import { utf16 } from './utf16.ts'
import { utf32 } from './utf32.ts'

/** Every way of writing bytes as other bytes that is looked for. Earlier ones win a tie. */
export const carriers = {
  utf16,
  utf32,
  base64Lines,
  base64,
  base32,
  hex,
  hexDumped,
  hexApart,
  bytesDecimal,
} satisfies Record<string, Carrier>

/**
 * Every way in which a part of a text may be escaped, broken or dressed up, and the rest left as it is. Breaks within
 * breaks are undone in this order.
 */
export const inlines = {
  percent,
  escape,
  htmlEntity,
  quotedPrintable,
  ansi,
  invisible,
  markup,
  continuation,
  concatenation,
  folding,
  list,
} satisfies Record<string, Inline>

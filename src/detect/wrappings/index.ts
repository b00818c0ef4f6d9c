import type { Wrapping } from '../types.ts'
import { base64 } from './base64.ts'
import { base64Lines } from './base64-lines.ts'
import { utf16 } from './utf16.ts'

/** Every way of writing a token that is looked for, besides plain. Earlier ones win a tie. */
export const wrappings = { utf16, base64Lines, base64 } satisfies Record<string, Wrapping>

import { lazyCrypto } from '../lazy-node.ts'
import type { UnitName } from '../sources/types.ts'

export interface ShownName {
  readonly path: string
  /** The raw bytes of a name that is no UTF-8; never of one that held a token. */
  readonly pathBase64: string | null
  /** Only of a name that held a token: tells such names apart. Lower-case hex of the raw bytes' SHA-256. */
  readonly pathSha256?: string
}

export function showName(name: UnitName, redact: (text: string) => string): ShownName {
  const path = redact(name.text)
  const { raw } = name
  if (path !== name.text || (raw !== null && holdsToken(raw, redact))) {
    const bytes = raw ?? Buffer.from(name.text, 'utf8')
    return {
      path,
      pathBase64: null,
      pathSha256: lazyCrypto().createHash('sha256').update(bytes).digest('hex'),
    }
  }
  return { path, pathBase64: raw === null ? null : Buffer.from(raw).toString('base64') }
}

function holdsToken(raw: Uint8Array, redact: (text: string) => string): boolean {
  const text = Buffer.from(raw).toString('latin1')
  return redact(text) !== text
}

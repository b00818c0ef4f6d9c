import type { UnitName } from './types.ts'

/** A name from bytes as the operating system or git has them; `raw` is kept only when they are no UTF-8. */
export function nameOf(bytes: Uint8Array): UnitName {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = buffer.toString('utf8')
  if (!text.includes('\ufffd')) return { text, raw: null }
  return Buffer.from(text, 'utf8').equals(buffer)
    ? { text, raw: null }
    : { text, raw: Uint8Array.from(buffer) }
}

export function nameFrom(text: string): UnitName {
  return { text, raw: null }
}

/** The bytes of a name, as they were. */
export function bytesOf(name: UnitName): Uint8Array {
  return name.raw ?? Buffer.from(name.text, 'utf8')
}

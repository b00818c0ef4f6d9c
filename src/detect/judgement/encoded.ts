/** Fewer bytes than this may be printable by chance: of 24 random ones, one time in some ten thousand million. */
const fewest = 24

/** Whether a body is written text in base64 or hex: chance makes no sense in either. */
export function isEncodedText(body: string): boolean {
  return (
    isPrintable(Buffer.from(body, 'base64')) ||
    (/^[0-9a-fA-F]+$/.test(body) && isPrintable(Buffer.from(body, 'hex')))
  )
}

function isPrintable(bytes: Uint8Array): boolean {
  return bytes.length >= fewest && bytes.every((byte) => byte >= 0x20 && byte < 0x7f)
}

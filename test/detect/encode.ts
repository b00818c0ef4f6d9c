/** Ways of writing a token that the detector must undo, by what it must call them. */
export const encoders: Record<
  string,
  { readonly encodings: readonly string[]; readonly encode: (text: string) => Buffer }
> = {
  plain: { encodings: [], encode: (text) => Buffer.from(text) },
  'UTF-16 LE': { encodings: ['utf-16le'], encode: wideLittle },
  'UTF-16 BE': { encodings: ['utf-16be'], encode: (text) => wideLittle(text).swap16() },
  base64: { encodings: ['base64'], encode: (text) => base64(Buffer.from(text)) },
  'base64 without padding': { encodings: ['base64'], encode: (text) => unpadded(base64(Buffer.from(text))) },
  'base64, URL-safe': {
    encodings: ['base64url'],
    encode: (text) => Buffer.from(Buffer.from(`???>>>~~~ ${text} ~~~???>>>`).toString('base64url')),
  },
  'base64 of 76 columns, CRLF': { encodings: ['base64'], encode: (text) => wrapped(text, 76, '\r\n') },
  'base64 of 64 columns, LF': { encodings: ['base64'], encode: (text) => wrapped(text, 64, '\n') },
  'base64 twice': {
    encodings: ['base64', 'base64'],
    encode: (text) => base64(base64(Buffer.from(text))),
  },
  'UTF-16 LE in base64': { encodings: ['base64', 'utf-16le'], encode: (text) => base64(wideLittle(text)) },
  'base64 in UTF-16 LE': {
    encodings: ['utf-16le', 'base64'],
    encode: (text) => wideLittle(Buffer.from(text).toString('base64')),
  },
}

function wideLittle(text: string): Buffer {
  return Buffer.from(text, 'utf16le')
}

function base64(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('base64'))
}

function unpadded(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll('=', ''))
}

function wrapped(text: string, width: number, newLine: string): Buffer {
  const padded = `before, to fill a line or two of it with text that says nothing; ${text} and after it the same`
  const lines =
    base64(Buffer.from(padded))
      .toString('latin1')
      .match(new RegExp(`.{1,${width}}`, 'g')) ?? []
  return Buffer.from(lines.join(newLine))
}

import { delimiter } from 'node:path'

const newline = 0x0a
const quote = 0x22
const backslash = 0x5c
const letters: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': quote,
  '\\': backslash,
}

/**
 * The paths in an `info/alternates` file (a path a line, `#` begins a comment) or in
 * GIT_ALTERNATE_OBJECT_DIRECTORIES (parted as PATH is). A path in double quotes is quoted as in C.
 * https://git-scm.com/docs/git#Documentation/git.txt-codeGITALTERNATEOBJECTDIRECTORIEScode
 */
export function alternateLines(bytes: Buffer, form: 'lines' | 'path'): Buffer[] {
  const separator = form === 'lines' ? newline : delimiter.charCodeAt(0)
  const paths: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const quoted = bytes[at] === quote ? unquote(bytes, at, separator) : null
    const end = quoted?.end ?? endOf(bytes, at, separator)
    const path = quoted?.path ?? bytes.subarray(at, end)
    if (path.length > 0 && bytes[at] !== 0x23) paths.push(path)
    at = end + 1
  }
  return paths
}

function endOf(bytes: Buffer, from: number, separator: number): number {
  const end = bytes.indexOf(separator, from)
  return end === -1 ? bytes.length : end
}

/** null: not well quoted, so that it is the name itself that begins with a quote. */
function unquote(bytes: Buffer, from: number, separator: number): { path: Buffer; end: number } | null {
  const path: number[] = []
  for (let at = from + 1; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === quote) {
      const end = at + 1
      return end === bytes.length || bytes[end] === separator ? { path: Buffer.from(path), end } : null
    }
    if (byte !== backslash) {
      path.push(byte)
      continue
    }
    const octal = /^[0-3][0-7]{2}/.exec(bytes.toString('latin1', at + 1, at + 4))
    const escaped = letters[String.fromCharCode(bytes[at + 1] ?? 0)]
    if (octal === null && escaped === undefined) return null
    path.push(octal === null ? (escaped ?? 0) : Number.parseInt(octal[0], 8))
    at += octal === null ? 1 : 3
  }
  return null
}

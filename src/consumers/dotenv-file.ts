/** One `NAME=value` of an env file. Offsets are bytes of the file. */
export interface Assignment {
  readonly name: string
  /** As the application gets it: quotes and comment removed, `\n` and `\r` expanded in double quotes. */
  readonly value: string
  /** First byte of the value, behind the opening quote if there is one. */
  readonly start: number
  /** Behind the last byte of the value, at the closing quote if there is one. */
  readonly end: number
  readonly quote: '"' | "'" | '`' | null
  /** 1-based line of the name. */
  readonly line: number
}

/**
 * Assignments in the order of the file; where a name stands twice the last one counts for most readers. Read as the
 * `dotenv` package of npm does (`export`, three kinds of quotes over several lines, `#` behind an unquoted value):
 * https://github.com/motdotla/dotenv/blob/v17.0.0/lib/main.js
 */
export function parseDotenv(bytes: Uint8Array): readonly Assignment[] {
  // one character a byte, so that positions in the text are offsets in the file
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const found: Assignment[] = []
  let line = 1
  let counted = 0
  let at = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0
  while (at < text.length) {
    const name = nameAt(text, at)
    if (name === null) {
      at = nextLine(text, at)
      continue
    }
    line += breaksIn(text.slice(counted, at))
    counted = at
    const value = quotedAt(text, name.end) ?? unquotedAt(text, name.end)
    found.push({ ...value, name: name.name, value: decoded(text, value), line })
    at = nextLine(text, value.end)
  }
  return found
}

interface Span {
  readonly start: number
  readonly end: number
  readonly quote: Assignment['quote']
}

/** `export NAME =`; the end is behind the equals sign. */
function nameAt(text: string, at: number): { name: string; end: number } | null {
  const pattern = /[ \t\v\f]*(?:export[ \t]+)?([\w.-]+)[ \t]*=/y
  pattern.lastIndex = at
  const match = pattern.exec(text)
  if (match?.[1] === undefined) return null
  return { name: match[1], end: pattern.lastIndex }
}

/** Null when there is no quote, no second one, or more behind it than a comment. */
function quotedAt(text: string, at: number): Span | null {
  const pattern = /[ \t]*(?:"((?:\\[^]|[^"\\])*)"|'((?:\\'|[^'])*)'|`((?:\\`|[^`])*)`)[ \t]*(?=#|[\r\n]|$)/y
  pattern.lastIndex = at
  const match = pattern.exec(text)
  if (match === null) return null
  const content = match[1] ?? match[2] ?? match[3] ?? ''
  const quote = match[1] !== undefined ? '"' : match[2] !== undefined ? "'" : '`'
  const start = text.indexOf(quote, at) + 1
  return { start, end: start + content.length, quote }
}

function unquotedAt(text: string, at: number): Span {
  const pattern = /[ \t]*([^#\r\n]*)/y
  pattern.lastIndex = at
  const raw = pattern.exec(text)?.[1] ?? ''
  const start = pattern.lastIndex - raw.length
  return { start, end: start + raw.replace(/[ \t\v\f]+$/, '').length, quote: null }
}

function decoded(text: string, { start, end, quote }: Span): string {
  const value = Buffer.from(text.slice(start, end), 'latin1').toString('utf8')
  return quote === '"' ? value.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : value
}

function nextLine(text: string, at: number): number {
  const pattern = /\r\n|\r|\n/g
  pattern.lastIndex = at
  return pattern.exec(text) === null ? text.length : pattern.lastIndex
}

function breaksIn(text: string): number {
  return text.match(/\r\n|\r|\n/g)?.length ?? 0
}

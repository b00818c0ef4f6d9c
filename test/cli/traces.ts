/** What would give a token away: any eleven characters of it, plain or in a wrapping that is easily undone. */
export function traceOf(content: Buffer | string, tokens: readonly string[]): string | null {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const text = bytes.toString('latin1')
  const narrow = text.includes('\0') ? `${text}\n${text.replaceAll('\0', '')}` : text
  const whole = /pplx-[A-Za-z0-9]{20,}/.exec(narrow)
  if (whole !== null) return around(narrow, whole.index)
  for (const { needle, spelling } of tokens.flatMap(spellings)) {
    const at = narrow.indexOf(needle)
    if (at !== -1) return `${spelling}: ${around(narrow, at)}`
  }
  return null
}

interface Spelling {
  readonly spelling: string
  readonly needle: string
}

function spellings(token: string): Spelling[] {
  const parts = windows(token.slice(5), 8, 4)
  return [
    ...parts.map((needle) => ({ spelling: 'plain', needle })),
    ...parts.map((part) => ({ spelling: 'reversed', needle: Array.from(part).reverse().join('') })),
    ...parts.map((part) => ({ spelling: 'hex', needle: Buffer.from(part).toString('hex') })),
    ...[0, 1, 2].flatMap((shift) =>
      windows(Buffer.from(token.slice(shift)).toString('base64').slice(8, -4), 12, 12).map((needle) => ({
        spelling: 'base64',
        needle,
      })),
    ),
  ]
}

function windows(text: string, length: number, step: number): string[] {
  const found: string[] = []
  for (let from = 0; from + length <= text.length; from += step) found.push(text.slice(from, from + length))
  return found
}

/** Enough to find the place by, with the end of the secret left out. */
function around(text: string, at: number): string {
  return JSON.stringify(`${text.slice(Math.max(0, at - 60), at)}<<${text.slice(at, at + 10)}…`)
}

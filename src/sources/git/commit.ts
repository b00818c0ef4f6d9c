export interface CommitLinks {
  readonly tree: string
  readonly parents: readonly string[]
  /** When it was committed, in seconds since 1970; 0 when that is no number. */
  readonly committed: number
}

/** What a history is made of: read of every commit. https://git-scm.com/docs/git-commit-tree: header lines, an empty line, the message. */
export function parseLinks(bytes: Buffer): CommitLinks {
  const text = headerOf(bytes)
  const parents: string[] = []
  let tree: string | undefined
  let committer: string | undefined
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('\n', at)
    const end = next === -1 ? text.length : next
    if (text.startsWith('parent ', at)) parents.push(text.slice(at + 7, end))
    else if (text.startsWith('tree ', at)) tree ??= text.slice(at + 5, end)
    else if (text.startsWith('committer ', at)) committer ??= text.slice(at + 10, end)
    at = end + 1
  }
  return { tree: tree ?? '', parents, committed: secondsOf(committer ?? '') || 0 }
}

export interface CommitAuthor {
  /** `Name <mail>` */
  readonly author: string
  /** ISO 8601, UTC; empty when the commit's own is no date. */
  readonly date: string
}

export function parseAuthor(bytes: Buffer): CommitAuthor {
  const lines = headerOf(bytes).split('\n')
  const line = lineOf(lines, 'author ')
  const person = signature.exec(line)?.[1] ?? line
  return { author: decoded(person, lineOf(lines, 'encoding ')), date: dateOf(secondsOf(line)) }
}

function headerOf(bytes: Buffer): string {
  const end = bytes.indexOf('\n\n')
  return bytes.toString('latin1', 0, end === -1 ? bytes.length : end)
}

function lineOf(lines: readonly string[], name: string): string {
  return lines.find((line) => line.startsWith(name))?.slice(name.length) ?? ''
}

/** `Name <mail> seconds zone`; programs have written odd zones and none at all. */
const signature = /^(.*>) *(-?\d+)(?: .*)?$/

function secondsOf(line: string): number {
  return Number(signature.exec(line)?.[2] ?? Number.NaN)
}

/** `text` has a byte a character. */
function decoded(text: string, encoding: string): string {
  const bytes = Buffer.from(text, 'latin1')
  try {
    return new TextDecoder(encoding === '' ? 'utf-8' : encoding).decode(bytes)
  } catch {
    return bytes.toString('utf8')
  }
}

const lastSecond = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000

function dateOf(seconds: number): string {
  return Math.abs(seconds) <= lastSecond ? new Date(seconds * 1000).toISOString() : ''
}

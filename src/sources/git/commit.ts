export interface CommitHeader {
  readonly tree: string
  readonly parents: readonly string[]
  /** `Name <mail>` */
  readonly author: string
  /** ISO 8601, UTC; empty when the commit's own is no date. */
  readonly date: string
  /** When it was committed, in seconds since 1970; 0 when that is no number. */
  readonly committed: number
}

/** https://git-scm.com/docs/git-commit-tree: header lines, an empty line, the message. */
export function parseCommit(bytes: Buffer): CommitHeader {
  const end = bytes.indexOf('\n\n')
  const lines = bytes.toString('latin1', 0, end === -1 ? bytes.length : end).split('\n')
  const author = personOf(lineOf(lines, 'author '), lineOf(lines, 'encoding '))
  return {
    tree: lineOf(lines, 'tree '),
    parents: lines.filter((line) => line.startsWith('parent ')).map((line) => line.slice(7)),
    author: author.person,
    date: dateOf(author.seconds),
    committed: personOf(lineOf(lines, 'committer '), '').seconds || 0,
  }
}

function lineOf(lines: readonly string[], name: string): string {
  return lines.find((line) => line.startsWith(name))?.slice(name.length) ?? ''
}

/** `Name <mail> seconds zone`; programs have written odd zones and none at all. */
function personOf(line: string, encoding: string): { person: string; seconds: number } {
  const parts = /^(.*>) *(-?\d+)(?: .*)?$/.exec(line)
  return {
    person: decoded(parts?.[1] ?? line, encoding),
    seconds: Number(parts?.[2] ?? Number.NaN),
  }
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

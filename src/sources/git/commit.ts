export interface CommitHeader {
  readonly parents: number
  /** `Name <mail>` */
  readonly author: string
  /** ISO 8601, UTC; empty when the commit's own is no date. */
  readonly date: string
}

/** https://git-scm.com/docs/git-commit-tree: header lines, an empty line, the message. */
export function parseCommit(bytes: Buffer): CommitHeader {
  const end = bytes.indexOf('\n\n')
  const lines = bytes.toString('utf8', 0, end === -1 ? bytes.length : end).split('\n')
  const author = lines.find((line) => line.startsWith('author ')) ?? ''
  const parts = /^author (.*) (-?\d+) [+-]\d{4}$/.exec(author)
  return {
    parents: lines.filter((line) => line.startsWith('parent ')).length,
    author: parts?.[1] ?? author.slice(7),
    date: dateOf(Number(parts?.[2] ?? Number.NaN)),
  }
}

function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}

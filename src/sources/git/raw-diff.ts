/** One entry of `--raw -z --no-abbrev`. */
export interface RawChange {
  readonly oldMode: string
  readonly newMode: string
  readonly oldId: string
  readonly newId: string
  /** A, M, D, T, U, or R and C with their similarity left out. */
  readonly status: string
  readonly path: Buffer
  /** Only of a rename or copy. */
  readonly oldPath: Buffer | null
}

/**
 * Parses `:<mode> <mode> <id> <id> <status>NUL<path>NUL[<path>NUL]`, for as long as entries follow each other.
 * https://git-scm.com/docs/git-diff-index#_raw_output_format
 */
export function parseRawDiff(output: Buffer): RawChange[] {
  const changes: RawChange[] = []
  let at = 0
  while (output[at] === 0x3a) {
    const [entry, next] = parseEntry(output, at)
    changes.push(entry)
    at = next
  }
  return changes
}

/** One entry that begins at the colon at `at`, and where the next one begins. */
export function parseEntry(output: Buffer, at: number): [RawChange, number] {
  const headEnd = output.indexOf(0, at)
  const [oldMode = '', newMode = '', oldId = '', newId = '', status = ''] = output
    .toString('latin1', at + 1, headEnd)
    .split(' ')
  const pathEnd = output.indexOf(0, headEnd + 1)
  const first = output.subarray(headEnd + 1, pathEnd)
  const change = { oldMode, newMode, oldId, newId, status: status.slice(0, 1) }
  if (change.status !== 'R' && change.status !== 'C')
    return [{ ...change, path: first, oldPath: null }, pathEnd + 1]
  const secondEnd = output.indexOf(0, pathEnd + 1)
  return [{ ...change, path: output.subarray(pathEnd + 1, secondEnd), oldPath: first }, secondEnd + 1]
}

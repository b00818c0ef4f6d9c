/** What is told of the output of `git diff-tree --stdin -r -c --raw -z --no-abbrev --no-renames`, in its order. */
export interface RawListener {
  /** The line that was asked, or the commit's id. */
  asked(line: string): void
  /** Before each change, whatever it is of; false: read no more. */
  another(): boolean
  /** `object`: the number of what is wanted. Of a merge: what stands nowhere there in any parent came, what it replaced went. */
  changed(object: number, came: boolean, path: Buffer): void
}

const colon = 0x3a

/**
 * `:<mode> <mode> <id> <id> <status> NUL <path> NUL`, of a merge with n parents n colons, n + 1 modes and ids.
 * https://git-scm.com/docs/git-diff-tree#_raw_output_format
 */
export async function readRawChanges(
  stdout: AsyncIterable<Buffer>,
  wanted: ReadonlyMap<string, number>,
  idDigits: number,
  listener: RawListener,
): Promise<void> {
  const isPossible = sieveOf(wanted.keys())
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stdout) {
    const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    for (;;) {
      const next = bytes[at] === colon ? change(bytes, at) : header(bytes, at)
      if (next === 'stop') return
      if (next === 'more') break
      at = next
    }
    rest = bytes.subarray(at)
  }

  /** `<tree> SP <tree> LF` or `<commit> NUL`. */
  function header(bytes: Buffer, at: number): number | 'more' {
    const length = bytes[at + idDigits] === 0x20 ? 2 * idDigits + 1 : idDigits
    if (bytes.length <= at + length) return 'more'
    listener.asked(bytes.toString('latin1', at, at + length))
    return at + length + 1
  }

  function change(bytes: Buffer, at: number): number | 'more' | 'stop' {
    const head = bytes.indexOf(0, at)
    const end = head === -1 ? -1 : bytes.indexOf(0, head + 1)
    if (end === -1) return 'more'
    if (!listener.another()) return 'stop'
    let parents = 1
    while (bytes[at + parents] === colon) parents += 1
    const ids = at + parents + 7 * (parents + 1)
    const step = idDigits + 1
    const path = (): Buffer => Buffer.from(bytes.subarray(head + 1, end))
    const now = wantedAt(bytes, ids + parents * step)
    if (now !== undefined && !isAmong(bytes, ids, parents, step)) listener.changed(now, true, path())
    for (let k = 0; k < parents; k++) {
      const before = wantedAt(bytes, ids + k * step)
      if (before !== undefined && before !== now) listener.changed(before, false, path())
    }
    return end + 1
  }

  /** Only its mode is new. */
  function isAmong(bytes: Buffer, ids: number, parents: number, step: number): boolean {
    const now = ids + parents * step
    for (let k = 0; k < parents; k++) {
      const before = ids + k * step
      if (bytes.compare(bytes, now, now + idDigits, before, before + idDigits) === 0) return true
    }
    return false
  }

  function wantedAt(bytes: Buffer, at: number): number | undefined {
    return isPossible(bytes, at) ? wanted.get(bytes.toString('latin1', at, at + idDigits)) : undefined
  }
}

/** By the first four digits of an id: most are passed over without a look-up. */
function sieveOf(ids: Iterable<string>): (bytes: Buffer, at: number) => boolean {
  const first = new Uint8Array(2 ** 16)
  for (const id of ids) first[Number.parseInt(id.slice(0, 4), 16)] = 1
  const digits = new Uint8Array(256)
  for (let value = 0; value < 16; value++) digits[value.toString(16).charCodeAt(0)] = value
  return (bytes, at) => {
    const [a, b, c, d] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]
    const place =
      ((digits[a as number] as number) << 12) |
      ((digits[b as number] as number) << 8) |
      ((digits[c as number] as number) << 4) |
      (digits[d as number] as number)
    return first[place] === 1
  }
}

/** An entry of a tree as git stores it: `<mode> SP <name> NUL <id>`. Places in the tree's bytes. */
export interface TreeEntry {
  readonly name: Buffer
  readonly isTree: boolean
  readonly id: Buffer
}

/** A name whose entry is not the same in both trees; null: there is none. */
export type TellChange = (before: TreeEntry | null, after: TreeEntry | null) => void

/**
 * Compares two trees, without what they contain: what is equal at their beginnings and ends is passed over, so that
 * it costs little where one entry of many has changed. Entries may be in any order. A file and a folder of the same
 * name are two entries. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
 */
export function treeChanges(a: Buffer, b: Buffer, idLength: number, tell: TellChange): void {
  const [from, ends] = differing(a, b, idLength)
  const before = new Map<string, TreeEntry>()
  for (const entry of entriesOf(a, from, ends.a, idLength)) before.set(keyOf(entry), entry)
  for (const entry of entriesOf(b, from, ends.b, idLength)) {
    const key = keyOf(entry)
    const other = before.get(key)
    before.delete(key)
    if (other === undefined) tell(null, entry)
    else if (!other.id.equals(entry.id)) tell(other, entry)
  }
  for (const entry of before.values()) tell(entry, null)
}

function keyOf({ isTree, name }: TreeEntry): string {
  return `${isTree ? '/' : ''}${name.toString('latin1')}`
}

/** Where the first entry that differs begins, and where in each tree the equal ones at the end begin. */
function differing(a: Buffer, b: Buffer, idLength: number): [from: number, ends: { a: number; b: number }] {
  const equal = equalBytes(a, b)
  let from = 0
  for (
    let next = nextEntry(a, from, idLength);
    next <= equal && next > from;
    next = nextEntry(a, from, idLength)
  )
    from = next
  const most = Math.min(a.length, b.length) - from
  let tail = 0
  while (tail < most && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1
  let at = from
  while (at < a.length && a.length - at > tail) at = nextEntry(a, at, idLength)
  let to = from
  while (to < b.length && b.length - to > a.length - at) to = nextEntry(b, to, idLength)
  const isAligned = b.length - to === a.length - at
  return [from, isAligned ? { a: at, b: to } : { a: a.length, b: b.length }]
}

const step = 1024

function equalBytes(a: Buffer, b: Buffer): number {
  const most = Math.min(a.length, b.length)
  let at = 0
  while (at + step <= most && a.compare(b, at, at + step, at, at + step) === 0) at += step
  while (at < most && a[at] === b[at]) at += 1
  return at
}

/** Behind the last one: the tree's length. */
function nextEntry(tree: Buffer, at: number, idLength: number): number {
  const end = tree.indexOf(0, at)
  return end === -1 ? tree.length : Math.min(tree.length, end + 1 + idLength)
}

function* entriesOf(tree: Buffer, from: number, to: number, idLength: number): Generator<TreeEntry> {
  for (let at = from; at < to; ) {
    const space = tree.indexOf(0x20, at)
    const end = tree.indexOf(0, at)
    const next = end + 1 + idLength
    if (space === -1 || end < space || next > tree.length) return
    const isTree = tree[at] === 0x34 || tree.toString('latin1', at, space) === '040000'
    yield { name: tree.subarray(space + 1, end), isTree, id: tree.subarray(end + 1, next) }
    at = next
  }
}

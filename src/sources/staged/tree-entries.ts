import { Damaged } from '../git/pack/types.ts'

/** An entry of a tree; offsets are in its bytes. */
export interface TreeEntry {
  readonly mode: number
  readonly name: number
  readonly nameEnd: number
  readonly id: number
}

/** `<mode> SP <name> NUL <id>`, again and again, mode in octal. Throws `Damaged`. */
export function parseTree(tree: Buffer, idLength: number): TreeEntry[] {
  const entries: TreeEntry[] = []
  for (let at = 0; at < tree.length; ) {
    let mode = 0
    let name = at
    for (; tree[name] !== 0x20; name++) {
      const digit = (tree[name] ?? 0) - 0x30
      if (digit < 0 || digit > 7) throw new Damaged('a tree with an odd mode')
      mode = mode * 8 + digit
    }
    name += 1
    const nameEnd = tree.indexOf(0, name)
    const next = nameEnd + 1 + idLength
    if (nameEnd === -1 || next > tree.length) throw new Damaged('a tree that ends too early')
    entries.push({ mode, name, nameEnd, id: nameEnd + 1 })
    at = next
  }
  return entries
}

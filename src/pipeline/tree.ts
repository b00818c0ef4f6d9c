import { nameOf } from '../sources/name.ts'
import type { UnitName } from '../sources/types.ts'

/**
 * The name of the tree entry that `offset` lies in: `<mode> SP <name> NUL <20 or 32 bytes of id>`, again and again.
 * Which of the two it is shows in where the next entry begins.
 */
export function entryAt(tree: Uint8Array, offset: number): UnitName | null {
  const bytes = Buffer.from(tree.buffer, tree.byteOffset, tree.byteLength)
  return entryWith(bytes, offset, 20) ?? entryWith(bytes, offset, 32)
}

function entryWith(bytes: Buffer, offset: number, idLength: number): UnitName | null {
  let found: UnitName | null = null
  let at = 0
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at)
    const end = bytes.indexOf(0, at)
    if (space - at < 5 || space - at > 6 || end < space || end + idLength >= bytes.length + 1) return null
    if (offset > space && offset < end) found = nameOf(bytes.subarray(space + 1, end))
    at = end + 1 + idLength
  }
  return at === bytes.length ? found : null
}

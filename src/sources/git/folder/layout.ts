import { below } from '../repository.ts'

/** Below `objects`: loose objects, packs, what is derived from objects, pushes that were not taken up (object-folders.ts). The rest (`.keep`, `alternates`…) is text. */
const objects =
  /^objects\/(?:[0-9a-f]{2}\/(?:[0-9a-f]{38}|[0-9a-f]{62})$|(?:incoming|tmp_objdir)-[^/]*$|pack\/(?:tmp_[^/]*|multi-pack-index[^/]*|[^/]*\.(?:pack|idx|rev|bitmap|mtimes))$|info\/commit-graphs?$)/
/** https://git-lfs.com: read by `lfsUnits`, under the names of the files they belong to. */
const lfs = /^lfs\/objects$/

/** Tells what in a git folder is read in another way than file by file. https://git-scm.com/docs/gitrepository-layout */
export function readElsewhere(commonDir: Buffer, nested: readonly Buffer[]): (file: Buffer) => boolean {
  const own = below(commonDir, '')
  const others = new Set(nested.map((folder) => folder.toString('latin1')))
  return (file) => {
    if (others.size > 0 && others.has(file.toString('latin1'))) return true
    const first = file[own.length]
    // Most files are others, so that the first letter says it.
    if (first !== 0x6f && first !== 0x6c) return false
    if (!file.subarray(0, own.length).equals(own)) return false
    const name = file.toString('latin1', own.length)
    return objects.test(name) || lfs.test(name)
  }
}

import { readdirSync } from 'node:fs'
import { reasonOf } from '../../files/walk.ts'
import { nameOf } from '../../name.ts'
import type { Skipped } from '../../types.ts'
import { isAbsent } from '../submodules/git-folders.ts'
import { below } from '../repository.ts'
import { quoted } from '../shell.ts'

/**
 * What folders of objects hold that neither git nor we can read as objects: git does not see a pack whose index is gone,
 * and says nothing. What is wrong within a pack is found when it is read.
 */
export function storeGaps(folders: readonly Buffer[]): Skipped[] {
  return folders.flatMap((folder) => {
    const packs = below(folder, 'pack')
    let names: Buffer[]
    try {
      names = readdirSync(packs, { encoding: 'buffer' })
    } catch (error) {
      return isAbsent(error) ? [] : [{ skipped: nameOf(packs).text, reason: reasonOf(error) }]
    }
    const all = new Set(names.map((name) => name.toString('latin1')))
    return names.flatMap((name) => gapOf(packs, name, all))
  })
}

function gapOf(packs: Buffer, name: Buffer, all: ReadonlySet<string>): Skipped[] {
  const key = name.toString('latin1')
  const skipped = `pack ${nameOf(name).text}`
  const place = quoted(nameOf(below(packs, name)).text)
  if (key.endsWith('.pack') && !all.has(key.replace(/pack$/, 'idx')))
    return [{ skipped, reason: 'it has no index', hint: `git index-pack ${place}` }]
  if (key.endsWith('.idx') && !all.has(key.replace(/idx$/, 'pack')))
    return [{ skipped, reason: 'its pack is gone', hint: 'fetch again, or scan another clone' }]
  if (!key.startsWith('tmp_pack_')) return []
  const hint = `if nothing is being fetched, it is of no use: rm ${place}`
  return [{ skipped, reason: 'an interrupted fetch left it: without an index it cannot be read', hint }]
}

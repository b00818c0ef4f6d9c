import * as fs from 'node:fs'
import { readPackIndex } from '../pack/open.ts'
import { below } from '../repository.ts'
import { longestText, readRegular } from '../regular-file.ts'

/**
 * When each object was written, in seconds since 1970, the latest of its copies: what `git gc` goes by. Infinite: it
 * is in a pack that is kept for ever, or in none that could be read (an alternate has it).
 */
export function writtenAt(objects: Buffer, ids: readonly string[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  const note = (id: string, time: number): void => {
    times.set(id, Math.max(times.get(id) ?? 0, time))
  }
  for (const id of ids) {
    const time = modified(below(objects, id.slice(0, 2), id.slice(2)))
    if (time !== null) note(id, time)
  }
  for (const name of packsIn(objects)) noteInPack(name, ids, note)
  return new Map(ids.map((id) => [id, times.get(id) ?? Number.POSITIVE_INFINITY]))
}

/** Without `.pack`. */
export function packsIn(objects: Buffer): Buffer[] {
  const folder = below(objects, 'pack')
  try {
    const names = fs.readdirSync(folder, { encoding: 'buffer' })
    return names
      .filter((name) => name.toString('latin1').endsWith('.idx'))
      .map((name) => below(folder, name.subarray(0, -4)))
  } catch {
    return []
  }
}

function noteInPack(name: Buffer, ids: readonly string[], note: (id: string, time: number) => void): void {
  const idLength = (ids[0]?.length ?? 40) / 2
  const bytes = Buffer.from(ids.join(''), 'hex')
  try {
    const index = readPackIndex(fs, name, idLength)
    const time = modified(withEnding(name, '.pack')) ?? 0
    const isKept = fs.existsSync(withEnding(name, '.keep'))
    const times = cruftTimes(name)
    for (const [at, id] of ids.entries()) {
      const entry = index.find(bytes, at * idLength)
      if (entry !== -1) note(id, isKept ? Number.POSITIVE_INFINITY : (times?.(entry) ?? time))
    }
  } catch {
    // That it cannot be read has been said: its objects were to be read as well.
  }
}

/**
 * Of a pack of what nothing reaches, the time of each object, in the order of the index: 4 bytes each behind a head of
 * 12. https://git-scm.com/docs/gitformat-pack (pack-*.mtimes)
 */
function cruftTimes(name: Buffer): ((entry: number) => number) | null {
  const file = withEnding(name, '.mtimes')
  if (!fs.existsSync(file)) return null
  const bytes = readRegular(file, longestText)
  return (entry) => (bytes.length < 16 + 4 * entry ? 0 : bytes.readUInt32BE(12 + 4 * entry))
}

function modified(file: Buffer): number | null {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? null : stat.mtimeMs / 1000
}

export function withEnding(name: Buffer, ending: string): Buffer {
  return Buffer.concat([name, Buffer.from(ending)])
}

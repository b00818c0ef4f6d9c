import { bytesOf } from '../name.ts'
import { type Git, runGit } from '../git/run.ts'
import type { UnitName } from '../types.ts'

/** Bytes: in fewer no key has room, however it is written. */
const shortestKey = 32

export type KnownFolder = (path: UnitName, signal: AbortSignal) => Promise<Buffer | null>

/**
 * What of a path the parents have as a folder already: a key in its name is nothing new. null where that is nothing,
 * or where the rest is long enough to hold the same key again.
 */
export function knownFolder(git: Git, parents: readonly string[]): KnownFolder {
  const known = new Map<string, Promise<boolean>>()
  return async (path, signal) => {
    if (path.raw !== null) return null
    const length = bytesOf(path).length
    for (let end = path.text.lastIndexOf('/'); end > 0; end = path.text.lastIndexOf('/', end - 1)) {
      const folder = path.text.slice(0, end)
      const bytes = Buffer.from(folder, 'utf8')
      if (length - bytes.length > shortestKey) return null
      const isKnown = known.get(folder) ?? isInAny(folder, signal)
      known.set(folder, isKnown)
      if (await isKnown) return bytes
    }
    return null
  }

  async function isInAny(folder: string, signal: AbortSignal): Promise<boolean> {
    for (const parent of parents) {
      const { code, stdout } = await runGit(git, ['cat-file', '-t', `${parent}:${folder}`], signal)
      if (code === 0 && stdout.toString('latin1').trim() === 'tree') return true
    }
    return false
  }
}

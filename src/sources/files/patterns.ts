import * as nodeFs from 'node:fs'
import { resolve } from 'node:path'
import { SourceError } from '../errors.ts'
import type { Excluded, Skipped } from '../types.ts'
import { shownName, type Start } from './operands.ts'

export interface Expanded {
  readonly starts: readonly Start[]
  readonly skipped: readonly Skipped[]
}

type ReadDirectory = (path: string, options: { withFileTypes: true }, done: Done) => void
type Done = (error: NodeJS.ErrnoException | null, entries: nodeFs.Dirent[]) => void

/**
 * Expands patterns with fast-glob: dot-files too, links never followed. As in a shell a pattern that matches a
 * folder means the folder, unless it reaches its files by `**` itself. One that matches nothing is an error.
 */
export async function expandPatterns(
  cwd: string,
  patterns: readonly string[],
  excluded: Excluded,
): Promise<Expanded> {
  if (patterns.length === 0) return { starts: [], skipped: [] }
  const { default: glob } = await import('fast-glob')
  const starts: Start[] = []
  const skipped: Skipped[] = []
  for (const pattern of patterns) {
    const found = await glob(pattern, {
      cwd,
      dot: true,
      followSymbolicLinks: false,
      onlyFiles: pattern.includes('**'),
      unique: true,
      fs: { readdir: honestly(skipped, excluded) },
    })
    if (found.length === 0 && skipped.length === 0) {
      throw new SourceError('no-match', `${pattern}: matches nothing`, 'nothing was scanned')
    }
    for (const path of found.sort()) {
      starts.push({ file: Buffer.from(resolve(cwd, path)), shown: Buffer.from(shownName(cwd, path)) })
    }
  }
  return { starts, skipped }
}

/** fast-glob either stops at the first unreadable folder or hides it: here it becomes a value, and .git is left out. */
function honestly(skipped: Skipped[], excluded: Excluded): typeof nodeFs.readdir {
  const read: ReadDirectory = (path, options, done) => {
    nodeFs.readdir(path, options, (error, entries) => {
      if (error !== null) {
        if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR')
          skipped.push({ skipped: path, reason: error.code ?? String(error) })
        done(null, [])
        return
      }
      const kept = entries.filter((entry) => entry.name !== '.git')
      if (kept.length < entries.length) excluded['git'] = (excluded['git'] ?? 0) + 1
      const links = kept.filter((entry) => entry.isSymbolicLink()).length
      if (links > 0) excluded['links'] = (excluded['links'] ?? 0) + links
      done(
        null,
        kept.filter((entry) => !entry.isSymbolicLink()),
      )
    })
  }
  return read as unknown as typeof nodeFs.readdir
}

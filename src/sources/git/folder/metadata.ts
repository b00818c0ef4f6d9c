import * as fs from 'node:fs'
import { readFiles } from '../../files/read.ts'
import { walk } from '../../files/walk.ts'
import type { Excluded, Origin, Skipped, Unit } from '../../types.ts'
import type { Gitlink } from './index-names.ts'
import { fileReader } from './metadata-file.ts'
import { readElsewhere } from './layout.ts'
import { refNames } from './refs.ts'
import { below, idLengthOf, type Repository, shownFolder } from '../repository.ts'

export interface MetadataNotes {
  readonly excluded: Excluded
  /** Git folders below this one that are repositories of their own: read as such. */
  readonly nested: readonly Buffer[]
  /** Told of every gitlink in the index. */
  readonly gitlink: (link: Gitlink) => void
}

/**
 * Every regular file of the git folder but objects (layout.ts), whatever its name: configuration, hooks, reflogs,
 * unfinished messages, patches and merges, indexes, what other tools keep there; linked worktrees' too. Links may lead
 * anywhere: they are counted and not followed, as in a tree. Names of files and refs are text as well.
 */
export async function* metadataUnits(
  repository: Repository,
  notes: MetadataNotes,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const listed = new Set<string>()
  yield* refUnits(repository, listed, signal)
  const { gitDir, commonDir } = repository
  const inside = gitDir.subarray(0, commonDir.length + 1).equals(below(commonDir, ''))
  const places = gitDir.equals(commonDir) || inside ? [commonDir] : [commonDir, gitDir]
  const starts = places.map((file) => ({ file, shown: Buffer.from(shownFolder(repository)) }))
  const aside = readElsewhere(commonDir, notes.nested)
  const found = walk(starts, { fs, excluded: notes.excluded, leftOut: null, aside })
  const file = fileReader(repository, await idLengthOf(repository, signal), listed, notes.gitlink)
  for await (const batch of readFiles(fs, found, signal)) {
    yield batch.flatMap(file.read)
    for (const later of file.later()) yield [later]
  }
}

async function* refUnits(
  repository: Repository,
  listed: Set<string>,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  for await (const batch of refNames(repository, signal)) {
    yield batch.map((item) => {
      if ('skipped' in item) return item
      listed.add(item.text)
      const origin: Origin = { kind: 'ref', ref: item.text }
      return { name: item, bytes: Buffer.from(item.text, 'utf8'), origin, encodings: [] }
    })
  }
}

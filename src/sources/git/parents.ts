import { resolve } from 'node:path'
import { bytesOf } from '../name.ts'
import type { Skipped, UnitName } from '../types.ts'
import { askGit, checkThatGitAnswers } from './ask.ts'
import { parseRawDiff } from './raw-diff.ts'
import { longestText, readRegular } from './regular-file.ts'
import { complaint, type Git, runGit } from './run.ts'

export interface ParentMaps {
  /** Ids of the commits. */
  readonly parents: readonly string[]
  /** Ids of the blobs that the parents of the coming commit have at `path`, whose blob in the index is `id`. */
  blobAt(path: UnitName, id: string): readonly string[]
  readonly skipped: readonly Skipped[]
}

/** Milliseconds: contents are compared, and attributes are read, which may be pipes anywhere in the tree. */
const renaming = 60_000

/** Sources and targets of renames that are compared, whatever diff.renameLimit says. */
const limit = '-l1000'

/** Asked only after a hit: finding renames reads file contents, and most commits need none of it. */
export async function parentMaps(git: Git, signal: AbortSignal): Promise<ParentMaps> {
  await checkThatGitAnswers(git, signal)
  const skipped: Skipped[] = []
  const maps: Map<string, string>[] = []
  const parents = await parentsOf(git, signal)
  for (const parent of parents) {
    const diff = await askGit(
      git,
      [
        'diff-index',
        '--cached',
        '--raw',
        '-z',
        '--no-abbrev',
        '-M',
        limit,
        '--ignore-submodules=none',
        '--no-relative',
        '--no-ext-diff',
        '--no-textconv',
        parent,
        '--',
      ],
      signal,
      renaming,
    )
    if (diff.code !== 0) {
      skipped.push({ skipped: parent, reason: `what the parent had is unknown: ${complaint(diff)}` })
      continue
    }
    maps.push(new Map(parseRawDiff(diff.stdout).map((change) => [keyOf(change.path), change.oldId])))
  }
  return { parents, skipped, blobAt }

  function blobAt(path: UnitName, id: string): readonly string[] {
    // Not in the difference: this parent has the very same blob there.
    const ids = maps.map((map) => map.get(keyOf(bytesOf(path))) ?? id)
    return [...new Set(ids)].filter((blob) => !/^0+$/.test(blob))
  }
}

async function parentsOf(git: Git, signal: AbortSignal): Promise<string[]> {
  const ids: string[] = []
  for (const name of ['HEAD', 'MERGE_HEAD']) {
    const answer = await runGit(git, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`], signal)
    if (answer.code === 0) ids.push(answer.stdout.toString('latin1').trim())
  }
  return ids.length < 2 ? ids : [...new Set([...ids, ...(await mergeHeads(git, signal))])]
}

/** An octopus has several lines in MERGE_HEAD; rev-parse shows the first. */
async function mergeHeads(git: Git, signal: AbortSignal): Promise<string[]> {
  const place = await runGit(git, ['rev-parse', '--git-path', 'MERGE_HEAD'], signal)
  try {
    return (
      readRegular(resolve(git.cwd, place.stdout.toString('utf8').replace(/\n$/, '')), longestText)
        .toString('latin1')
        .match(/^[0-9a-f]{40,64}/gm) ?? []
    )
  } catch {
    return []
  }
}

function keyOf(path: Uint8Array): string {
  return Buffer.from(path).toString('latin1')
}

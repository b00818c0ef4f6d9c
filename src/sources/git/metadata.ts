import * as fs from 'node:fs'
import { readFiles } from '../files/read.ts'
import { type FoundFile, walk } from '../files/walk.ts'
import { nameFrom } from '../name.ts'
import { type Excluded, isSkipped, type Skipped, type Unit } from '../types.ts'
import { below, type Repository } from './repository.ts'
import { complaint, runGit } from './run.ts'

/** Files of the git folder that people and programs write text into. */
const files = [
  'config',
  'config.worktree',
  'description',
  'COMMIT_EDITMSG',
  'MERGE_MSG',
  'SQUASH_MSG',
  'TAG_EDITMSG',
  'FETCH_HEAD',
]
const folders = ['logs', 'hooks', 'info', 'worktrees']

/** Names of refs, reflog messages, configuration, unfinished messages and hooks. */
export async function* metadataUnits(
  repository: Repository,
  excluded: Excluded,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  yield await refUnits(repository, signal)
  const { gitDir, commonDir } = repository
  const places = gitDir.equals(commonDir) ? [commonDir] : [commonDir, gitDir]
  const found = walk(places.flatMap(startsIn), { fs, excluded, leftOut: null })
  for await (const batch of readFiles(fs, found, signal)) {
    yield batch.map((item) =>
      isSkipped(item) ? item : { ...item, origin: { kind: 'other', what: item.name.text } },
    )
  }
}

async function refUnits({ git }: Repository, signal: AbortSignal): Promise<(Unit | Skipped)[]> {
  const list = await runGit(git, ['for-each-ref', '--format=%(refname)'], signal)
  const refs = list.stdout
    .toString('utf8')
    .split('\n')
    .filter((ref) => ref !== '')
  const items: (Unit | Skipped)[] = refs.map((ref) => ({
    name: nameFrom(ref),
    bytes: Buffer.from(ref, 'utf8'),
    origin: { kind: 'ref', ref },
    encodings: [],
  }))
  const broken = list.stderr.split('\n').filter((line) => /^(error|fatal|warning):/.test(line))
  for (const line of broken) items.push({ skipped: 'refs', reason: line, hint: 'try: git fsck' })
  if (list.code !== 0 && broken.length === 0) items.push({ skipped: 'refs', reason: complaint(list) })
  return items
}

/** Links in the git folder may lead anywhere: they are counted and not followed, as in a tree. */
function startsIn(place: Buffer): FoundFile[] {
  return [...files, ...folders].flatMap((name) => {
    const file = below(place, name)
    return fs.lstatSync(file, { throwIfNoEntry: false }) === undefined
      ? []
      : [{ file, shown: Buffer.from(`.git/${name}`) }]
  })
}

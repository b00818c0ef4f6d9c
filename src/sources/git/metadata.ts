import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nameFrom } from '../name.ts'
import type { Skipped, Unit } from '../types.ts'
import type { Repository } from './repository.ts'
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
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  yield await refUnits(repository, signal)
  const { gitDir, commonDir } = repository
  const places = gitDir === commonDir ? [commonDir] : [commonDir, gitDir]
  for (const place of places) {
    const names = [...files, ...folders.flatMap((folder) => filesBelow(place, folder))]
    for (const name of names) yield fileUnit(place, name)
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

function filesBelow(place: string, folder: string): string[] {
  try {
    return readdirSync(join(place, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name}`)
      .filter((name) => !name.endsWith('.sample'))
      .sort()
  } catch {
    return []
  }
}

function fileUnit(place: string, name: string): (Unit | Skipped)[] {
  try {
    const bytes = readFileSync(join(place, name))
    return [
      {
        name: nameFrom(`.git/${name}`),
        bytes,
        origin: { kind: 'other', what: `.git/${name}` },
        encodings: [],
      },
    ]
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return code === 'ENOENT' || code === 'EISDIR' ? [] : [{ skipped: `.git/${name}`, reason: code }]
  }
}

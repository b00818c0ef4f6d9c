import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs'
import { SourceError } from '../../errors.ts'
import { nameOf } from '../../name.ts'
import { type GitPlace, placeOf } from './git-place.ts'
import { objectFolders } from '../stored/object-folders.ts'
import { longestText } from '../regular-file.ts'
import { below } from '../repository.ts'
import type { Git } from '../run.ts'
import { quoted } from '../shell.ts'

/** A file that git would open by its name, and what is wrong with it. */
export interface StrangeFile {
  readonly file: Buffer
  readonly reason: string
}

type Environment = Pick<Git, 'env' | 'cwd' | 'inherit'>

/** What git opens at the top of a git folder, or of a linked worktree's. */
const top =
  /^(?:HEAD|[A-Z_]+_HEAD|config|config\.worktree|packed-refs|index|sharedindex\..*|shallow|commondir|gitdir)$/
/** git maps these into memory as far as it needs them; all others it reads whole. */
const mapped = /^(?:packed-refs|index|sharedindex\..*)$/
/** git looks at what a `.pack` is before it opens it. */
const packs = /^multi-pack-index|\.(?:idx|rev|bitmap|mtimes)$/
const looseFolder = /^[0-9a-f]{2}$/
const loose = /^(?:[0-9a-f]{38}|[0-9a-f]{62})$/
/** More files of refs than any repository has: a link leads out of it. */
const most = 2_000_000

/**
 * Before git is asked anything: it waits for a pipe in the place of a file for ever, and reads a device without an end.
 * Throws a SourceError that names the file.
 */
export function refuseStrangeFiles(git: Environment): void {
  const place = placeOf(git)
  const strange = place === null ? null : strangeFileIn(place, git)
  if (strange === null) return
  const name = nameOf(strange.file).text
  throw new SourceError(
    'broken-repository',
    `${name}: ${strange.reason}`,
    `git did not make it so: look what it is (ls -l ${quoted(name)}), and remove or replace it`,
  )
}

/** Of what git opens in a repository, the first that it must not; links are followed as git follows them. */
export function strangeFileIn({ gitDir, commonDir }: GitPlace, git: Environment): StrangeFile | null {
  const own = gitDir.equals(commonDir) ? [gitDir] : [gitDir, commonDir]
  const worktrees = entriesOf(below(commonDir, 'worktrees')).map(({ file }) => file)
  const lenders = objectFolders({ git, commonDir }).folders
  return (
    first([...own, ...worktrees], inGitFolder) ??
    first(lenders, inObjects) ??
    first(
      [...own, ...worktrees].map((folder) => below(folder, 'refs')),
      inRefs,
    )
  )
}

function inGitFolder(folder: Buffer): StrangeFile | null {
  const others = [
    ...entriesOf(below(folder, 'info'), /^sparse-checkout$/),
    ...entriesOf(below(folder, 'reftable')),
  ]
  return (
    first(entriesOf(folder, top), ({ file, name }) =>
      strange(file, mapped.test(name) ? Number.POSITIVE_INFINITY : longestText),
    ) ?? first(others, ({ file }) => strange(file))
  )
}

function inObjects(folder: Buffer): StrangeFile | null {
  return (
    first(entriesOf(below(folder, 'info'), /^alternates$/), ({ file }) => strange(file, longestText)) ??
    first(oddEntries(below(folder, 'pack'), packs), ({ file }) => strange(file)) ??
    first(entriesOf(folder, looseFolder), ({ file }) =>
      first(oddEntries(file, loose), (odd) => strange(odd.file)),
    )
  )
}

/** Folders behind links are entered once: a link may lead around in a circle. */
function inRefs(refs: Buffer): StrangeFile | null {
  const behindLinks = new Set<string>()
  const waiting = [refs]
  let count = 0
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = listOf(folder)
    count += entries.length
    for (const entry of entries) {
      if (entry.isFile()) continue
      const file = below(folder, entry.name)
      const stat = entry.isDirectory() ? null : statOf(file)
      const key = stat?.isDirectory() === true ? `${stat.dev} ${stat.ino}` : ''
      if (entry.isDirectory() || (key !== '' && !behindLinks.has(key))) waiting.push(file)
      else if (flawOf(stat, longestText) !== null) return strange(file, longestText)
      if (key !== '') behindLinks.add(key)
    }
    if (count > most)
      return { file: refs, reason: `more than ${most} files are there, or where its links lead` }
  }
  return null
}

function strange(file: Buffer, largest = Number.POSITIVE_INFINITY): StrangeFile | null {
  const reason = flawOf(statOf(file), largest)
  return reason === null ? null : { file, reason }
}

/** null: git can open it, or sees itself that it cannot. */
function flawOf(stat: Stats | null, largest: number): string | null {
  if (stat === null || stat.isDirectory()) return null
  if (stat.isFile())
    return stat.size > largest ? `it is larger than ${largest} bytes, and git would read all of it` : null
  // What is hidden from a container is often covered with it.
  if (stat.isCharacterDevice() && stat.rdev === statOf(Buffer.from('/dev/null'))?.rdev) return null
  const kind = stat.isFIFO() ? 'a pipe' : stat.isSocket() ? 'a socket' : 'a device'
  return `it is ${kind} and no file: git would wait for it for ever`
}

function statOf(file: Buffer): Stats | null {
  try {
    return statSync(file)
  } catch {
    return null
  }
}

interface Entry {
  readonly entry: Dirent<Buffer>
  readonly file: Buffer
  readonly name: string
}

function entriesOf(folder: Buffer, pattern = /^/): Entry[] {
  return named(listOf(folder), folder, pattern)
}

/** All but regular files, of which there may be many: the folder says already what they are. */
function oddEntries(folder: Buffer, pattern = /^/): Entry[] {
  return named(
    listOf(folder).filter((entry) => !entry.isFile()),
    folder,
    pattern,
  )
}

function named(entries: readonly Dirent<Buffer>[], folder: Buffer, pattern: RegExp): Entry[] {
  return entries.flatMap((entry) => {
    const name = entry.name.toString('latin1')
    return pattern.test(name) ? [{ entry, file: below(folder, entry.name), name }] : []
  })
}

/** What cannot be listed git cannot see either. */
function listOf(folder: Buffer): Dirent<Buffer>[] {
  try {
    return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })
  } catch {
    return []
  }
}

function first<T>(items: readonly T[], look: (item: T) => StrangeFile | null): StrangeFile | null {
  for (const item of items) {
    const found = look(item)
    if (found !== null) return found
  }
  return null
}

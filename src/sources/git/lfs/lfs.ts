import * as fs from 'node:fs'
import { readFiles } from '../../files/read.ts'
import { type FoundFile, walk } from '../../files/walk.ts'
import { nameFrom } from '../../name.ts'
import { type Excluded, isSkipped, type Skipped, type Unit } from '../../types.ts'
import { lfsFolders } from './lfs-folders.ts'
import type { LfsNotes, NotedPointer } from './lfs-pointer.ts'
import { objectFolders } from '../stored/object-folders.ts'
import { below, type Repository, shownFolder } from '../repository.ts'

/** At most this many are named one by one. */
const NAMED = 100

/**
 * Content that Git LFS keeps beside the objects, each once: as that of the blob that points to it, else by its file. A
 * pointer to what is not here is a gap. To be called once all blobs were noted.
 */
export async function* lfsUnits(
  repository: Repository,
  options: LfsOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const { notes } = options
  if (notes.count() === 0 && !(options.unclaimed && fs.existsSync(below(repository.commonDir, 'lfs')))) return
  const { folders, elsewhere } = await lfsFolders(repository, objectFolders(repository).folders, signal)
  const { here, missing } = sorted(folders, notes)
  for await (const batch of readFiles(fs, filesOf(here, repository), signal)) {
    yield batch.map((item) => contentOf(item, here))
  }
  if (options.unclaimed) yield* unclaimed(repository, here, options, signal)
  yield elsewhere === null ? missing : notes.count() > 0 ? [elsewhere] : []
}

export interface LfsOptions {
  /** Of all blobs that were read. */
  readonly notes: LfsNotes
  readonly excluded: Excluded
  /** Also what is here and no blob that was read points to. */
  readonly unclaimed: boolean
}

interface Present {
  readonly file: Buffer
  readonly id: string
  /** Not null: it is not as long as it should be. */
  readonly flaw: string | null
}

/** By oid. */
type Here = ReadonlyMap<string, Present>

function sorted(folders: readonly Buffer[], notes: LfsNotes): { here: Here; missing: Skipped[] } {
  const here = new Map<string, Present>()
  const missing: Skipped[] = []
  const counted = new Set<number>()
  for (const pointer of notes.pointers()) {
    const { oid, id, size } = pointer
    if (here.has(oid)) continue
    const found = find(folders, oid)
    if (found !== null) {
      const flaw = found.size === size ? null : `${found.size} bytes instead of ${size}`
      here.set(oid, { file: found.file, id, flaw })
      continue
    }
    // Six bytes of each tell them apart well enough to count them.
    counted.add(Number.parseInt(oid.slice(0, 12), 16))
    if (counted.size > missing.length && missing.length < NAMED) missing.push(gapOf(pointer))
  }
  const more = counted.size - missing.length
  const hint = 'git lfs fetch --all'
  if (more > 0) missing.push({ skipped: 'LFS objects', reason: `${more} more are not here`, hint })
  return { here, missing }
}

function find(folders: readonly Buffer[], oid: string): { file: Buffer; size: number } | null {
  for (const folder of folders) {
    const file = below(folder, oid.slice(0, 2), oid.slice(2, 4), oid)
    const stat = fs.lstatSync(file, { throwIfNoEntry: false })
    if (stat?.isFile() === true) return { file, size: stat.size }
  }
  return null
}

function gapOf({ oid, id, size }: NotedPointer): Skipped {
  return {
    skipped: `LFS object ${oid}`,
    reason: `it is not here, only the pointer to its ${size} bytes (blob ${id})`,
    hint: 'git lfs fetch --all',
  }
}

function* filesOf(here: Here, repository: Repository): Generator<FoundFile | Skipped> {
  for (const [oid, { file, flaw }] of here) {
    const shown = `${shownFolder(repository)}/lfs/objects/${oid.slice(0, 2)}/${oid.slice(2, 4)}/${oid}`
    if (flaw !== null)
      yield { skipped: shown, reason: `damaged: ${flaw}`, hint: 'git lfs fsck, then git lfs fetch --all' }
    yield { file, shown: Buffer.from(shown) }
  }
}

function contentOf(item: Unit | Skipped, here: Here): Unit | Skipped {
  if (isSkipped(item)) return item
  const oid = item.name.text.slice(-64)
  const id = here.get(oid)?.id ?? ''
  return {
    ...item,
    name: nameFrom(`LFS object ${oid}`),
    origin: { kind: 'object', id, type: 'blob', lfs: oid },
  }
}

/** Where Git LFS puts things by default and no blob that was read points to: its pointer is elsewhere, or gone. */
async function* unclaimed(
  repository: Repository,
  here: Here,
  { excluded }: LfsOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly (Unit | Skipped)[]> {
  const folder = below(repository.commonDir, 'lfs', 'objects')
  if (!isOwnFolder(folder)) return
  const start = { file: folder, shown: Buffer.from(`${shownFolder(repository)}/lfs/objects`) }
  const aside = (file: Buffer) => here.has(file.toString('latin1', file.length - 64))
  const found = walk([start], { fs, excluded, leftOut: null, aside })
  for await (const batch of readFiles(fs, found, signal)) {
    yield batch.map((item) =>
      isSkipped(item) ? item : { ...item, origin: { kind: 'other', what: item.name.text, named: true } },
    )
  }
}

/** Neither absent nor behind a link. */
function isOwnFolder(folder: Buffer): boolean {
  try {
    return fs.realpathSync.native(folder, 'buffer').equals(folder)
  } catch {
    return false
  }
}

import { basename, dirname, join, resolve } from 'node:path'
import type { FileSystem } from '../context.ts'
import type { Delivery, Evidence } from './types.ts'

/** A pipe or a device would be waited for without end, and cannot be replaced by a file. */
export function readRegular(path: string, fs: FileSystem): Buffer {
  if (!fs.statSync(path).isFile()) throw new Error('is no regular file')
  return fs.readFileSync(path)
}

/** Why the file could not be replaced, seen without changing anything; null when nothing speaks against it. */
export function unwritable(path: string, fs: FileSystem): Evidence | null {
  const folder = dirname(resolved(path, fs))
  try {
    fs.accessSync(folder, writeAndEnter)
    return null
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    const text =
      code === 'ENOENT' ? `folder ${folder} is missing` : `folder ${folder} cannot be written (${code})`
    return { result: 'failed', level: 'none', text }
  }
}

/** W_OK and X_OK of access(2). */
const writeAndEnter = 3

/** The owner or group could not be kept: a person has to do it. */
export class OwnerNotKept extends Error {}

/**
 * Replaces a file's content in one step: a sibling (0600, made exclusively, journalled first) gets the bytes, the
 * owner and the mode, is synced and renamed over it. Links are resolved first, so that the link stays a link. What
 * somebody else wrote meanwhile is not overwritten.
 */
export async function replaceFile(
  path: string,
  { before: expected, after: bytes }: { readonly before: Uint8Array | null; readonly after: Uint8Array },
  delivery: Delivery,
  deps: { readonly fs: FileSystem; random(bytes: number): Uint8Array },
): Promise<void> {
  const { fs } = deps
  const target = resolved(path, fs)
  const before = fs.existsSync(target) ? fs.statSync(target) : null
  const sibling = join(
    dirname(target),
    `.${basename(target)}.pplx-warden-${Buffer.from(deps.random(6)).toString('hex')}`,
  )
  await delivery.journalSibling(sibling)
  delivery.at('deliver:sibling-journalled')
  const descriptor = fs.openSync(sibling, 'wx', 0o600)
  try {
    for (let done = 0; done < bytes.length; )
      done += fs.writeSync(descriptor, bytes, done, bytes.length - done, done)
    if (before !== null) keepOwnerAndMode(fs, descriptor, before)
    fs.fsyncSync(descriptor)
    delivery.at('deliver:sibling-written')
    const now = fs.existsSync(target) ? fs.readFileSync(target) : null
    if (now === null ? expected !== null : expected === null || !now.equals(expected)) {
      throw new Error('was changed by somebody at this very moment; nothing was written')
    }
    fs.renameSync(sibling, target)
  } catch (error) {
    fs.rmSync(sibling, { force: true })
    throw error
  } finally {
    fs.closeSync(descriptor)
  }
  delivery.at('deliver:renamed')
  syncFolder(fs, dirname(target))
}

/** Where the links end, also when nothing stands there yet. */
function resolved(path: string, fs: FileSystem): string {
  try {
    return fs.realpathSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  let next: string
  try {
    next = fs.readlinkSync(path)
  } catch {
    return path
  }
  return resolved(resolve(dirname(path), next), fs)
}

function keepOwnerAndMode(
  fs: FileSystem,
  descriptor: number,
  before: { uid: number; gid: number; mode: number },
): void {
  const now = fs.fstatSync(descriptor)
  if (now.uid !== before.uid || now.gid !== before.gid) {
    try {
      fs.fchownSync(descriptor, before.uid, before.gid)
    } catch (cause) {
      throw new OwnerNotKept(`owner ${before.uid}:${before.gid} cannot be kept by this user`, { cause })
    }
  }
  fs.fchmodSync(descriptor, before.mode & 0o7777)
}

function syncFolder(fs: FileSystem, folder: string): void {
  const descriptor = fs.openSync(folder, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

import { basename, dirname, join } from 'node:path'
import type { FileSystem } from '../context.ts'
import type { Delivery } from './types.ts'

/** The owner or group could not be kept: a person has to do it. */
export class OwnerNotKept extends Error {}

/**
 * Replaces a file's content in one step: a sibling (0600, made exclusively, journalled first) gets the bytes, the
 * owner and the mode, is synced and renamed over it. Links are resolved first, so that the link stays a link.
 */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  delivery: Delivery,
  deps: { readonly fs: FileSystem; random(bytes: number): Uint8Array },
): Promise<void> {
  const { fs } = deps
  const target = fs.existsSync(path) ? fs.realpathSync(path) : path
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

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { SourceError } from '../errors.ts'
import { lazyCrypto } from '../../lazy-node.ts'
import { placeOf } from '../git/folder/git-place.ts'
import { largestIndex, readRegular } from '../git/regular-file.ts'
import type { Git } from '../git/run.ts'
import { smallSha1 } from './sha1.ts'

/** Bytes: about a hundred entries. */
const small = 8192

/**
 * git takes a damaged index as it comes (since 2.13 it checks the sum at the end only in fsck), and then records
 * something else than it shows, or nothing. https://git-scm.com/docs/index-format
 */
export function checkIndex(git: Git): void {
  const file = indexFile(git)
  if (file === null || !existsSync(file)) return
  const bytes = readRegular(file, largestIndex)
  if (isWhole(bytes)) return
  throw new SourceError(
    'broken-repository',
    `${file} is damaged`,
    'what is staged is unknown; git read-tree HEAD makes a new one',
  )
}

/** The sum at the end is of one of the two kinds that there are. */
export function isWhole(index: Buffer): boolean {
  return endsInHash(index, 'sha1', 20) || endsInHash(index, 'sha256', 32)
}

/** The trailing sum is right, or left out (index.skipHash). */
function endsInHash(bytes: Buffer, algorithm: string, length: number): boolean {
  if (bytes.length < 12 + length) return false
  const sum = bytes.subarray(bytes.length - length)
  return (
    sum.every((byte) => byte === 0) || sumOf(bytes.subarray(0, -length), algorithm) === sum.toString('hex')
  )
}

function sumOf(bytes: Buffer, algorithm: string): string {
  if (algorithm === 'sha1' && bytes.length <= small) return smallSha1(bytes)
  return lazyCrypto().createHash(algorithm).update(bytes).digest('hex')
}

/** As git finds it, without asking git; null where only git knows. */
function indexFile({ env, cwd, inherit }: Git): string | null {
  const named = inherit ? env['GIT_INDEX_FILE'] : undefined
  // git takes it relative to the top of the working tree, where it also runs the hooks that set it.
  if (named !== undefined) return resolve(cwd, named)
  const place = placeOf({ env, cwd, inherit })
  return place === null ? null : join(place.gitDir.toString('utf8'), 'index')
}

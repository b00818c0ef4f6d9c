import { isSkipped, type Skipped, type Unit, type Verdict } from '../../types.ts'
import { lfsPointer } from '../lfs/lfs-pointer.ts'
import { createIdSet, type IdSet, kept } from './id-set.ts'
import type { KnownKey, Memory } from './types.ts'

/** Notes what becomes of the objects that are there: for the memory of this scan, once it was complete. */
export interface Recorder {
  /** Nothing of what is remembered is gone, and of what is clean only the new is told. */
  keepClean(): void
  /** An object that is remembered as clean is still there. */
  clean(id: Uint8Array): void
  /** A batch with somewhere for each object's verdict; of the batch before it all is known by now. */
  watch(batch: readonly (Unit | Skipped)[]): readonly (Unit | Skipped)[]
  /** A run of the length of a key's body; `fingerprint` is what the key's would be. */
  bareBody(fingerprint: string): void
  pack(checksum: string, stamp: string): void
  loose(id: string): void
  tips(ids: readonly string[]): void
  /** It is stored in a way that we do not know. */
  refuse(): void
  /** null: not to be remembered, or too much. */
  result(): Memory | null
}

/** More objects than this that have to be read every time, or runs that could be keys, are not remembered. */
const mostUnclean = 20_000
const mostBare = 1_000_000

export function createRecorder(before: Memory | null, known: readonly KnownKey[]): Recorder {
  let clean = createIdSet()
  const bare = before?.bare ?? createIdSet()
  const packs = new Map<string, string>()
  const loose = createIdSet()
  const tips: string[] = []
  const unclean = new Set<string>()
  let waiting: { readonly id: string; readonly verdict: Verdict | null }[] = []
  let isRefused = false
  return {
    keepClean() {
      clean = before?.clean ?? clean
    },
    clean: (id) => clean.add(id, 0),
    watch,
    bareBody: (fingerprint) => bare.add(rawOf(fingerprint), 0),
    pack: (checksum, stamp) => packs.set(checksum, stamp),
    loose: (id) => loose.add(Buffer.from(id.slice(0, 2 * kept), 'hex'), 0),
    tips: (ids) => tips.push(...ids),
    refuse() {
      isRefused = true
    },
    result,
  }

  function watch(batch: readonly (Unit | Skipped)[]): readonly (Unit | Skipped)[] {
    settle()
    return batch.map((item) => {
      if (isSkipped(item) || item.origin.kind !== 'object') return item
      const { id } = item.origin
      if (isPointer(item)) {
        waiting.push({ id, verdict: null })
        return item
      }
      const verdict = item.verdict ?? { clean: false }
      waiting.push({ id, verdict })
      return verdict === item.verdict ? item : { ...item, verdict }
    })
  }

  function settle(): void {
    for (const { id, verdict } of waiting) {
      if (verdict?.clean === true) clean.add(Buffer.from(id.slice(0, 2 * kept), 'hex'), 0)
      else if (unclean.size <= mostUnclean) unclean.add(id)
    }
    waiting = []
  }

  function result(): Memory | null {
    settle()
    if (isRefused || unclean.size > mostUnclean || bare.size > mostBare) return null
    return { clean, unclean: [...unclean], packs, loose, tips, bare, known: printsOf(known) }
  }
}

/** What a pointer of Git LFS points to may be gone the next time. */
function isPointer({ bytes }: Unit): boolean {
  return bytes instanceof Uint8Array && lfsPointer(bytes) !== null
}

function printsOf(known: readonly KnownKey[]): IdSet {
  const prints = createIdSet()
  for (const { fingerprint } of known) prints.add(rawOf(fingerprint), 0)
  return prints
}

/** Whether all of these keys were looked for, or cannot be there. */
export function covers({ known, bare }: Memory, keys: readonly KnownKey[]): boolean {
  return keys.every(({ fingerprint, isUsual }) => {
    const print = rawOf(fingerprint)
    return known.has(print, 0) || (isUsual && !bare.has(print, 0))
  })
}

/** `sha256:` and hex. */
function rawOf(fingerprint: string): Buffer {
  return Buffer.from(fingerprint.slice('sha256:'.length), 'hex')
}

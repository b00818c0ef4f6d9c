import { isSkipped, type Origin, type Skipped, type Unit, type Verdict } from '../../types.ts'
import { createIdSet, type IdSet } from './id-set.ts'
import type { KnownKey, Memory } from './types.ts'

/** Notes what becomes of the objects that are read, on top of what is remembered. */
export interface Recorder {
  /** A batch with somewhere for each object's verdict; of the batch before it all is known by now. */
  watch(folder: string, batch: readonly (Unit | Skipped)[]): readonly (Unit | Skipped)[]
  /** A run of the length of a key's body; `fingerprint` is what the key's would be. */
  bareBody(fingerprint: string): void
  pack(checksum: string): void
  tips(ids: readonly string[]): void
  /** null: too much to remember. */
  result(): Memory | null
}

type ObjectOrigin = Extract<Origin, { kind: 'object' }>

/** More objects than this that have to be read every time, or runs that could be keys, are not remembered. */
const mostUnclean = 5000
const mostBare = 1_000_000

export function createRecorder(before: Memory | null, known: readonly KnownKey[]): Recorder {
  const clean = before?.clean ?? createIdSet()
  const bare = before?.bare ?? createIdSet()
  const packs = new Set(before?.packs)
  const tips: string[] = []
  const unclean: Record<string, string[]> = {}
  let uncleanCount = 0
  let waiting: { readonly origin: ObjectOrigin; readonly folder: string; readonly verdict: Verdict }[] = []
  return {
    watch,
    bareBody: (fingerprint) => bare.add(rawOf(fingerprint), 0),
    pack: (checksum) => packs.add(checksum),
    tips: (ids) => tips.push(...ids),
    result,
  }

  function watch(folder: string, batch: readonly (Unit | Skipped)[]): readonly (Unit | Skipped)[] {
    settle()
    return batch.map((item) => {
      if (isSkipped(item) || item.origin.kind !== 'object') return item
      const verdict = item.verdict ?? { clean: false }
      waiting.push({ origin: item.origin, folder, verdict })
      return verdict === item.verdict ? item : { ...item, verdict }
    })
  }

  function settle(): void {
    for (const { origin, folder, verdict } of waiting) {
      const { id, lfs } = origin
      // What Git LFS keeps has a name of its own; where it is not clean, its pointer is to be read again.
      if (verdict.clean) clean.add(Buffer.from((lfs ?? id).slice(0, 16), 'hex'), 0)
      else if (++uncleanCount <= mostUnclean) (unclean[folder] ??= []).push(id)
    }
    waiting = []
  }

  function result(): Memory | null {
    settle()
    if (uncleanCount > mostUnclean || bare.size > mostBare) return null
    return { clean, unclean, packs, tips, bare, known: printsOf(known) }
  }
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

import { prefixBytes } from './alphabet.ts'
import { createKernel, type Kernel } from './kernel/index.ts'
import type { Wrapping } from './types.ts'
import { wrappings } from './wrappings/index.ts'

/** A wrapping that wants to be asked when a needle is found. */
export interface Lookout {
  readonly wrapping: Wrapping
  /** Place of the wrapping in the registry. */
  readonly rank: number
  /** Place of the needle in the wrapping's own list. */
  readonly needle: number
}

/**
 * How a gzip in base64 begins: magic, deflate, and the six upper bits of flags of which RFC 1952 defines five. Only at
 * the start of its base64: at the other alignments too few characters are fixed.
 */
const gzipInBase64 = Array.from('ABCDEFGH', (flags) => Buffer.from(`H4sI${flags}`, 'latin1'))

/** The prefix itself comes first. */
export const plainNeedle = 0

const { needles, lookouts } = collect()
const firstEmbedded = needles.length

export { lookouts }
export const kernel: Kernel = createKernel([...needles, ...gzipInBase64])

/** Whether a needle stands for bytes that are no text, not for a token. */
export function isEmbedded(needle: number): boolean {
  return needle >= firstEmbedded
}

/** All needles once, and for each the wrappings that want it. */
function collect(): { needles: readonly Uint8Array[]; lookouts: readonly (readonly Lookout[])[] } {
  const needles: Uint8Array[] = [prefixBytes]
  const lookouts: Lookout[][] = [[]]
  const ids = new Map<string, number>()
  Object.values(wrappings).forEach((wrapping: Wrapping, rank) => {
    wrapping.needles.forEach((bytes, needle) => {
      const key = Buffer.from(bytes).toString('latin1')
      const id = ids.get(key) ?? needles.push(bytes) - 1
      ids.set(key, id)
      lookouts[id] ??= []
      lookouts[id].push({ wrapping, rank, needle })
    })
  })
  return { needles, lookouts }
}

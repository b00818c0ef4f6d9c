import type { DeltaTrees } from './delta-trees.ts'

/** What is wanted of an object: to be read; nothing, as it was found clean before; nothing, as it was read elsewhere. */
export type Wish = 'read' | 'clean' | 'none'

/** What has to be unpacked: what is wanted, and whatever that is made of. Numbers are places in the pack's order. */
export interface Wishes {
  isRead(i: number): boolean
  isClean(i: number): boolean
  /** The first of `i` and its next siblings that has to be unpacked; -1: none. */
  firstNeeded(i: number): number
  isNeeded(i: number): boolean
  /** It has been seen to. */
  done(i: number): void
}

const READ = 1
const CLEAN = 2
const NEEDED = 4

export function wishesOf(trees: DeltaTrees, wishFor: (entry: number) => Wish): Wishes {
  const { count, named, base, nextSibling } = trees
  const flags = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const wish = wishFor(named[i] as number)
    if (wish === 'clean') flags[i] = (flags[i] as number) | CLEAN
    if (wish !== 'read') continue
    flags[i] = (flags[i] as number) | READ
    for (let at = i; at !== -1 && !has(at, NEEDED); at = base[at] as number)
      flags[at] = (flags[at] as number) | NEEDED
  }
  return {
    isRead: (i) => has(i, READ),
    isClean: (i) => has(i, CLEAN),
    isNeeded: (i) => has(i, NEEDED),
    firstNeeded(i) {
      let at = i
      while (at !== -1 && !has(at, NEEDED)) at = nextSibling[at] as number
      return at
    },
    done(i) {
      flags[i] = (flags[i] as number) & ~NEEDED
    },
  }

  function has(i: number, flag: number): boolean {
    return ((flags[i] as number) & flag) !== 0
  }
}

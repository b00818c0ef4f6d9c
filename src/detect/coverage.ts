/**
 * What has been unfolded already, for each wrapping and reading: in these parts of the unit its anchors need not be
 * looked at again. Without it a megabyte of anchors would be unfolded a hundred thousand times.
 */
export interface Coverage {
  has(slot: number, place: number): boolean
  add(slot: number, from: number, to: number): void
}

/** So many parts are remembered of each; the oldest are forgotten first. */
const mostKept = 64

export function createCoverage(): Coverage {
  /** From, to, from, to…, in the order in which they came. */
  const parts: number[][] = []
  return {
    has(slot, place) {
      const own = parts[slot]
      if (own === undefined) return false
      for (let i = own.length - 2; i >= 0; i -= 2) {
        if (place >= (own[i] as number) && place < (own[i + 1] as number)) return true
      }
      return false
    },
    add(slot, from, to) {
      const own = (parts[slot] ??= [])
      const last = own.length - 1
      if (last > 0 && from >= (own[last - 1] as number) && from <= (own[last] as number)) {
        own[last] = Math.max(to, own[last] as number)
        return
      }
      own.push(from, to)
      if (own.length > 2 * mostKept) own.splice(0, mostKept)
    },
  }
}

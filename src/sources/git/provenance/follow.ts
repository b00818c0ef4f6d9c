import type { Block } from './blocks.ts'
import type { History } from './history.ts'

/** Which pairs stand in which commits. */
export interface Following {
  /** A bit a pair, by commit: it stands there; it stood there or in some commit before it. */
  readonly standing: Int32Array
  readonly ever: Int32Array
}

/** Called for each commit where something came, went, or differs between parents. `came`: bits that are new there. */
export type Visit = (commit: number, came: number) => void

/** Whether a pair (bit) stands in a merge whose parents differ in it; undefined: to be asked of git. */
export type Answer = (commit: number, bit: number) => boolean | undefined

/**
 * Follows a block's pairs from parents to children. A merge has what all parents have, and what `answer` says of the
 * rest; where that is not known, what a merge without conflicts gives: a side that removed it wins over one that kept it.
 */
export function follow(
  history: History,
  { events }: Block,
  { standing, ever }: Following,
  visit: Visit,
  answer: Answer,
): void {
  const { ids, starts, parents } = history
  const firstCommit = events.length === 0 ? ids.length : Math.floor((events[0] as number) / 64)
  standing.fill(0)
  ever.fill(0)
  let next = 0
  for (let commit = firstCommit; commit < ids.length; commit++) {
    const [from, to] = [starts[commit] as number, starts[commit + 1] as number]
    let all = from === to ? 0 : -1
    let any = 0
    let before = 0
    for (let k = from; k < to; k++) {
      const parent = parents[k] as number
      all &= standing[parent] as number
      any |= standing[parent] as number
      before |= ever[parent] as number
    }
    let now = all
    let came = 0
    let settled = 0
    for (; next < events.length && (events[next] as number) < (commit + 1) * 64; next++) {
      const event = (events[next] as number) % 64
      const bit = 1 << (event >> 1)
      settled |= bit
      if ((event & 1) === 1) {
        now |= bit
        came |= bit
      } else {
        now &= ~bit
        came &= ~bit
      }
    }
    const differing = any & ~all & ~settled
    if (differing !== 0) now |= decided(commit, differing)
    standing[commit] = now
    ever[commit] = before | now
    if (settled !== 0 || differing !== 0) visit(commit, came)
  }

  function decided(commit: number, differing: number): number {
    let bits = 0
    for (let rest = differing; rest !== 0; rest &= rest - 1) {
      const bit = rest & -rest
      if (answer(commit, 31 - Math.clz32(bit)) ?? isKept(commit, bit)) bits |= bit
    }
    return bits
  }

  function isKept(commit: number, bit: number): boolean {
    for (let k = starts[commit] as number; k < (starts[commit + 1] as number); k++) {
      const parent = parents[k] as number
      if (((standing[parent] as number) & bit) === 0 && ((ever[parent] as number) & bit) !== 0) return false
    }
    return true
  }
}

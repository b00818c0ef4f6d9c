import type { History } from './history.ts'
import type { Tip, Tips } from './tips.ts'

export interface Reach {
  /** 0: HEAD reaches the commit; 1: another ref does; 2: nothing but the store has it. */
  level(commit: number): 0 | 1 | 2
  /** The commits of that level or below which have no child of that level or below; of level 0, HEAD alone. */
  ends(level: 0 | 1 | 2): readonly number[]
  /** The names of the first tips that reach each commit, `most` at most. */
  namesReaching(commits: readonly number[], most: number): Map<number, string[]>
}

export function reachOf(history: History, { tips, head }: Pick<Tips, 'tips' | 'head'>): Reach {
  const levels = levelsOf(history, tips, head)
  const isParent = [0, 1, 2].map((level) => parentsAt(history, levels, level))
  const ends = [0, 1, 2].map((level) =>
    Array.from(levels.keys()).filter(
      (commit) => (levels[commit] as number) <= level && isParent[level]?.[commit] === 0,
    ),
  )
  return {
    level: (commit) => levels[commit] as 0 | 1 | 2,
    ends: (level) => ends[level] ?? [],
    namesReaching: (commits, most) => namesReaching(history, tips, commits, most),
  }
}

function levelsOf({ ids, starts, parents }: History, tips: readonly Tip[], head: number): Uint8Array {
  const levels = new Uint8Array(ids.length).fill(2)
  for (const { commit } of tips) levels[commit] = 1
  if (head !== -1) levels[head] = 0
  for (let commit = ids.length - 1; commit >= 0; commit--) {
    const level = levels[commit] as number
    for (let k = starts[commit] as number; k < (starts[commit + 1] as number); k++) {
      const parent = parents[k] as number
      if ((levels[parent] as number) > level) levels[parent] = level
    }
  }
  return levels
}

function parentsAt({ ids, starts, parents }: History, levels: Uint8Array, level: number): Uint8Array {
  const isParent = new Uint8Array(ids.length)
  for (let commit = 0; commit < ids.length; commit++) {
    if ((levels[commit] as number) > level) continue
    for (let k = starts[commit] as number; k < (starts[commit + 1] as number); k++)
      isParent[parents[k] as number] = 1
  }
  return isParent
}

/** 32 commits at once: one walk over the history and the tips for that many, whatever the tips are. */
function namesReaching(
  { ids, starts, parents }: History,
  tips: readonly Tip[],
  commits: readonly number[],
  most: number,
): Map<number, string[]> {
  const names = new Map<number, string[]>()
  const descends = new Int32Array(ids.length)
  for (let at = 0; at < commits.length; at += 32) {
    const some = commits.slice(at, at + 32)
    descends.fill(0)
    for (const [bit, commit] of some.entries()) {
      descends[commit] = (descends[commit] as number) | (1 << bit)
      names.set(commit, [])
    }
    for (let commit = Math.min(...some); commit < ids.length; commit++) {
      let bits = descends[commit] as number
      for (let k = starts[commit] as number; k < (starts[commit + 1] as number); k++)
        bits |= descends[parents[k] as number] as number
      descends[commit] = bits
    }
    for (const { name, commit } of tips) {
      for (let rest = descends[commit] as number; rest !== 0; rest &= rest - 1) {
        const found = names.get(some[31 - Math.clz32(rest & -rest)] as number)
        if (found !== undefined && found.length < most) found.push(name)
      }
    }
  }
  return names
}

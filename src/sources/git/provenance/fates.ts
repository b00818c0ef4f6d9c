import type { Git } from '../run.ts'
import { type Block, blocksOf } from './blocks.ts'
import { follow } from './follow.ts'
import type { History } from './history.ts'
import { askMerges } from './merges.ts'
import type { Reach } from './reach.ts'
import type { Trace } from './trace.ts'

/** What became of one object; commits by number. */
export interface Fate {
  /**
   * The first commit that has it and whose parents have it nowhere; of those that refs reach, if there are any. null:
   * not known, since the history before `since` is not here.
   */
  readonly introduced: number | null
  /** The first commit known to have it. */
  readonly since: number
  readonly removed: number | null
}

/** Of which commits something is said: those that HEAD, that any ref, that nothing but the store reaches. */
const levels = [0, 1, 2] as const

interface Findings {
  /** By level: the first commit with it, the last that removed it, whether it stands at the end of a line. */
  readonly since: number[]
  readonly removed: number[]
  readonly stands: boolean[]
  /** It came in or with a commit whose parents are not here. */
  readonly isCut: boolean[]
}

/** Each round asks about what the answers of the one before have changed. */
const mostRounds = 5

/**
 * "Removed" is told of HEAD's history if the object ever stood in it: by the last commit after which it stands on no
 * path there. Else of the refs' history, else of all commits; there, it is not removed as long as it stands in a
 * commit that has no child.
 */
export async function fatesOf(
  git: Git,
  history: History,
  trace: Trace,
  objects: readonly string[],
  reach: Reach,
  signal: AbortSignal,
): Promise<Map<number, Fate>> {
  const fates = new Map<number, Fate>()
  const answers = new Map<number, boolean>()
  const memory = {
    standing: new Int32Array(history.ids.length),
    ever: new Int32Array(history.ids.length),
  }
  const count = trace.pairs.length
  let blocks = blocksOf(trace.pairs)
  for (let round = 0; blocks.length > 0 && round < mostRounds; round++) {
    const unknown = new Set<number>()
    const again = blocks.filter((block) => {
      const before = unknown.size
      for (const [object, fate] of followBlock(block, unknown)) fates.set(object, fate)
      return unknown.size > before
    })
    signal.throwIfAborted()
    blocks = again
    if (unknown.size > 0)
      await askMerges(git, history, { pairs: trace.pairs, objects }, unknown, answers, signal)
  }
  return fates

  function followBlock(block: Block, unknown: Set<number>): Map<number, Fate> {
    const found = block.objects.map((): Findings => newFindings())
    const { standing, ever } = memory
    const { starts, parents } = history
    follow(history, block, memory, visit, (commit, bit) => {
      const question = commit * count + (block.pairs[bit] ?? 0)
      const answer = answers.get(question)
      if (answer === undefined) unknown.add(question)
      return answer
    })
    noteEnds(block, found)
    return new Map(block.objects.map(({ object }, at) => [object, fateOf(found[at] ?? newFindings())]))

    function visit(commit: number, came: number): void {
      const now = standing[commit] as number
      let any = 0
      for (let k = starts[commit] as number; k < (starts[commit + 1] as number); k++)
        any |= standing[parents[k] as number] as number
      block.objects.forEach(({ mask }, at) => {
        const findings = found[at]
        if (findings === undefined || ((now | any) & mask) === 0) return
        if ((came & mask) !== 0 && (any & mask) === 0) noteFirst(findings, commit)
        if ((now & mask) === 0 && isRemover(commit, mask)) noteRemoval(findings, commit)
      })
    }

    /** A merge that takes over what a side has removed is not the one that removed it. */
    function isRemover(commit: number, mask: number): boolean {
      for (let k = starts[commit] as number; k < (starts[commit + 1] as number); k++) {
        const parent = parents[k] as number
        if (((standing[parent] as number) & mask) === 0 && ((ever[parent] as number) & mask) !== 0)
          return false
      }
      return true
    }
  }

  function noteFirst({ since, isCut }: Findings, commit: number): void {
    for (const level of levels) {
      if (level < reach.level(commit) || since[level] !== -1) continue
      since[level] = commit
      isCut[level] = history.cut[commit] === 1
    }
  }

  function noteRemoval({ removed }: Findings, commit: number): void {
    for (const level of levels) if (level >= reach.level(commit)) removed[level] = commit
  }

  /** What stands where a line of history ends. */
  function noteEnds(block: Block, found: readonly Findings[]): void {
    for (const level of levels) {
      for (const commit of reach.ends(level)) {
        const now = memory.standing[commit] as number
        if (now === 0) continue
        block.objects.forEach(({ mask }, at) => {
          const stands = found[at]?.stands
          if (stands !== undefined && (now & mask) !== 0) stands[level] = true
        })
      }
    }
  }
}

function newFindings(): Findings {
  return {
    since: [-1, -1, -1],
    removed: [-1, -1, -1],
    stands: [false, false, false],
    isCut: [false, false, false],
  }
}

function fateOf({ since, removed, stands, isCut }: Findings): Fate {
  const first = since[1] === -1 ? 2 : 1
  const place = since[0] === -1 ? first : 0
  const remover = stands[place] === true ? -1 : (removed[place] ?? -1)
  return {
    introduced: isCut[first] === true || since[first] === -1 ? null : (since[first] ?? null),
    since: since[first] ?? -1,
    removed: remover === -1 ? null : remover,
  }
}

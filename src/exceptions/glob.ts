import { createContext, Script } from 'node:vm'
import micromatch from 'micromatch'

/** Matches a path relative to the folder of the exception. */
export type PathMatcher = (path: string) => boolean

/** No path of a checkout is longer (PATH_MAX): what a crafted tree holds beyond that is not excepted. */
const longest = 4096
/** Few wild cards are quick on any path. */
const few = 2

/** What the globs of a scan may take together. */
export interface Patience {
  /** For one path. */
  readonly milliseconds: number
  /** So many more may take too long. */
  left: number
}

/** Far longer than any glob takes that a person writes, on a machine that is busy. */
export const patience = (): Patience => ({ milliseconds: 1000, left: 3 })

/**
 * micromatch, dot-files too. The glob comes from the scanned tree, which is not trusted: one with many wild cards is
 * given up for good when a path takes it too long, and then excepts nothing.
 */
export function pathMatcher(glob: string, patience: Patience): PathMatcher {
  const made = micromatch.makeRe(glob, { dot: true })
  if (!(made instanceof RegExp)) return () => false
  // A name may hold a line break.
  const pattern = new RegExp(made.source, 's')
  const matches = isQuick(glob) ? (path: string) => pattern.test(path) : guarded(pattern, patience)
  let last: { path: string; answer: boolean } | null = null
  return (path) => {
    if (path.length > longest) return false
    if (last?.path !== path) last = { path, answer: matches(path) }
    return last.answer
  }
}

function isQuick(glob: string): boolean {
  return !/[+@?!*]\(|\(/.test(glob) && (glob.match(/\*+/g) ?? []).length <= few
}

function guarded(pattern: RegExp, patience: Patience): PathMatcher {
  const question = new Script('pattern.test(path)')
  const world = { pattern, path: '' }
  const context = createContext(world)
  let gaveUp = false
  return (path) => {
    if (gaveUp || patience.left === 0) return false
    world.path = path
    try {
      return question.runInContext(context, { timeout: patience.milliseconds }) === true
    } catch {
      gaveUp = true
      patience.left -= 1
      return false
    }
  }
}

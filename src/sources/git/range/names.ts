import type { Step } from './steps.ts'

/** A name that a file had, and those before it. */
interface Name {
  readonly path: string
  readonly before: readonly Name[]
}

type Names = ReadonlyMap<string, readonly Name[]>

const none: Names = new Map()
/** Entries of tables of names: what is renamed after that counts as new. */
const most = 2_000_000

/**
 * What the paths were called before, as far back as the range goes; paths as latin1. Renames that concern none of
 * them are passed over.
 */
export function namesIn(
  steps: readonly Step[],
  paths: readonly string[],
): (commit: string, path: string) => readonly string[] {
  const related = relatedTo(paths, steps)
  if (related.size === 0) return (_, path) => [path]
  const names = new Map<string, Names>()
  let room = most
  for (const { commit, parent, renames } of steps) {
    const earlier = names.get(parent) ?? none
    const renamed = renames === null || room < 0 ? earlier : after(earlier, renames, related)
    const joined = join(names.get(commit) ?? renamed, renamed)
    if (joined !== earlier) room -= joined.size
    names.set(commit, joined)
  }
  return (commit, path) => all(path, names.get(commit)?.get(path) ?? [])
}

/** Paths that something was renamed to which one of these may have come from. */
function relatedTo(paths: readonly string[], steps: readonly Step[]): ReadonlySet<string> {
  const sources = new Map<string, Set<string>>()
  for (const { renames } of steps) {
    for (const [path, old] of renames ?? []) sources.set(path, (sources.get(path) ?? new Set()).add(old))
  }
  const related = new Set(paths.filter((path) => sources.has(path)))
  for (const path of related) {
    for (const old of sources.get(path) ?? []) if (sources.has(old)) related.add(old)
  }
  return related
}

function after(earlier: Names, renames: ReadonlyMap<string, string>, related: ReadonlySet<string>): Names {
  const concerned = [...renames].filter(([path]) => related.has(path))
  if (concerned.length === 0) return earlier
  const names = new Map(earlier)
  for (const [path, old] of concerned) names.set(path, [{ path: old, before: earlier.get(old) ?? [] }])
  return names
}

function join(one: Names, two: Names): Names {
  if (one === two || two.size === 0) return one
  if (one.size === 0) return two
  const names = new Map(one)
  for (const [path, some] of two) names.set(path, [...new Set([...(one.get(path) ?? []), ...some])])
  return names
}

function all(path: string, before: readonly Name[]): readonly string[] {
  const seen = new Set(before)
  // A set grows while it is walked.
  for (const name of seen) for (const older of name.before) seen.add(older)
  return [...new Set([path, ...[...seen].map((name) => name.path)])]
}

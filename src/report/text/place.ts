import type { Occurrence } from '../../pipeline/types.ts'
import type { CommitFacts, Stray } from '../../sources/types.ts'
import { showName } from '../names.ts'
import { printable } from '../printable.ts'
import type { Report } from '../types.ts'
import { wordsOf } from '../wrap.ts'

/**
 * Where an occurrence stands, most telling first: `src/a.py:3:11 source-code, in base64; commit 1a2b3c4d of …`.
 * `others`: of the same finding.
 */
export function placeText(
  { surface, encodings, location }: Occurrence,
  others: readonly Occurrence[],
  { redact, result }: Report,
): readonly string[] {
  const { path, paths, line, column, ref, via, object } = location
  const named = path ?? paths[0]
  const what =
    named !== undefined ? showName(named, redact).path : redact(ref ?? via[0] ?? object?.type ?? 'metadata')
  const position = line === null ? '' : `:${line}:${column ?? 1}`
  const more = paths.length > 1 ? ` (and ${paths.length - 1} more names)` : ''
  const wrapped = encodings.length === 0 ? '' : `, in ${encodings.join(' in ')}`
  return [
    `${printable(what)}${position}`,
    ...wordsOf(`${more} ${surface}${wrapped}${commitText(location, others, redact, result.startedAt)}`),
  ]
}

function commitText(
  location: Occurrence['location'],
  others: readonly Occurrence[],
  redact: Report['redact'],
  now: string,
): string {
  const { commit, introducedBy, object, ref, path, stray } = location
  const parts: string[] = []
  if (commit !== null) parts.push(...madeText(commit), ...reachText(commit, now))
  else if (introducedBy !== null) parts.push(`commit ${introducedBy.slice(0, 10)}`)
  else if (object !== null) parts.push(`${object.type} ${object.id.slice(0, 10)}`)
  if (stray !== undefined) parts.push(...strayText(stray, now))
  parts.push(...goneText(location, others))
  if (ref !== null && path !== null) parts.push(ref)
  return parts.length === 0 ? '' : `; ${printable(redact(parts.join(', ')))}`
}

function madeText({ id, date, author }: CommitFacts): string[] {
  const when = date === '' ? '' : ` of ${date.slice(0, 10)}`
  return [`commit ${id.slice(0, 10)}${when} by ${author}`]
}

function reachText({ unreachable, refs, reflog = null, prunedAfter }: CommitFacts, now: string): string[] {
  if (!unreachable) return refs.length === 0 ? [] : [`on ${shortList(refs)}`]
  const holder = reflog === null ? '' : `, only by the reflog (${reflog})`
  return [`reached by no branch or tag${holder}`, keptText(prunedAfter, now)]
}

function strayText({ staged, prunedAfter }: Stray, now: string): string[] {
  return staged ? ['staged, in no commit'] : ['in no commit', keptText(prunedAfter, now)]
}

/** A version of a file may have gone and the key stayed: the commit brought the next version, which has it as well. */
function goneText(
  { commit, removedBy, paths }: Occurrence['location'],
  others: readonly Occurrence[],
): string[] {
  if (removedBy === null) return []
  const names = new Set(paths.map(({ text }) => text))
  const isChanged = others.some(
    ({ location }) =>
      location.introducedBy === removedBy && location.paths.some(({ text }) => names.has(text)),
  )
  if (isChanged) return [`changed by ${removedBy.slice(0, 10)}`]
  const still = commit?.unreachable === true ? [] : ['still in the history']
  return [`removed by ${removedBy.slice(0, 10)}`, ...still]
}

/** Of what nothing reaches: how long git keeps it by itself. */
function keptText(prunedAfter: string | null | undefined, now: string): string {
  if (prunedAfter === undefined) return 'still in the repository'
  if (prunedAfter === null) return 'git gc keeps it'
  return prunedAfter <= now
    ? 'git gc may prune it any time'
    : `git gc may prune it from ${prunedAfter.slice(0, 10)} on`
}

/** Of more refs than that, the source names no others. */
const mostRefs = 100

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => name.replace(/^refs\/(heads|remotes|tags)\//, ''))
  const atLeast = names.length >= mostRefs ? 'at least ' : ''
  return names.length > 3 ? `${shown.join(', ')} and ${atLeast}${names.length - 3} more` : shown.join(', ')
}

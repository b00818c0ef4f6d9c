import type { Occurrence } from '../../pipeline/types.ts'
import type { CommitFacts, Stray } from '../../sources/types.ts'
import { showName } from '../names.ts'
import { printable } from '../printable.ts'
import type { Report } from '../types.ts'
import { wordsOf } from '../wrap.ts'

/** Where an occurrence stands, most telling first: `src/a.py:3:11 source-code, in base64; commit 1a2b3c4d of …`. */
export function placeText(
  { surface, encodings, location }: Occurrence,
  { redact, result }: Report,
): readonly string[] {
  const { path, paths, line, column, ref, via, object } = location
  const named = path ?? paths[0]
  const what =
    named !== undefined ? showName(named, redact).path : redact(ref ?? via[0] ?? object?.type ?? 'metadata')
  const position = line === null ? '' : `:${line}:${column ?? 1}`
  const others = paths.length > 1 ? ` (and ${paths.length - 1} more names)` : ''
  const wrapped = encodings.length === 0 ? '' : `, in ${encodings.join(' in ')}`
  return [
    `${printable(what)}${position}`,
    ...wordsOf(`${others} ${surface}${wrapped}${commitText(location, redact, result.startedAt)}`),
  ]
}

function commitText(
  { commit, introducedBy, removedBy, object, ref, path, stray }: Occurrence['location'],
  redact: Report['redact'],
  now: string,
): string {
  const parts: string[] = []
  if (commit !== null) parts.push(...madeText(commit), ...reachText(commit, now))
  else if (introducedBy !== null) parts.push(`commit ${introducedBy.slice(0, 10)}`)
  else if (object !== null) parts.push(`${object.type} ${object.id.slice(0, 10)}`)
  if (stray !== undefined) parts.push(...strayText(stray, now))
  if (removedBy !== null) {
    const still = commit?.unreachable === true ? '' : ', still in the history'
    parts.push(`removed by ${removedBy.slice(0, 10)}${still}`)
  }
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

/** Of what nothing reaches: how long git keeps it by itself. */
function keptText(prunedAfter: string | null | undefined, now: string): string {
  if (prunedAfter === undefined) return 'still in the repository'
  if (prunedAfter === null) return 'git gc keeps it'
  return prunedAfter <= now
    ? 'git gc may prune it any time'
    : `git gc may prune it from ${prunedAfter.slice(0, 10)} on`
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => name.replace(/^refs\/(heads|remotes|tags)\//, ''))
  return names.length > 3 ? `${shown.join(', ')} and ${names.length - 3} more` : shown.join(', ')
}

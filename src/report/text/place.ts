import type { Occurrence } from '../../pipeline/types.ts'
import { showName } from '../names.ts'
import { printable } from '../printable.ts'
import type { Report } from '../types.ts'
import { wordsOf } from '../wrap.ts'

/** Where an occurrence stands, most telling first: `src/a.py:3:11 source-code, in base64; commit 1a2b3c4d of …`. */
export function placeText(
  { surface, encodings, location }: Occurrence,
  { redact }: Report,
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
    ...wordsOf(`${others} ${surface}${wrapped}${commitText(location, redact)}`),
  ]
}

function commitText(
  { commit, introducedBy, removedBy, object, ref, path }: Occurrence['location'],
  redact: Report['redact'],
): string {
  const parts: string[] = []
  const id = commit?.id ?? introducedBy
  if (commit !== null)
    parts.push(`commit ${commit.id.slice(0, 10)} of ${commit.date.slice(0, 10)} by ${commit.author}`)
  else if (id !== null) parts.push(`commit ${id.slice(0, 10)}`)
  else if (object !== null) parts.push(`${object.type} ${object.id.slice(0, 10)}`)
  if (commit?.unreachable === true) parts.push('reached by no branch or tag, still in the repository')
  else if (commit !== null && commit.refs.length > 0) parts.push(`on ${shortList(commit.refs)}`)
  if (removedBy !== null) parts.push(`removed by ${removedBy.slice(0, 10)}, still in the history`)
  if (ref !== null && path !== null) parts.push(ref)
  return parts.length === 0 ? '' : `; ${printable(redact(parts.join(', ')))}`
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => name.replace(/^refs\/(heads|remotes|tags)\//, ''))
  return names.length > 3 ? `${shown.join(', ')} and ${names.length - 3} more` : shown.join(', ')
}

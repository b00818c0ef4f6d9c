import { relative } from 'node:path'
import { byBaseline, filePlacesOf, objectPlaceOf, otherPlaceOf } from '../exceptions/baseline-places.ts'
import { type PathMatcher, type Patience, pathMatcher, patience } from '../exceptions/glob.ts'
import { maySilence } from '../exceptions/silence.ts'
import type {
  Baseline,
  Exception,
  ExceptionFile,
  Exceptions,
  ExceptionUse,
  Suppression,
} from '../exceptions/types.ts'
import type { KeyStatus } from '../inventory/types.ts'
import type { Fingerprint } from '../secret/index.ts'
import { bytesOf } from '../sources/name.ts'
import { objectKey, type Origin, type Provenance, type UnitName } from '../sources/types.ts'
import type { Found } from './collect.ts'
import { pathsOf, viaOf } from './paths.ts'
import type { KeyLookup } from './types.ts'

/** Which occurrences are excepted: decided as they are found, for those that no report lists as well. */
export interface Coverage {
  /** An occurrence of a finding; `isAllowed`: a comment beside it names it. */
  note(fingerprint: Fingerprint, found: Found, isAllowed: boolean): void
  /** Objects whose names decide. */
  undecided(): readonly Origin[]
  /** The names of objects are known now. */
  settle(provenance: Provenance | null): void
  /** null: some occurrence is not covered, or nothing may silence this key. */
  suppression(fingerprint: Fingerprint, status: KeyStatus | null): Suppression | null
  /** Once all findings were asked for. `seesAll`: nothing was left out or unread, so that an unused one is one. */
  uses(keys: KeyLookup, seesAll: boolean): readonly ExceptionUse[]
}

export interface CoverageOptions {
  readonly exceptions: Exceptions
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string
  /** As the names of a baseline were redacted. */
  readonly redact: (text: string) => string
}

/** What covers an occurrence: an exception of a file, a comment, the baseline. */
interface Cover extends Omit<ExceptionUse, 'status'> {
  occurrences: number
  refused: boolean
}

interface Rule extends Cover {
  readonly file: ExceptionFile
  readonly expired: boolean
  /** null: every path. */
  readonly matches: PathMatcher | null
}

interface State {
  /** An occurrence is covered by nothing. */
  open: boolean
  readonly by: Set<Cover>
  readonly waiting: Map<string, Waiting>
}

interface Waiting {
  readonly origin: Extract<Origin, { kind: 'object' }>
  readonly entry: UnitName | null
  count: number
}

/** A key in more objects than this is not excepted by their names. */
const mostWaiting = 10_000
/** A prefix is at least as long. */
const shortest = 'sha256:'.length + 8

export function coverage({ exceptions, today, redact }: CoverageOptions): Coverage {
  const { baseline } = exceptions
  const limit = patience()
  const rules = exceptions.files.flatMap((file) =>
    file.exceptions.map((one) => ruleOf(one, file, today, limit)),
  )
  const byPrefix = grouped(rules)
  const comments = new Map<Fingerprint, Cover>()
  const known = new Map<Fingerprint, Cover>()
  const states = new Map<Fingerprint, State>()
  return { note, undecided, settle, suppression, uses }

  function note(fingerprint: Fingerprint, found: Found, isAllowed: boolean): void {
    const state = stateOf(fingerprint)
    const valid = rulesFor(fingerprint)
    const { origin } = found
    if (isAllowed) {
      const comment = comments.get(fingerprint) ?? coverOf(fingerprint, byComment)
      comments.set(fingerprint, comment)
      take(state, [comment], 1)
    } else if (origin.kind === 'object' && needsNames(fingerprint, valid)) {
      wait(state, origin, found.path)
    } else {
      const covers = [...valid.filter((rule) => coversFound(rule, found)), ...knownAt(fingerprint, found)]
      if (covers.length === 0) state.open = true
      take(state, covers, 1)
    }
  }

  function rulesFor(fingerprint: Fingerprint): readonly Rule[] {
    const some = byPrefix.get(fingerprint.slice(0, shortest)) ?? []
    return some.filter((rule) => !rule.expired && fingerprint.startsWith(rule.fingerprint))
  }

  function needsNames(fingerprint: Fingerprint, valid: readonly Rule[]): boolean {
    return baseline?.places.has(fingerprint) === true || valid.some(({ matches }) => matches !== null)
  }

  function wait(state: State, origin: Waiting['origin'], entry: UnitName | null): void {
    const name = `${objectKey(origin)}\0${entry?.text ?? ''}`
    const waiting = state.waiting.get(name)
    if (waiting !== undefined) waiting.count += 1
    else if (state.waiting.size < mostWaiting) state.waiting.set(name, { origin, entry, count: 1 })
    else state.open = true
  }

  function knownAt(fingerprint: Fingerprint, { origin, path }: Found): Cover[] {
    const places = baseline?.places.get(fingerprint)
    if (places === undefined) return []
    const isKnown =
      origin.kind === 'staged'
        ? places.has(objectPlaceOf(origin.id, path, redact))
        : path !== null
          ? filePlacesOf(path, redact).some((place) => places.has(place))
          : places.has(otherPlaceOf(origin.kind === 'ref' ? origin.ref : null, viaOf(origin), redact))
    return isKnown ? [knownCover(fingerprint)] : []
  }

  function knownCover(fingerprint: Fingerprint): Cover {
    const cover = known.get(fingerprint) ?? coverOf(fingerprint, byBaseline)
    known.set(fingerprint, cover)
    return cover
  }

  function undecided(): readonly Origin[] {
    return [...states.values()].flatMap(({ waiting }) => [...waiting.values()].map(({ origin }) => origin))
  }

  function settle(provenance: Provenance | null): void {
    // Where the history could not be followed to its end there may be further names.
    const traced = provenance !== null && provenance.skipped.length === 0 ? provenance : null
    for (const [fingerprint, state] of states) {
      for (const waiting of state.waiting.values()) decide(fingerprint, state, waiting, traced)
      state.waiting.clear()
    }
  }

  function decide(fingerprint: Fingerprint, state: State, waiting: Waiting, traced: Provenance | null): void {
    const { origin, entry, count } = waiting
    const facts = traced?.objects.get(objectKey(origin))
    const shown = pathsOf(origin.type, entry, facts?.paths ?? [])
    // Of a tree that is an entry of nothing the folder is not known.
    const names =
      facts === undefined || (facts.paths.length === 0 && facts.introducedBy === null) ? [] : shown
    const places = baseline?.places.get(fingerprint)
    const isKnownAs = (name: UnitName | null) => places?.has(objectPlaceOf(origin.id, name, redact)) === true
    const isKnown = traced !== null && (shown.length === 0 ? isKnownAs(null) : shown.every(isKnownAs))
    const valid = rulesFor(fingerprint)
    const everywhere = valid.filter(({ matches }) => matches === null)
    const covers: Cover[] = [...everywhere, ...(isKnown ? [knownCover(fingerprint)] : [])]
    const byName = names.map((name) => valid.filter(({ matches }) => matches?.(name.text) === true))
    if (covers.length === 0 && (byName.length === 0 || byName.some((some) => some.length === 0)))
      state.open = true
    take(state, [...new Set([...covers, ...byName.flat()])], count)
  }

  function suppression(fingerprint: Fingerprint, status: KeyStatus | null): Suppression | null {
    const state = states.get(fingerprint)
    if (state === undefined || state.by.size === 0) return null
    if (!maySilence(status)) {
      for (const cover of state.by) cover.refused = true
      return null
    }
    return state.open ? null : inWords([...state.by])
  }

  function inWords(covers: readonly Cover[]): Suppression {
    const ends = covers.flatMap(({ expires }) => (expires === null ? [] : [expires])).sort()
    return {
      by: joined(covers.map(({ source, owner }) => (owner === null ? source : `${source}, owner ${owner}`))),
      reason: joined(covers.map((cover) => cover.reason ?? reasonOf(cover.source, baseline))),
      expires: ends[0] ?? null,
    }
  }

  function uses(keys: KeyLookup, seesAll: boolean): readonly ExceptionUse[] {
    for (const rule of rules) {
      const named = keys.entries.filter(
        ({ fingerprint }) => fingerprint?.startsWith(rule.fingerprint) === true,
      )
      if (named.some(({ status }) => !maySilence(status))) rule.refused = true
    }
    for (const fingerprint of baseline?.places.keys() ?? []) knownCover(fingerprint as Fingerprint)
    return [
      ...rules.flatMap((rule) => useOf(rule, rule.expired, seesAll && rule.file.whole)),
      ...[...comments.values()].flatMap((comment) => useOf(comment, false, false)),
      ...[...known.values()].flatMap((cover) => useOf(cover, false, seesAll)),
    ]
  }

  function stateOf(fingerprint: Fingerprint): State {
    const state = states.get(fingerprint) ?? { open: false, by: new Set(), waiting: new Map() }
    states.set(fingerprint, state)
    return state
  }
}

const byComment = 'inline comment'

function reasonOf(source: string, baseline: Baseline | null): string {
  return source === byComment
    ? 'a pplx-warden:allow on its line names it'
    : `known since the scan of ${baseline?.startedAt ?? ''}`
}

function ruleOf(exception: Exception, file: ExceptionFile, today: string, limit: Patience): Rule {
  const { path, expires } = exception
  return {
    ...exception,
    source: file.source,
    file,
    expired: expires !== null && expires < today,
    matches: path === null ? null : pathMatcher(path, limit),
    occurrences: 0,
    refused: false,
  }
}

function coverOf(fingerprint: Fingerprint, source: string): Cover {
  const nobody = { path: null, reason: null, owner: null, expires: null }
  return { ...nobody, fingerprint, source, occurrences: 0, refused: false }
}

function grouped(rules: readonly Rule[]): ReadonlyMap<string, readonly Rule[]> {
  const groups = new Map<string, Rule[]>()
  for (const rule of rules) {
    const prefix = rule.fingerprint.slice(0, shortest)
    const group = groups.get(prefix) ?? []
    groups.set(prefix, group)
    group.push(rule)
  }
  return groups
}

/** The first is what it is suppressed by; all of them are of use. */
function take(state: State, covers: readonly Cover[], count: number): void {
  const [first] = covers
  if (first !== undefined) state.by.add(first)
  for (const cover of covers) cover.occurrences += count
}

function coversFound({ file, matches }: Rule, found: Found): boolean {
  const name = file.folder === null ? (found.path?.text ?? null) : nameBelow(file.folder, found)
  if (matches !== null) return name !== null && matches(name)
  return file.folder === null || name !== null
}

/** null: it does not lie there. */
function nameBelow(folder: string, { origin, path }: Found): string | null {
  const file = origin.kind === 'file' || origin.kind === 'name' ? origin.file : null
  if (file === null || file === undefined || path === null) return null
  // Of a token in a folder's name: up to that folder.
  const beyond = origin.kind === 'name' ? bytesOf(origin.path).length - bytesOf(path).length : 0
  const name = relative(folder, Buffer.from(file.subarray(0, file.length - beyond)).toString('utf8'))
  return name === '..' || name.startsWith('../') ? null : name
}

function joined(words: readonly string[]): string {
  return [...new Set(words)].join('; ')
}

function useOf(cover: Cover, expired: boolean, seesAll: boolean): ExceptionUse[] {
  const { fingerprint, path, reason, owner, expires, source, occurrences } = cover
  const status = expired
    ? 'expired'
    : cover.refused
      ? 'refused'
      : occurrences > 0
        ? 'applied'
        : seesAll
          ? 'unused'
          : null
  return status === null ? [] : [{ fingerprint, path, reason, owner, expires, source, status, occurrences }]
}

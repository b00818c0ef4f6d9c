import type { Secret } from '../secret/index.ts'
import type { Confidence, Encoding } from './types.ts'

/** A reading of some bytes as a token; of overlapping ones the best becomes a hit. Offsets are the unit's. */
export interface Candidate {
  readonly secret: Secret
  readonly confidence: Confidence
  readonly encodings: readonly Encoding[]
  readonly start: number
  readonly end: number
  /** Length of the token. */
  readonly length: number
  /** Among readings of equal standing: the lower wins. */
  readonly order: number
  readonly why: string
}

const standing: Record<Confidence, number> = { known: 0, exact: 1, near: 2, example: 3 }

/** One character of base64 as UTF-16 or as base64 again: bytes of each wrapping that two neighbours may share. */
const mostShared = 2

/**
 * Takes from `candidates` those that no further one can beat and returns the best of each, in order of place: known
 * before exact before near, then the fewest wrappings, then the likelier reading, then the longer, then the earlier.
 * Everything before `until` has been read, but what is read later may begin up to `inside` bytes before it. The rest
 * stays in `candidates`.
 */
export function settle(candidates: Candidate[], until: number, inside = 0): readonly Candidate[] {
  candidates.sort((a, b) => a.start - b.start || a.end - b.end)
  const settled: Candidate[] = []
  let first = 0
  while (first < candidates.length) {
    const { next, end } = clusterAt(candidates, first)
    const cluster = candidates.slice(first, next)
    if (end >= (isPlain(cluster) ? until : until - inside)) break
    settled.push(...bestOf(cluster))
    first = next
  }
  candidates.splice(0, first)
  return settled
}

/** One key as it stands: no other reading of the same bytes can be better. */
function isPlain(cluster: readonly Candidate[]): boolean {
  const [only, another] = cluster
  const isKey = only?.confidence === 'exact' || only?.confidence === 'known'
  return another === undefined && isKey && only.encodings.length === 0
}

/** Two readings of the same bytes. */
export function overlaps(a: Candidate, b: Candidate): boolean {
  return a.start < b.end && b.start < a.end && !isApart(a, b)
}

/** A chain of overlapping candidates. */
function clusterAt(candidates: readonly Candidate[], first: number): { next: number; end: number } {
  let end = candidates[first]?.end ?? 0
  let next = first + 1
  for (let candidate = candidates[next]; candidate !== undefined && candidate.start < end; ) {
    end = Math.max(end, candidate.end)
    candidate = candidates[++next]
  }
  return { next, end }
}

function bestOf(cluster: readonly Candidate[]): readonly Candidate[] {
  if (cluster.length < 2) return cluster
  const kept: Candidate[] = []
  for (const candidate of cluster.filter((candidate) => !isPiece(candidate, cluster)).sort(compare)) {
    if (kept.every((other) => isApart(candidate, other))) kept.push(candidate)
  }
  return kept.sort((a, b) => a.start - b.start)
}

/** Beside each other, where a wrapping may have one character carry the end of one and the start of the next. */
function isApart(a: Candidate, b: Candidate): boolean {
  const shared = Math.min(a.end, b.end) - Math.max(a.start, b.start)
  return shared <= mostShared * Math.min(a.encodings.length, b.encodings.length)
}

/** The part before a line end of what is no key as a whole, such as a digest. */
function isPiece(candidate: Candidate, cluster: readonly Candidate[]): boolean {
  const holds = (other: Candidate) =>
    other.confidence === 'example' &&
    other.start === candidate.start &&
    other.length > candidate.length &&
    other.encodings.length <= candidate.encodings.length
  return candidate.confidence === 'near' && cluster.some(holds)
}

function compare(a: Candidate, b: Candidate): number {
  return (
    standing[a.confidence] - standing[b.confidence] ||
    a.encodings.length - b.encodings.length ||
    a.order - b.order ||
    b.length - a.length ||
    a.start - b.start
  )
}

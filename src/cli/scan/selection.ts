import { UsageError } from '../../errors.ts'
import { checkRevision, parseRange, type Selection } from '../../sources/git/range/selection.ts'
import { parseDuration } from '../durations.ts'
import type { Arguments, FlagSpec } from '../types.ts'

/** A part of the history. */
export const selectionFlags: readonly FlagSpec[] = [
  { name: 'range', value: 'A..B', help: 'only what the commits add that B reaches and A does not' },
  { name: 'branch', value: 'NAME', repeatable: true, help: 'only what this branch reaches' },
  {
    name: 'not-reachable-from',
    value: 'REV',
    repeatable: true,
    help: 'without what REV reaches',
  },
  { name: 'since', value: 'TIME', help: 'only commits from then on: 2026-11-01, or 14d ago' },
]

/** null: everything is meant. */
export function selectionOf(args: Arguments, now: number): Selection | null {
  if (!selectionFlags.some(({ name }) => args.has(name))) return null
  const ranges = args.values('range')
  if (ranges.length > 1)
    throw new UsageError('one --range at a time', 'several --branch and --not-reachable-from go together')
  const [range] = ranges
  if (range !== undefined && args.has('branch'))
    throw new UsageError('--range and --branch do not go together', 'the end of the range is the branch')
  return {
    range: range === undefined ? null : parseRange(range),
    branches: args.values('branch').map((name) => checkRevision(name, '--branch')),
    notReachableFrom: args
      .values('not-reachable-from')
      .map((name) => checkRevision(name, '--not-reachable-from')),
    since: sinceOf(args, now),
  }
}

/** A day without a time begins in UTC. */
function sinceOf(args: Arguments, now: number): number | null {
  const text = args.value('since')
  if (text === undefined) return null
  const ago = /^([\d.]+\s*[a-z]*?)(?:\s+ago)?$/.exec(text)?.[1]
  if (ago !== undefined) return now - parseDuration(ago, '--since')
  const time = /^\d{4}-\d\d/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time))
    throw new UsageError(`--since: ${text} is no time`, 'for example 2026-11-01, 2026-11-01T08:00:00Z or 14d')
  if (time > now) throw new UsageError(`--since: ${text} has not come yet`)
  return time
}

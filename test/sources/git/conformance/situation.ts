import { afterAll, describe, expect, test } from 'vitest'
import type { Location, ScanResult } from '../../../../src/pipeline/types.ts'
import { secretOf } from '../../../../src/secret/index.ts'
import { gitSource } from '../../../../src/sources/git/source.ts'
import { contextAt, Repo, scan } from '../../support.ts'
import { expectedToFail } from './expected-to-fail.ts'
import { situations } from './situations.ts'
import { copyOf, dropTemplates } from './templates.ts'

/** A repository as it was built, and what a scan of it must answer. */
export interface Situation {
  /** Where the scan is started. */
  readonly dir: string
  readonly operand?: string
  readonly env?: Record<string, string>
  /** Each token of the repository; anything else found is a mistake. */
  readonly leaks: readonly Leak[]
  /** Each must match a line `skipped: reason`. None: the scan must be complete. */
  readonly gaps?: readonly RegExp[]
  /** May also be complete, if every leak is found. */
  readonly orComplete?: boolean
}

export interface Leak {
  readonly token: string
  /** One of the occurrences must have this in its location. */
  readonly at?: Where
  /** Of occurrences. */
  readonly count?: number
  readonly encodings?: readonly string[]
  /** Need not be found if this names it in a line `skipped: reason`. */
  readonly orGap?: RegExp
}

/** Parts of a location. */
type Where = { readonly [name in keyof Location]?: unknown }

export type Build = () => Situation
export type Table = Readonly<Record<string, Build>>

/** `npm run prove` builds every row; else the groups that the rest is made of, a third of the others, and what is marked. */
const isProving = process.env['PROVE'] === '1'
const whole: readonly string[] = ['reach', 'fields', 'nested']

/** A row for every situation of the group, in its order: a member left out fails, as does one that nobody asked for. */
export function conform(group: keyof typeof situations, table: Table): void {
  const names: readonly string[] = situations[group]
  describe(`history: ${group}`, () => {
    afterAll(dropTemplates)
    test('a row for each, and no other', () => expect(Object.keys(table).sort()).toEqual([...names].sort()))
    test.each(names.filter((name, at) => isInThisRun(group, name, at)))('%s', async (name) => {
      const build = table[name]
      if (build === undefined) throw new Error('no row')
      await holds(`${group}: ${name}`, build())
      expect.hasAssertions()
    })
  })
}

function isInThisRun(group: string, name: string, at: number): boolean {
  return isProving || whole.includes(group) || at % 3 === 0 || `${group}: ${name}` in expectedToFail
}

async function holds(name: string, situation: Situation): Promise<void> {
  // A hang is a failure; one that is known need not be waited for so long.
  const signal = AbortSignal.timeout(name in expectedToFail ? 2_000 : 20_000)
  await markedOrHolds(name, async () => check(await scanned(situation, signal), situation))
}

/** A row that is marked must fail: once it holds, the mark has to go. */
export async function markedOrHolds(name: string, holding: () => Promise<void>): Promise<void> {
  const why = expectedToFail[name]
  if (why === undefined) return holding()
  const failure = await holding().then(
    () => null,
    (error: unknown) => error,
  )
  expect(failure, `"${name}" holds now: take it out of expectedToFail (${why})`).not.toBeNull()
}

export async function scanned({ dir, operand, env }: Situation, signal: AbortSignal): Promise<ScanResult> {
  const context = contextAt(dir, env === undefined ? {} : { env: { ...process.env, ...env } })
  return scan(await gitSource(context, operand, signal), { context, signal })
}

export function check(result: ScanResult, { leaks, gaps = [], orComplete = false }: Situation): void {
  const lines = result.skipped.map(({ skipped, reason }) => `${skipped}: ${reason}`)
  const told = lines.join('\n')
  const wanted = new Map(leaks.map((leak) => [secretOf(leak.token).fingerprint, leak]))
  const found = new Map(result.findings.map((finding) => [finding.fingerprint, finding]))
  expect(result.findings.filter(({ fingerprint }) => !wanted.has(fingerprint))).toEqual([])
  let left = 0
  for (const [fingerprint, { orGap, at, count, encodings }] of wanted) {
    const finding = found.get(fingerprint)
    if (finding === undefined) {
      left += 1
      expect(orGap === undefined ? 'not found' : told, told).toMatch(orGap ?? /^found$/)
      continue
    }
    const { occurrences, occurrenceCount } = finding
    if (count !== undefined) expect(occurrenceCount).toBe(count)
    if (encodings !== undefined) expect(occurrences[0]?.encodings).toEqual(encodings)
    if (at !== undefined) expect(occurrences.map(({ location }) => location)).toContainEqual(holding(at))
  }
  if (orComplete && left === 0 && result.complete) return
  for (const gap of gaps) expect(told).toMatch(gap)
  if (left === 0) expect({ complete: result.complete, told }).toMatchObject({ complete: gaps.length === 0 })
  else expect(result.complete).toBe(false)
}

/** As an asymmetric matcher, however deep. */
function holding(part: unknown): unknown {
  const isPlain =
    typeof part === 'object' && part !== null && Object.getPrototypeOf(part) === Object.prototype
  if (!isPlain) return part
  return expect.objectContaining(
    Object.fromEntries(Object.entries(part).map(([name, value]) => [name, holding(value)])),
  )
}

/** One commit deep, so that a leak is never the first object. */
export function withPast(...init: string[]): Repo {
  return copyOf(['past', ...init].join(' '), (dir) => {
    new Repo(dir, ...init).commit({ 'a.txt': 'nothing\n' })
  })
}

/** Forgets every reflog, so that only what is said to reach an object does. */
export function forget(repo: Repo): void {
  repo.git('reflog', 'expire', '--expire=now', '--expire-unreachable=now', '--all')
}

/** Writes an object of any type and content, correct or not. */
export function rawObject(repo: Repo, type: string, content: string | Uint8Array): string {
  return repo.gitWith({ input: content }, 'hash-object', '-w', '--literally', '-t', type, '--stdin')
}

import { describe, expect, test } from 'vitest'
import { stagedSource } from '../../../src/sources/staged/source.ts'
import { secretOf } from '../../../src/secret/index.ts'
import { randomToken } from '../../support.ts'
import { contextAt, Repo, scan } from '../support.ts'
import { contents, type Situation, states, unfinished } from './situations.ts'
import { gitChanges, ownChanges } from './support.ts'

/** The table of conformance: in each situation what is staged is found, or the scan says that it is not complete. */
describe.each(Object.entries({ states, contents, unfinished }))('%s', (_, situations) => {
  test.each(Object.entries(situations))('%s', (_name, situation) => check(situation, new Repo()))
})

describe('SHA-256', () => {
  const some = [
    'before the first commit',
    'a file changed',
    'all packed',
    'index of version 4',
    'split index',
  ]
  test.each(some)('%s', (name) =>
    check(states[name] as Situation, new Repo(undefined, '--object-format=sha256')),
  )
})

async function check({ by, incomplete, found = 1, make }: Situation, repo: Repo): Promise<void> {
  const token = randomToken()
  const { dir = repo.dir, env = {} } = make(repo, token) ?? {}
  const own = ownChanges(dir, env)
  expect(own === null ? 'git' : 'us').toBe(by)
  if (own !== null) expect(own).toEqual(gitChanges({ dir }, env))
  const context = contextAt(dir, { env: { ...process.env, ...env } })
  const result = await scan(stagedSource(context), { context })
  const { fingerprint } = secretOf(token)
  const finding = result.findings.find((one) => one.fingerprint === fingerprint)
  expect({
    found: finding?.occurrenceCount ?? 0,
    complete: result.complete,
    skipped: result.skipped,
  }).toEqual({
    found,
    complete: incomplete !== true,
    skipped: incomplete === true ? expect.anything() : [],
  })
}

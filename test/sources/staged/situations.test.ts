import { describe, expect, test } from 'vitest'
import { secretOf } from '../../../src/secret/index.ts'
import { stagedSource } from '../../../src/sources/staged/source.ts'
import { randomToken } from '../../support.ts'
import { contextAt, Repo, scan } from '../support.ts'
import { contents, type Situation, states, unfinished } from './situations.ts'
import { gitChanges, ownChanges } from './support.ts'

/** The table of conformance: in each situation what is staged is found, or the scan says that it is not complete. */
describe.each(Object.entries({ states, contents, unfinished }))('%s', (_, situations) => {
  test.each(Object.entries(situations))('%s', async (_name, situation) => {
    const { is, wanted } = await outcomeOf(situation, new Repo())
    expect(is).toEqual(wanted)
  })
})

describe('SHA-256', () => {
  const some = [
    'before the first commit',
    'a file changed',
    'all packed',
    'index of version 4',
    'split index',
  ]
  test.each(some)('%s', async (name) => {
    const { is, wanted } = await outcomeOf(
      states[name] as Situation,
      new Repo(undefined, '--object-format=sha256'),
    )
    expect(is).toEqual(wanted)
  })
})

async function outcomeOf({ by, incomplete, found = 1, make }: Situation, repo: Repo) {
  const token = randomToken()
  const { dir = repo.dir, env = {} } = make(repo, token) ?? {}
  const context = contextAt(dir, { env: { ...process.env, ...env } })
  const { findings, skipped, complete } = await scan(stagedSource(context), { context })
  const { fingerprint } = secretOf(token)
  const times = findings.find((one) => one.fingerprint === fingerprint)?.occurrenceCount ?? 0
  return {
    is: { found: times, complete, skipped: skipped.length > 0, changes: ownChanges(dir, env) },
    wanted: {
      found,
      complete: incomplete !== true,
      skipped: incomplete === true,
      changes: by === 'git' ? null : gitChanges({ dir }, env),
    },
  }
}

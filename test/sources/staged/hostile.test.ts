import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stagedSource } from '../../../src/sources/staged/source.ts'
import { randomToken } from '../../support.ts'
import { makeHostile } from '../git/hostile.ts'
import { contextAt, found, Repo, scan, temporary, write } from '../support.ts'
import { ownChanges } from './support.ts'

const content = Array.from({ length: 40 }, (_, line) => `line ${line}\n`).join('')

test.each([
  ['we read the index', [], true],
  ['git reads the index', ['update-index', '--split-index'], false],
] as const)('nothing that a hostile configuration names runs: %s', async (_, before, isOwn) => {
  const repo = new Repo()
  const marker = join(temporary(), 'ran')
  const token = randomToken()
  repo.commit({ 'old.txt': content, 'a.txt': 'a' })
  if (before.length > 0) repo.git(...before)
  repo.git('mv', 'old.txt', 'new.txt')
  repo.stage({ 'new.txt': `${content}${token}\n`, 'large.txt': `${token}\n${content.repeat(1 << 13)}` })
  makeHostile(repo, marker)
  write(repo.dir, { '.git/more': `[core]\n\tfsmonitor = ${join(repo.dir, '.git', 'bait')}\n` })
  repo.git('config', 'include.path', 'more')
  expect(ownChanges(repo.dir) !== null).toBe(isOwn)
  const context = contextAt(repo.dir)
  const result = await scan(stagedSource(context), { context })
  expect(found(result, token).occurrenceCount).toBe(2)
  expect({ complete: result.complete, ran: existsSync(marker) }).toEqual({ complete: true, ran: false })
})

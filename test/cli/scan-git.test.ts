import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Repo, temporary, write } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { warden } from './command.ts'

interface Row {
  readonly dir: string
  readonly args?: readonly string[]
  readonly env?: Record<string, string>
  readonly code: number
  /** Of the text report. */
  readonly says: RegExp
}

/** What the command answers to a history: 0 only for a clean one that was read to its end. */
const table: Readonly<Record<string, () => Row>> = {
  'clean and complete': () => ({ dir: repository().dir, code: 0, says: /./ }),
  'no commit yet': () => ({ dir: new Repo().dir, code: 0, says: /./ }),
  'a leak that was removed again': () => ({ dir: leaky().dir, code: 1, says: /k\.txt/ }),
  'shallow and clean': () => ({ dir: shallow(repository()), code: 3, says: /unshallow/ }),
  'shallow, with a leak': () => ({ dir: shallow(leaky()), code: 1, says: /unshallow/ }),
  'a missing blob': () => {
    const repo = repository()
    const id = repo.git('rev-parse', 'HEAD:a.txt')
    rmSync(join(repo.dir, '.git/objects', id.slice(0, 2), id.slice(2)))
    return { dir: repo.dir, code: 3, says: new RegExp(id.slice(0, 7)) }
  },
  'a missing blob, allowed': () => {
    const repo = repository()
    const id = repo.git('rev-parse', 'HEAD:a.txt')
    rmSync(join(repo.dir, '.git/objects', id.slice(0, 2), id.slice(2)))
    return { dir: repo.dir, args: ['--allow-incomplete'], code: 0, says: /allow-incomplete/ }
  },
  'an alternate that is gone': () => {
    const repo = repository()
    write(repo.dir, { '.git/objects/info/alternates': '/nowhere/objects\n' })
    return { dir: repo.dir, code: 3, says: /alternate/ }
  },
  'GIT_DIR without an operand': () => ({
    dir: repository().dir,
    env: { GIT_DIR: join(leaky().dir, '.git') },
    code: 1,
    says: /k\.txt/,
  }),
  'GIT_DIR beside an operand': () => ({
    dir: temporary(),
    args: [repository().dir],
    env: { GIT_DIR: join(leaky().dir, '.git') },
    code: 0,
    says: /./,
  }),
  'not a repository': () => ({ dir: temporary(), code: 2, says: /not in a git repository/ }),
}

test.each(Object.keys(table))('%s', (name) => {
  const row = table[name]?.()
  if (row === undefined) throw new Error('no row')
  const { dir, args = [], env = {}, code, says } = row
  const ended = warden(['scan', 'git', ...args], { cwd: dir, env })
  const said = ended.stdout + ended.stderr
  expect(ended.code, said).toBe(code)
  expect(said).toMatch(says)
  expect(said).not.toMatch(/pplx-[A-Za-z0-9]{32}/)
})

function repository(): Repo {
  const repo = new Repo()
  repo.commit({ 'a.txt': 'one\n' })
  repo.commit({ 'b.txt': 'two\n' })
  return repo
}

function leaky(): Repo {
  const repo = repository()
  repo.commit({ 'k.txt': randomToken() })
  repo.commit({ 'k.txt': 'none' })
  repo.commit({ 'k.txt': randomToken() })
  return repo
}

function shallow(repo: Repo): string {
  const clone = temporary()
  repo.git('clone', '-q', '--depth', '1', `file://${repo.dir}`, clone)
  return clone
}

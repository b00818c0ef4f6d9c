import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Repo, temporary, write } from '../sources/support.ts'
import { randomToken } from '../support.ts'
import { bareEnvironment, program } from './command.ts'

/** `git commit` in its ways, each through a real pre-commit hook that runs the command. */
const ways: Record<string, (repo: Repo, token: string) => readonly string[]> = {
  'git commit': (repo, token) => (repo.stage({ 'a.txt': token }), []),
  'git commit -a': (repo, token) => (write(repo.dir, { 'a.txt': token }), ['-a']),
  'git commit --amend': (repo, token) => (repo.stage({ 'a.txt': token }), ['--amend', '--no-edit']),
  'git commit PATH, something else staged': (repo, token) => {
    repo.stage({ 'other.txt': 'staged and left out' })
    write(repo.dir, { 'a.txt': token })
    return ['a.txt']
  },
  'git commit --include PATH': (repo, token) => {
    repo.stage({ 'other.txt': 'staged' })
    write(repo.dir, { 'a.txt': token })
    return ['--include', 'a.txt']
  },
  'git commit -p': (repo, token) => (write(repo.dir, { 'a.txt': token }), ['-p']),
  'the first commit': (repo, token) => {
    repo.git('checkout', '-q', '--orphan', 'anew')
    repo.stage({ 'a.txt': token })
    return []
  },
  'the commit of a merge': (repo, token) => {
    repo.git('checkout', '-q', '-b', 'side')
    repo.commit({ 'side.txt': 'side' })
    repo.git('checkout', '-q', 'main')
    repo.commit({ 'main.txt': 'main' })
    repo.git('merge', '-q', '--no-commit', '--no-ff', 'side')
    repo.stage({ 'a.txt': token })
    return []
  },
}

describe('in a pre-commit hook', () => {
  test.each(Object.entries(ways))('%s: a token stops it, nothing else does', (_, prepare) => {
    const [stopped, passed] = [repositoryWithHook(), repositoryWithHook()]
    expect(commit(stopped, prepare(stopped, randomToken())).status).toBe(1)
    expect(commit(passed, prepare(passed, 'nothing')).status).toBe(0)
    const codes = [stopped, passed].map(({ dir }) => readFileSync(join(dir, '.git/ran'), 'utf8'))
    expect(codes).toEqual(['1\n', '0\n'])
  })

  test('what is staged and left out of `git commit PATH` does not stop it', () => {
    const repo = repositoryWithHook()
    repo.stage({ 'other.txt': randomToken() })
    write(repo.dir, { 'a.txt': 'changed' })
    expect(commit(repo, ['a.txt']).status).toBe(0)
  })

  test('in a worktree, from a sub-folder', () => {
    const repo = repositoryWithHook()
    const dir = join(temporary(), 'tree')
    repo.git('worktree', 'add', '-q', dir, '-b', 'other')
    write(dir, { 'sub/new.txt': randomToken() })
    repo.git('-C', dir, 'add', '-A')
    expect(commit({ dir: join(dir, 'sub') }, []).status).toBe(1)
    expect(existsSync(join(repo.dir, '.git/ran'))).toBe(true)
  })
})

function repositoryWithHook(): Repo {
  const repo = new Repo()
  repo.commit({ 'a.txt': 'a\n', 'b.txt': 'b\n' })
  const hook = join(repo.dir, '.git/hooks/pre-commit')
  const ran = join(repo.dir, '.git/ran')
  writeFileSync(
    hook,
    `#!/bin/sh\n'${process.execPath}' '${program}' scan staged\ncode=$?\necho $code >'${ran}'\nexit $code\n`,
  )
  chmodSync(hook, 0o755)
  return repo
}

function commit({ dir }: Pick<Repo, 'dir'>, args: readonly string[]) {
  const settings = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com']
  return spawnSync('git', [...settings, 'commit', '-q', '-m', 'change', ...args], {
    cwd: dir,
    env: bareEnvironment(),
    input: 'y\n',
    encoding: 'utf8',
  })
}

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Repo, write } from '../support.ts'
import { gitChanges, ownChanges } from './support.ts'

const seeds = process.env['PROVE'] === '1' ? 40 : 3
const steps = 25

/** Names that sort oddly beside each other, or are odd by themselves; latin1. */
const parts = [
  'a',
  'a-b',
  'a.b',
  'a0',
  'ab',
  'b',
  'line\nend',
  'qu"o\\te',
  'no\xff\xfeutf8',
  '\xc3\xa9',
  ' ',
  'z',
]
const modes = ['100644', '100644', '100755', '120000', '160000']

for (const format of ['sha1', 'sha256']) {
  for (let seed = 1; seed <= seeds; seed++) {
    test(`the same changes as git after random steps (${format}, seed ${seed})`, () => {
      const repo = new Repo(undefined, `--object-format=${format}`)
      const world = worldOf(repo, randomFrom(seed))
      for (let step = 0; step < steps; step++) {
        const did = world.step()
        expect({ did, changes: ownChanges(repo.dir) }).toEqual({ did, changes: gitChanges(repo) })
      }
    })
  }
}

test('names longer than the twelve bits of an entry, in each version of the index', () => {
  const repo = new Repo()
  const id = repo.gitWith({ input: 'x' }, 'hash-object', '-w', '--stdin')
  const folder = `${'d'.repeat(99)}/`.repeat(41)
  for (const version of ['2', '3', '4']) {
    repo.git('update-index', '--index-version', version)
    for (const name of ['f', 'ff', 'g'])
      repo.git('update-index', '--add', '--cacheinfo', `100644,${id},${folder}${name}${version}`)
    expect(ownChanges(repo.dir)).toEqual(gitChanges(repo))
  }
  expect(ownChanges(repo.dir)?.length).toBe(9)
})

test('an index that is not there holds nothing', () => {
  const repo = new Repo()
  expect(ownChanges(repo.dir)).toEqual([])
  repo.commit({ 'a.txt': '1' })
  rmSync(join(repo.dir, '.git', 'index'))
  expect(ownChanges(repo.dir)).toEqual([])
})

/** A repository and what may happen to it; nothing but the index and the history matters. */
function worldOf(repo: Repo, random: (below: number) => number) {
  const ids = ['one', 'two', 'three'].map((input) => repo.gitWith({ input }, 'hash-object', '-w', '--stdin'))
  let count = 0
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T
  const path = () => Array.from({ length: 1 + random(4) }, () => pick(parts)).join('/')
  const entries = (make: () => string) =>
    repo.gitWith(
      { input: Buffer.from(Array.from({ length: 1 + random(6) }, make).join(''), 'latin1') },
      'update-index',
      '-z',
      '--index-info',
    )
  const noId = '0'.repeat((ids[0] as string).length)
  const actions: Record<string, () => void> = {
    add: () => entries(() => `${pick(modes)} ${pick(ids)}\t${path()}\0`),
    'add more': () => entries(() => `${pick(modes)} ${pick(ids)}\t${path()}\0`),
    remove: () => entries(() => `0 ${noId}\t${pick(known())}\0`),
    change: () => entries(() => `${pick(modes)} ${pick(ids)}\t${pick(known())}\0`),
    unmerge: () => entries(() => `100644 ${pick(ids)} ${1 + random(3)}\t${path()}\0`),
    'mean to add': () => {
      write(repo.dir, { [`meant-${count}`]: 'x', [`folder-${count}/meant`]: 'x' })
      repo.git('add', '-N', `meant-${count}`, `folder-${count}/meant`)
    },
    commit: () => commit(),
    'commit again': () => commit(),
    'forget the index': () => repo.git('read-tree', pick(['HEAD', '--empty'])),
    'write a tree': () => repo.git('write-tree'),
    'back softly': () => repo.git('reset', '--soft', 'HEAD~1'),
    back: () => repo.git('reset', '-q', '--mixed', 'HEAD~1'),
    version: () => repo.git('update-index', '--index-version', pick(['2', '3', '4'])),
    flags: () => repo.git('ls-files', '-z').split('\0').slice(0, 1).forEach(flag),
    repack: () => repo.git('repack', '-adq'),
    'pack refs': () => repo.git('pack-refs', '--all'),
    detach: () => repo.git('checkout', '-q', '--detach'),
    'a branch': () => repo.git('checkout', '-q', '-b', `feature/${count}`),
    'begin anew': () => (random(3) === 0 ? repo.git('symbolic-ref', 'HEAD', `refs/heads/new-${count}`) : ''),
  }
  return { step }

  /** What cannot be done now (there is no commit yet, something is unmerged) is not done. */
  function step(): string {
    count += 1
    const name = pick(Object.keys(actions))
    try {
      actions[name]?.()
      return name
    } catch {
      return `not: ${name}`
    }
  }

  function commit(): void {
    repo.git('commit', '-q', '--allow-empty', '-m', 'change')
  }

  function flag(name: string): void {
    repo.git('update-index', pick(['--skip-worktree', '--assume-unchanged']), '--', name)
  }

  function known(): string[] {
    const names = repo.git('-c', 'core.quotePath=true', 'ls-files').split('\n')
    const plain = names.filter((name) => name !== '' && !name.startsWith('"'))
    return plain.length === 0 ? ['a'] : plain
  }
}

/** mulberry32 */
function randomFrom(seed: number): (below: number) => number {
  let state = seed * 0x9e3779b9
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

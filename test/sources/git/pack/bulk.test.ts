import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openBulk } from '../../../../src/sources/git/pack/bulk.ts'
import type { Repo } from '../../support.ts'
import { historyOf, objectsOf, packsOf } from './support.ts'

const edits = (text: string, version: number) => {
  const lines = text.split('\n')
  lines.splice((version * 37) % lines.length, 1, `edited ${version}`)
  return lines.join('\n')
}

function bulkOf(repo: Repo, idLength = 20) {
  return openBulk(fs, [Buffer.from(join(repo.dir, '.git/objects'))], packsOf(repo), idLength)
}

const limit = 2 ** 20

const ways: readonly [name: string, pack: (repo: Repo) => unknown, init: string[]][] = [
  ['loose', () => null, []],
  ['a chain of deltas', (repo) => repo.git('repack', '-adFq', '--depth=250', '--window=300'), []],
  [
    'some packed and some loose',
    (repo) => {
      repo.git('repack', '-adFq')
      repo.commit({ 'a.txt': 'one more' })
    },
    [],
  ],
  [
    'deltas by the name of their base',
    (repo) => {
      const ids = repo.git('rev-list', '--objects', '--all').replaceAll(/ .*/g, '')
      repo.gitWith({ input: `${ids}\n` }, 'pack-objects', '-q', '.git/objects/pack/pack')
      repo.git('prune-packed', '-q')
    },
    [],
  ],
  ['SHA-256', (repo) => repo.git('repack', '-adFq'), ['--object-format=sha256']],
]

test.each(ways)('%s: every object as git has it, in any order, again and again', (_, pack, init) => {
  const repo = historyOf(30, edits, ...init)
  pack(repo)
  const expected = [...objectsOf(repo)]
  const store = bulkOf(repo, init.length === 0 ? 20 : 32)
  for (const [id, object] of [...expected, ...expected.reverse()]) {
    expect(store.tryRead(id, limit)).toEqual({ type: object.type, bytes: object.bytes })
    const bytes = Buffer.from(`00${id}`, 'hex')
    expect(store.tryReadAt(bytes, 1, limit)?.bytes.equals(object.bytes)).toBe(true)
  }
  store.close()
})

test('what is not there, too large, or in a pack that is cut off: nothing, and the rest as it is', () => {
  const repo = historyOf(30, edits)
  repo.git('repack', '-adFq')
  const expected = objectsOf(repo)
  const whole = bulkOf(repo)
  expect(whole.tryRead('1'.repeat(40), limit)).toBeNull()
  for (const [id, { bytes }] of expected) expect(whole.tryRead(id, bytes.length - 1)).toBeNull()
  whole.close()
  const file = `${packsOf(repo)[0]?.toString()}.pack`
  fs.chmodSync(file, 0o644)
  fs.truncateSync(file, Math.floor(fs.statSync(file).size / 2))
  const cut = bulkOf(repo)
  const found = [...expected].map(([id, { bytes }]) => cut.tryRead(id, limit)?.bytes.equals(bytes))
  expect(found).toContain(true)
  expect(found).toContain(undefined)
  expect(found).not.toContain(false)
  cut.close()
})

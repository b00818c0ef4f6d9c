import * as fs from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Damaged } from '../../../../src/sources/git/pack/types.ts'
import { openStore } from '../../../../src/sources/git/pack/store.ts'
import type { Repo } from '../../support.ts'
import { historyOf, objectsOf, packsOf, unpacked } from './support.ts'

const edits = (text: string, version: number) => {
  const lines = text.split('\n')
  lines.splice((version * 37) % lines.length, version % 3, `edited ${version}`)
  if (version % 4 === 0) lines.push(...lines.slice(0, 5))
  return lines.join('\n')
}

function storeOf(repo: Repo, idLength = 20) {
  return openStore(fs, [Buffer.from(join(repo.git('rev-parse', '--absolute-git-dir'), 'objects'))], idLength)
}

const ways: readonly (readonly [string, readonly string[]])[] = [
  ['deltas by offset', ['-adF']],
  ['a chain of 250', ['-adF', '--depth=250', '--window=300']],
  ['no deltas', ['-adF', '--depth=0', '--window=0']],
]

for (const [name, repack] of ways) {
  test(`${name}: every object as git has it, whether one is asked for or all`, () => {
    const repo = historyOf(60, edits)
    repo.git('repack', '-q', ...repack)
    const expected = objectsOf(repo)
    const { found, left } = unpacked(repo)
    expect(left).toEqual([])
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort())
    const store = storeOf(repo)
    for (const [id, object] of expected) {
      expect(found.get(id)?.type).toBe(object.type)
      expect(found.get(id)?.bytes.equals(object.bytes)).toBe(true)
      expect(store.read(id, 2 ** 20)?.bytes.equals(object.bytes)).toBe(true)
    }
    store.close()
  })
}

test('deltas by the name of their base, as some servers send them', () => {
  const repo = historyOf(20, edits)
  const ids = repo
    .git('rev-list', '--objects', '--all')
    .split('\n')
    .map((line) => line.slice(0, 40))
  const name = repo.gitWith(
    { input: `${ids.join('\n')}\n` },
    'pack-objects',
    '-q',
    '--no-reuse-delta',
    '.git/objects/pack/pack',
  )
  expect(name).toMatch(/^[0-9a-f]{40}$/)
  repo.git('prune-packed', '-q')
  const { found, left } = unpacked(repo)
  expect(left).toEqual([])
  expect(found.size).toBe(objectsOf(repo).size)
})

test('SHA-256, loose and packed', () => {
  const repo = historyOf(20, edits, '--object-format=sha256')
  const [id = ''] = objectsOf(repo).keys()
  expect(storeOf(repo, 32).read(id, 2 ** 20)).not.toBeNull()
  repo.git('repack', '-adFq')
  const expected = objectsOf(repo)
  const { found } = unpacked(repo, 32)
  for (const [each, object] of expected) expect(found.get(each)?.bytes.equals(object.bytes)).toBe(true)
  expect(found.size).toBe(expected.size)
})

test('loose objects; one that is not there', () => {
  const repo = historyOf(3, edits)
  const store = storeOf(repo)
  for (const [id, { type, bytes }] of objectsOf(repo))
    expect(store.read(id, 2 ** 20)).toEqual({ type, bytes })
  expect(store.read('1'.repeat(40), 2 ** 20)).toBeNull()
  expect(() => store.read(repo.git('rev-parse', 'HEAD'), 10)).toThrow(Damaged)
})

test('wherever a byte of a pack is flipped, what is made of it is damaged, and everything else is right', () => {
  const repo = historyOf(12, edits)
  repo.git('repack', '-adFq', '--depth=50')
  const expected = objectsOf(repo)
  const [pack = Buffer.alloc(0)] = packsOf(repo)
  const file = `${pack.toString()}.pack`
  const whole = fs.readFileSync(file)
  fs.chmodSync(file, 0o644)
  let damaged = 0
  for (let at = 13; at < whole.length - 20; at += 41) {
    const copy = Buffer.from(whole)
    copy[at] = (copy[at] as number) ^ 0x10
    fs.writeFileSync(file, copy)
    const { found, left } = unpacked(repo)
    expect(left.length).toBeGreaterThan(0)
    expect(found.size + left.length).toBe(expected.size)
    for (const [id, { bytes }] of found) expect(expected.get(id)?.bytes.equals(bytes)).toBe(true)
    damaged += 1
  }
  expect(damaged).toBeGreaterThan(50)
})

test('no pack at all is said at once; of one that was cut off what is there is read', () => {
  const repo = historyOf(3, edits)
  repo.git('repack', '-adFq')
  const count = objectsOf(repo).size
  const [pack = Buffer.alloc(0)] = packsOf(repo)
  const file = `${pack.toString()}.pack`
  const whole = fs.readFileSync(file)
  fs.chmodSync(file, 0o644)
  for (const bytes of [Buffer.alloc(0), Buffer.from('a text\n'.repeat(20))]) {
    fs.writeFileSync(file, bytes)
    expect(() => unpacked(repo), file).toThrow(Damaged)
  }
  fs.writeFileSync(file, whole.subarray(0, -200))
  const { found, left, flaws } = unpacked(repo)
  expect(flaws).toEqual([expect.stringContaining('cut off')])
  expect(found.size).toBeGreaterThan(0)
  expect(left.length).toBeGreaterThan(0)
  expect(found.size + left.length).toBe(count)
})

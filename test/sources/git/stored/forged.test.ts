import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readObjects } from '../../../../src/sources/git/objects.ts'
import { findRepository } from '../../../../src/sources/git/find-repository.ts'
import { allThroughGit } from '../../../../src/sources/git/stored/through-git.ts'
import { contextAt, Repo } from '../../support.ts'

/** Loose objects that are longer or shorter than they say: git gives what they have, and its answers shift. */
const large = 2 ** 20 + 5
const shapes: Readonly<Record<string, (next: string) => readonly [size: number, content: string]>> = {
  'longer, as if the next object came': (next) => [5, `hello\n${next} blob 3\nabc\n`],
  'longer, as if the next object came and took the true one': (next) => [
    5,
    `hello\n${next} blob 4000\n${'x'.repeat(3900)}`,
  ],
  'longer, as if the next object was not there': (next) => [5, `hello\n${next} missing\n`],
  'longer by a byte': () => [5, 'hello!'],
  'longer by lines without an end': () => [5, 'x'.repeat(200_000)],
  'shorter, so that it would take the next': () => [60, 'hello'],
  'shorter than all there is': () => [10_000, 'hello'],
  'large, longer': (next) => [large, `${'x'.repeat(large)}\n${next} blob 3\nabc\n`],
  'large, shorter': () => [large, 'hello'],
}

test.each(Object.entries(shapes))('%s: no other object is hidden', async (_, shape) => {
  const repo = new Repo()
  const [first, next, last] = ['first', 'what comes next', 'last'].map((content) =>
    repo.gitWith({ input: content }, 'hash-object', '-w', '--stdin'),
  ) as [string, string, string]
  const id = 'ab'.repeat(20)
  forge(repo, id, ...shape(next))
  const signal = new AbortController().signal
  const repository = await findRepository(contextAt(repo.dir), undefined, signal)

  const answers = new Map<number, string>()
  for await (const batch of readObjects(repository.git, [first, id, next, last], signal)) {
    for (const { index, object } of batch)
      answers.set(index, 'missing' in object ? 'missed' : await textOf(object.bytes))
  }
  expect([...answers].sort(([a], [b]) => a - b)).toEqual([
    [0, 'first'],
    [1, 'missed'],
    [2, 'what comes next'],
    [3, 'last'],
  ])

  const told: string[] = []
  const contents: string[] = []
  for await (const batch of allThroughGit(repository, 2 ** 26, signal)) {
    for (const item of batch) {
      if ('skipped' in item) told.push(item.skipped)
      else contents.push(await textOf(item.bytes))
    }
  }
  for (const content of ['first', 'what comes next', 'last'])
    expect(contents.map((text) => text.slice(0, 20))).toContain(content)
  expect(told).not.toEqual([])
  rmSync(repo.dir, { recursive: true, force: true })
})

function forge(repo: Repo, id: string, size: number, content: string): void {
  const file = join(repo.dir, '.git/objects', id.slice(0, 2), id.slice(2))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, deflateSync(`blob ${size}\0${content}`))
}

/** As far as it goes. */
async function textOf(bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> {
  if (bytes instanceof Uint8Array) return Buffer.from(bytes).toString('latin1')
  let text = ''
  try {
    for await (const chunk of bytes) text += Buffer.from(chunk).toString('latin1')
    return text
  } catch {
    return 'cut off'
  }
}

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { locate } from '../../../../src/sources/git/provenance.ts'
import { findRepository } from '../../../../src/sources/git/find-repository.ts'
import { contextAt, never, Repo } from '../../support.ts'

/** Few contents and few paths, so that they come, go, come back and lie in several places. */
const contents = ['aa', 'bb', 'cc', 'dd']
const paths = ['x', 'y', 'f/x', 'f/g/y', 'h/ü y']

function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1103515245 + 12345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}

interface Model {
  readonly parents: readonly number[]
  readonly files: ReadonlyMap<string, string>
}

/** Merges take any parent's file, or a new one, at each path. */
function history(seed: number, size: number): Model[] {
  const pick = random(seed)
  const commits: Model[] = []
  for (let at = 0; at < size; at++) {
    const count = at === 0 || pick(15) === 0 ? 0 : pick(3) === 0 ? 2 + pick(2) : 1
    const parents = [...new Set(Array.from({ length: count }, () => Math.max(0, at - 1 - pick(6))))]
    const files = new Map<string, string>()
    for (const path of paths) {
      const kept = commits[parents[pick(Math.max(1, parents.length))] ?? -1]?.files.get(path)
      const content = pick(parents.length > 1 ? 8 : 5) === 0 ? contents[pick(contents.length + 2)] : kept
      if (content !== undefined) files.set(path, content)
    }
    commits.push({ parents, files })
  }
  return commits
}

/** Returns the commits' ids. */
function build(repo: Repo, commits: readonly Model[]): string[] {
  const stream = commits.map(({ parents, files }, at) => {
    const [first, ...others] = parents.map((parent) => `:${parent + 1}`)
    return [
      `reset refs/heads/b${at}`,
      ``,
      `commit refs/heads/b${at}`,
      `mark :${at + 1}`,
      `committer A <a@example.com> ${1_700_000_000 + at} +0000`,
      `data 0`,
      ...(first === undefined ? [] : [`from ${first}`]),
      ...others.map((other) => `merge ${other}`),
      `deleteall`,
      ...[...files].flatMap(([path, content]) => [
        `M 100644 inline ${path}`,
        `data ${content.length}`,
        content,
      ]),
      ``,
    ].join('\n')
  })
  repo.gitWith({ input: stream.join('\n') }, 'fast-import', '--quiet', '--force')
  const list = repo.git('for-each-ref', '--format=%(refname:short) %(objectname)')
  const ids = new Map(list.split('\n').map((line) => line.split(' ') as [string, string]))
  return commits.map((_, at) => ids.get(`b${at}`) ?? '')
}

function ancestors(commits: readonly Model[], tips: readonly number[]): Set<number> {
  const found = new Set<number>()
  const open = [...tips]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (found.has(at)) continue
    found.add(at)
    open.push(...(commits[at]?.parents ?? []))
  }
  return found
}

/** The plain way: what stands where is known for every commit. */
function expected(commits: readonly Model[], content: string, reached: Set<number>, head: number) {
  const has = (at: number) => [...(commits[at]?.files.values() ?? [])].includes(content)
  const had = (at: number) => [...ancestors(commits, [at])].some(has)
  const introduces = (at: number) => has(at) && !(commits[at]?.parents ?? []).some(has)
  const removes = (at: number) => {
    const parents = commits[at]?.parents ?? []
    return !has(at) && parents.some(has) && !parents.some((parent) => !has(parent) && had(parent))
  }
  const all = new Set(commits.keys())
  const ofHead = ancestors(commits, [head])
  const place = [ofHead, reached, all].find((some) => [...some].some(has)) ?? all
  const isEnd = (at: number) => ![...place].some((other) => commits[other]?.parents.includes(at) === true)
  const ends = place === ofHead ? [head] : [...place].filter(isEnd)
  const first = (some: Set<number>) => [...some].sort((a, b) => a - b).find(introduces)
  return {
    introduced: first(reached) ?? first(all),
    removed: ends.some(has) ? undefined : [...place].sort((a, b) => b - a).find(removes),
    paths: new Set(
      commits.flatMap(({ files }) => [...files].flatMap(([path, own]) => (own === content ? [path] : []))),
    ),
  }
}

test.each([2, 5, 6])('random history %i: as the plain way has it', async (seed) => {
  const commits = history(seed, 40)
  const repo = new Repo()
  const ids = build(repo, commits)
  const kept = [...new Set([5, 18, 29].map((from) => from + (seed % 11)))]
  const head = kept[seed % 3] ?? 0
  repo.git('symbolic-ref', 'HEAD', `refs/heads/b${head}`)
  const gone = ids.flatMap((_, at) => (kept.includes(at) ? [] : [`delete refs/heads/b${at}`]))
  repo.gitWith({ input: `${gone.join('\n')}\n` }, 'update-ref', '--stdin')
  const blobs = contents.map((content) => repo.gitWith({ input: content }, 'hash-object', '--stdin'))
  const repository = await findRepository(contextAt(repo.dir), undefined, never)
  const origins = blobs.map((id) => ({ kind: 'object' as const, id, type: 'blob' as const }))
  const { objects, skipped } = await locate(repository, origins, [...ids].sort(), never)
  expect(skipped).toEqual([])
  // With that, nothing but git reads the store.
  mkdirSync(join(repo.dir, '.git/objects/pack/pack-0.idx'))
  const throughGit = await locate(repository, origins, [...ids].sort(), never)
  expect(throughGit.objects).toEqual(objects)
  const reached = ancestors(commits, kept)
  for (const [at, id] of blobs.entries()) {
    const plain = expected(commits, contents[at] ?? '', reached, head)
    const facts = objects.get(id)
    expect({
      introduced: ids.indexOf(facts?.introducedBy ?? ''),
      removed: ids.indexOf(facts?.removedBy ?? ''),
      paths: new Set(facts?.paths.map(({ text }) => text)),
    }).toEqual({
      introduced: plain.introduced ?? -1,
      removed: plain.removed ?? -1,
      paths: plain.paths,
    })
    const by = plain.introduced ?? -1
    expect(facts?.commit?.refs ?? []).toEqual(
      kept
        .filter((tip) => ancestors(commits, [tip]).has(by))
        .map((tip) => `refs/heads/b${tip}`)
        .sort(),
    )
  }
})

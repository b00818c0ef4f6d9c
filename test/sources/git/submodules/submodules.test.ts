import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ScanResult } from '../../../../src/pipeline/types.ts'
import { gitSource } from '../../../../src/sources/git/source.ts'
import { randomToken } from '../../../support.ts'
import { contextAt, found, never, Repo, scan, temporary, write } from '../../support.ts'

const scanGit = async (dir: string) =>
  scan(await gitSource(contextAt(dir), undefined, never), { context: contextAt(dir) })
const reasons = ({ skipped }: ScanResult) => skipped.map((one) => `${one.skipped}: ${one.reason}`)

/** `parent` with `child` at `path`. */
function add(parent: Repo, child: Repo, path: string): void {
  parent.git('submodule', '--quiet', 'add', child.dir, path)
  parent.commit({})
}

/** outer > vendor/middle > libs/inner, each with a token that was taken away again. */
function nested() {
  const [inner, middle, outer] = [new Repo(), new Repo(), new Repo()]
  const tokens = [inner, middle, outer].map((repo, at) => {
    const token = randomToken()
    const leak = repo.commit({ 'src/key.txt': token })
    repo.commit({ 'src/key.txt': String(at) })
    return { token, leak }
  })
  add(middle, inner, 'libs/inner')
  add(outer, middle, 'vendor/middle')
  outer.git('submodule', '--quiet', 'update', '--init', '--recursive')
  return { inner, middle, outer, tokens: tokens as [Leak, Leak, Leak] }
}

interface Leak {
  readonly token: string
  readonly leak: string
}

test('histories of submodules are read, nested ones too: with paths and commits of their own', async () => {
  const { outer, tokens } = nested()
  const result = await scanGit(outer.dir)
  expect(result).toMatchObject({ complete: true, skipped: [] })
  expect(result.excluded).not.toHaveProperty('submodules')
  const [inner, middle, own] = tokens.map(({ token }) => found(result, token).occurrences)
  expect(own).toMatchObject([{ location: { path: { text: 'src/key.txt' }, via: [] } }])
  expect(middle).toMatchObject([
    {
      location: {
        path: { text: 'vendor/middle/src/key.txt' },
        introducedBy: tokens[1].leak,
        via: ['submodule vendor/middle'],
      },
    },
  ])
  expect(inner).toMatchObject([
    {
      location: {
        path: { text: 'vendor/middle/libs/inner/src/key.txt' },
        introducedBy: tokens[0].leak,
        via: ['submodule vendor/middle/libs/inner'],
      },
    },
  ])
})

test('one object in a repository and in its submodule: each with its own commit; names of files, refs, configuration', async () => {
  const [inner, outer] = [new Repo(), new Repo()]
  const [same, file, folder, branch, url] = Array.from({ length: 5 }, () => randomToken()) as [
    string,
    string,
    string,
    string,
    string,
  ]
  inner.commit({ first: 'x' })
  inner.commit({ 'a.txt': same, [file]: '', [`d/${folder}/x`]: '' })
  outer.commit({ 'b.txt': same })
  add(outer, inner, 'lib')
  const sub = join(outer.dir, 'lib')
  execFileSync('git', ['branch', branch], { cwd: sub })
  execFileSync('git', ['config', 'remote.origin.url', `https://x:${url}@example.com/`], { cwd: sub })
  const result = await scanGit(outer.dir)
  const places = (token: string) => found(result, token).occurrences.map(({ location }) => location)
  expect(places(same).map(({ path }) => path?.text)).toEqual(['b.txt', 'lib/a.txt'])
  const ofObject = (token: string) => places(token).filter(({ object }) => object !== null)
  expect(ofObject(file).map(({ path }) => path?.text)).toEqual([`lib/${file}`])
  expect(ofObject(folder).map(({ path }) => path?.text)).toEqual([`lib/d/${folder}`])
  expect(places(branch)).toContainEqual(
    expect.objectContaining({ ref: `refs/heads/${branch}`, via: ['submodule lib'] }),
  )
  expect(places(url).map(({ via }) => via)).toEqual([['.git/modules/lib/config']])
})

test('a submodule that is not initialised is skipped, with what to do', async () => {
  const { outer } = nested()
  const clone = temporary()
  outer.git('clone', '-q', `file://${outer.dir}`, clone)
  expect((await scanGit(clone)).skipped).toEqual([
    {
      skipped: 'submodule vendor/middle',
      reason: 'not initialised: its history is not here',
      hint: 'git submodule update --init --recursive',
    },
  ])
  // Only the outer one.
  outer.git('-C', clone, 'submodule', '--quiet', 'update', '--init')
  expect(reasons(await scanGit(clone))).toEqual([
    'submodule vendor/middle: submodule libs/inner: not initialised: its history is not here',
  ])
})

test('a bare clone, and a submodule that only older commits have: skipped by HEAD, counted else', async () => {
  const { outer } = nested()
  const clone = temporary()
  outer.git('clone', '-q', '--bare', `file://${outer.dir}`, clone)
  expect(reasons(await scanGit(clone))).toEqual([
    'submodule vendor/middle: not initialised: its history is not here',
  ])
  outer.git('rm', '-q', '-f', 'vendor/middle')
  outer.commit({})
  outer.git('push', '-q', clone, 'main')
  expect(await scanGit(clone)).toMatchObject({ complete: true, excluded: { submodules: 1 } })
  // Its git folder is still here, its working tree is not.
  const here = await scanGit(outer.dir)
  expect(here.complete).toBe(true)
  expect(here.excluded).not.toHaveProperty('submodules')
})

test('a name that is not the path, names with slashes and spaces, one that was moved, a deinitialised one', async () => {
  const outer = new Repo()
  outer.commit({ a: 'x' })
  const tokens = ['named', 'deep/er/one', 'with space', 'old place', 'gone'].map((path) => {
    const child = new Repo()
    const token = randomToken()
    child.commit({ k: token })
    const name = path === 'named' ? ['--name', 'another/name'] : []
    outer.git('submodule', '--quiet', 'add', ...name, child.dir, path)
    return [path, token] as const
  })
  outer.commit({})
  outer.git('mv', 'old place', 'new place')
  outer.git('submodule', '--quiet', 'deinit', '-f', 'gone')
  const result = await scanGit(outer.dir)
  expect(reasons(result)).toEqual([])
  const paths = tokens.map(([, token]) => found(result, token).occurrences[0]?.location.path?.text)
  expect(paths).toEqual(['named/k', 'deep/er/one/k', 'with space/k', 'new place/k', 'gone/k'])
})

test('an old submodule, whose git folder lies in the working tree', async () => {
  const [inner, outer] = [new Repo(), new Repo()]
  const token = randomToken()
  inner.commit({ k: token })
  outer.commit({ a: 'x' })
  cpSync(inner.dir, join(outer.dir, 'lib'), { recursive: true })
  outer.git('add', 'lib')
  const result = await scanGit(outer.dir)
  expect(reasons(result)).toEqual([])
  expect(found(result, token).occurrences[0]?.location).toMatchObject({
    path: { text: 'lib/k' },
    via: ['submodule lib'],
  })
})

test('a linked worktree has git folders of its own for submodules', async () => {
  const [inner, outer] = [new Repo(), new Repo()]
  const [early, late] = [randomToken(), randomToken()]
  inner.commit({ k: early })
  outer.commit({ a: 'x' })
  add(outer, inner, 'lib')
  inner.commit({ k: late })
  const tree = join(temporary(), 'w')
  outer.git('worktree', 'add', '-q', tree, '-b', 'other')
  outer.git('-C', tree, 'submodule', '--quiet', 'update', '--init', '--remote')
  rmSync(join(outer.dir, '.git/modules'), { recursive: true })
  for (const dir of [tree, outer.dir]) {
    const result = await scanGit(dir)
    expect(result.complete).toBe(dir === tree)
    expect(found(result, late).occurrences[0]?.location).toMatchObject({
      path: { text: 'lib/k' },
      via: ['submodule lib of worktree w'],
    })
  }
})

test('a submodule whose chosen commit, or an object of it, is not here', async () => {
  const { outer } = nested()
  const folder = join(outer.dir, '.git/modules/vendor/middle')
  const blob = outer.git('-C', 'vendor/middle', 'rev-parse', 'HEAD:src/key.txt')
  rmSync(join(folder, 'objects', blob.slice(0, 2), blob.slice(2)))
  outer.gitWith({ input: '' }, 'update-index', '--cacheinfo', `160000,${'1'.repeat(40)},vendor/middle`)
  const said = reasons(await scanGit(outer.dir))
  expect(said).toContain(`submodule vendor/middle: object ${blob}: missing`)
  expect(said).toContain(
    `submodule vendor/middle: object ${'1'.repeat(40)}: the commit that the repository around it has chosen is not here`,
  )
})

test('hostile folders of submodules: links, loops, objects elsewhere, damaged, none', async () => {
  const [secret, outer, empty] = [new Repo(), new Repo(), new Repo()]
  const token = randomToken()
  secret.commit({ k: token })
  outer.commit({ a: 'x' })
  const modules = join(outer.dir, '.git/modules')
  mkdirSync(join(modules, 'deep/deeper'), { recursive: true })
  symlinkSync(join(secret.dir, '.git'), join(modules, 'link'))
  symlinkSync(modules, join(modules, 'deep/loop'))
  for (const name of ['elsewhere', 'no-objects', 'no-head', 'odd-head'])
    cpSync(join(empty.dir, '.git'), join(modules, name), { recursive: true })
  writeFileSync(join(modules, 'elsewhere/commondir'), join(secret.dir, '.git'))
  rmSync(join(modules, 'no-objects/objects'), { recursive: true })
  rmSync(join(modules, 'no-head/HEAD'))
  writeFileSync(join(modules, 'odd-head/HEAD'), 'odd')
  const result = await scanGit(outer.dir)
  expect(result.findings).toEqual([])
  expect(result.skipped.map(({ skipped }) => skipped).sort()).toEqual(
    ['elsewhere', 'no-head', 'no-objects', 'odd-head'].map((name) => `.git/modules/${name}`),
  )
})

test('hostile places of submodules: what an index names is not looked for outside of the working tree', async () => {
  const [secret, outer] = [new Repo(), new Repo()]
  const token = randomToken()
  const commit = secret.commit({ k: token })
  outer.commit({ a: 'x' })
  symlinkSync(secret.dir, join(outer.dir, 'link'))
  write(outer.dir, { 'file/.git': `gitdir: ${secret.dir}/.git\n` })
  const index = join(outer.dir, '.git/index')
  const paths = ['link', 'file', 'zzzzzz']
  const info = paths.map((path) => `160000 ${commit} 0\t${path}\n`).join('')
  rmSync(join(outer.dir, 'link'))
  outer.gitWith({ input: info }, 'update-index', '--index-info')
  symlinkSync(secret.dir, join(outer.dir, 'link'))
  // Names that git itself would not write.
  const bytes = readFileSync(index, 'latin1').replaceAll('zzzzzz', '../../')
  writeFileSync(index, bytes, 'latin1')
  const result = await scanGit(outer.dir)
  expect(result.findings).toEqual([])
  expect(reasons(result)).toEqual([
    expect.stringContaining('submodule file: its git folder is'),
    'submodule link: not initialised: its history is not here',
    'submodule ../../: not initialised: its history is not here',
  ])
})

test('nothing of the environment about another repository holds for a submodule; a working tree that is gone is not missed', async () => {
  const { outer, tokens } = nested()
  rmSync(join(outer.dir, 'vendor'), { recursive: true })
  const env = {
    ...process.env,
    GIT_DIR: join(outer.dir, '.git'),
    GIT_INDEX_FILE: join(outer.dir, '.git/index'),
  }
  const context = contextAt(outer.dir, { env })
  const result = await scan(await gitSource(context, undefined, never), { context })
  for (const { token } of tokens) expect(found(result, token).occurrenceCount).toBe(1)
})

test('two hundred submodules that are not here: the first hundred are named', async () => {
  const repo = new Repo()
  const commit = repo.commit({ a: 'x' })
  const info = Array.from({ length: 200 }, (_, at) => `160000 ${commit} 0\ts/${at}\n`)
  repo.gitWith({ input: info.join('') }, 'update-index', '--index-info')
  const { skipped } = await scanGit(repo.dir)
  expect(skipped.length).toBe(101)
  expect(skipped.at(-1)?.reason).toBe('100 more are not initialised')
})

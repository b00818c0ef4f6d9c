import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { objectFolders } from '../../../../src/sources/git/stored/object-folders.ts'
import { findRepository } from '../../../../src/sources/git/find-repository.ts'
import { contextAt, never, Repo, temporary } from '../../support.ts'

const objects = (dir: string) => join(realpathSync(dir), '.git', 'objects')
const alternates = (dir: string, lines: string) =>
  writeFileSync(join(dir, '.git', 'objects', 'info', 'alternates'), lines)
const foldersOf = async (dir: string, env: Record<string, string> = {}) => {
  const context = contextAt(dir, { env: { ...process.env, ...env } })
  const { folders, skipped } = objectFolders(await findRepository(context, undefined, never))
  return { folders: folders.map(String), skipped }
}

/** Repositories side by side, each of which borrows from the next. */
function chain(length: number): string[] {
  const parent = temporary()
  const dirs = Array.from({ length }, (_, at) => new Repo(mkdir(join(parent, `r${at}`))).dir)
  dirs.slice(1).forEach((_, at) => alternates(dirs[at] ?? '', `../../../r${at + 1}/.git/objects\n`))
  return dirs
}

function mkdir(folder: string): string {
  mkdirSync(folder, { recursive: true })
  return folder
}

test('a repository that borrows nothing has one folder', async () => {
  const { dir } = new Repo()
  expect(await foldersOf(dir)).toEqual({ folders: [objects(dir)], skipped: [] })
})

test('alternates: relative, absolute, quoted, commented, by a link, twice; what git sees, too', async () => {
  const parent = temporary()
  const names = ['own', 'relative', 'absolute', 'quo"ted\nname', 'linked', '#hash']
  const [own = '', relative = '', absolute = '', quoted = '', linked = '', hash = ''] = names.map(
    (name) => new Repo(mkdir(join(parent, name))).dir,
  )
  symlinkSync(linked, join(parent, 'link'))
  alternates(
    own,
    [
      '# a comment',
      '../../../relative/.git/objects',
      `${absolute}/.git/objects/`,
      '',
      '"../../../quo\\"ted\\012name/.git/objects"',
      `${parent}/link/.git/objects`,
      `${absolute}/.git/objects`,
      '"../../../\\043hash/.git/objects"',
    ].join('\n'),
  )
  const { folders, skipped } = await foldersOf(own)
  expect(skipped).toEqual([])
  expect(folders).toEqual([own, relative, absolute, quoted, linked, hash].map(objects))
  expect(new Repo(own).git('count-objects', '-v').match(/^alternate:/gm)?.length).toBe(5)
})

test('lenders borrow in turn, in circles too; deeper than git follows is said', async () => {
  const [first = '', second = '', third = ''] = chain(3)
  alternates(third, '../../../r0/.git/objects\n')
  expect(await foldersOf(first)).toEqual({ folders: [first, second, third].map(objects), skipped: [] })
  const deep = chain(8)
  const result = await foldersOf(deep[0] ?? '')
  expect(result.folders).toEqual(deep.slice(0, 7).map(objects))
  expect(result.skipped).toMatchObject([{ skipped: 'alternate ../../../r7/.git/objects' }])
})

test('a lender that is gone, one that is no folder, and a list that cannot be read', async () => {
  const [first = '', second = ''] = chain(3)
  writeFileSync(join(first, 'file'), '')
  alternates(second, `/nowhere/objects\n${first}/file\n`)
  const { folders, skipped } = await foldersOf(first)
  expect(folders).toEqual([first, second].map(objects))
  expect(skipped).toMatchObject([
    { skipped: 'alternate /nowhere/objects', reason: expect.stringContaining('is not there') },
    { skipped: `alternate ${first}/file`, reason: expect.stringContaining('no folder') },
  ])
  rmSync(join(second, '.git/objects/info/alternates'))
  mkdirSync(join(second, '.git/objects/info/alternates'))
  expect((await foldersOf(first)).skipped).toMatchObject([
    { skipped: expect.stringContaining('info/alternates') },
  ])
})

test('the environment names folders only where it is obeyed', async () => {
  const [own, other, third] = [new Repo().dir, new Repo().dir, new Repo().dir]
  const env = {
    GIT_ALTERNATE_OBJECT_DIRECTORIES: `${other}/.git/objects:"${third}/.git/objects"`,
  }
  expect((await foldersOf(own, env)).folders).toEqual([own, other, third].map(objects))
  const named = await findRepository(contextAt('/', { env: { ...process.env, ...env } }), own, never)
  expect(objectFolders(named).folders.map(String)).toEqual([objects(own)])
  const instead = await foldersOf(own, { GIT_OBJECT_DIRECTORY: `${other}/.git/objects` })
  expect(instead.folders).toEqual([objects(other)])
})

test('names that are no UTF-8', async () => {
  const own = new Repo().dir
  const parent = temporary()
  const odd = Buffer.concat([Buffer.from(`${parent}/`), Buffer.from([0x6e, 0xff])])
  mkdirSync(odd)
  writeFileSync(join(own, '.git/objects/info/alternates'), odd)
  const { folders, skipped } = objectFolders(await findRepository(contextAt(own), undefined, never))
  expect([folders[1], skipped]).toEqual([odd, []])
})

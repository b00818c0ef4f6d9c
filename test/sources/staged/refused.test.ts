import { chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stagedSource } from '../../../src/sources/staged/source.ts'
import { contextAt, Repo, scan, temporary } from '../support.ts'
import { ownChanges } from './support.ts'

/** What git refuses, or cannot make sense of, is left to git, whose words the error has. */
const refused: Record<string, readonly [code: string, spoil: (repo: Repo) => string | void]> = {
  'no repository': ['not-a-repository', () => temporary()],
  'a bare repository': [
    'bare-repository',
    (repo) => {
      const dir = temporary()
      repo.git('clone', '-q', '--bare', '.', dir)
      return dir
    },
  ],
  'an extension that git does not know': [
    'broken-repository',
    (repo) => {
      repo.git('config', 'core.repositoryFormatVersion', '1')
      repo.git('config', 'extensions.unheardOf', 'true')
    },
  ],
  'a repository of the future': [
    'broken-repository',
    (repo) => void repo.git('config', 'core.repositoryFormatVersion', '99'),
  ],
  'HEAD is empty': ['not-a-repository', ({ dir }) => writeFileSync(join(dir, '.git/HEAD'), '')],
  'HEAD names no commit': [
    'broken-repository',
    ({ dir }) => writeFileSync(join(dir, '.git/HEAD'), `${'1'.repeat(40)}\n`),
  ],
  'the branch is damaged': [
    'broken-repository',
    ({ dir }) => writeFileSync(join(dir, '.git/refs/heads/main'), 'no id\n'),
  ],
  "HEAD's tree is missing": ['broken-repository', (repo) => removeObject(repo, 'HEAD^{tree}')],
  'the tree of a folder is missing': ['broken-repository', (repo) => removeObject(repo, 'HEAD:src')],
  'a byte of the index is another one': [
    'broken-repository',
    ({ dir }) => {
      const index = readFileSync(join(dir, '.git/index'))
      index[40] = (index[40] as number) ^ 1
      writeFileSync(join(dir, '.git/index'), index)
    },
  ],
  'the index is cut off': [
    'broken-repository',
    ({ dir }) =>
      writeFileSync(join(dir, '.git/index'), readFileSync(join(dir, '.git/index')).subarray(0, 90)),
  ],
}

describe('an error, exit code 2', () => {
  test.each(Object.entries(refused))('%s', async (_, [code, spoil]) => {
    const repo = new Repo()
    repo.commit({ 'a.txt': 'a', 'src/b.txt': 'b' })
    repo.stage({ 'src/b.txt': 'changed' })
    const dir = spoil(repo) ?? repo.dir
    expect(ownChanges(dir)).toBeNull()
    await expect(scan(stagedSource(contextAt(dir)))).rejects.toMatchObject({ code, exitCode: 2 })
  })

  test.runIf(process.getuid?.() === 0)('it belongs to somebody else', async () => {
    const repo = new Repo()
    repo.stage({ 'a.txt': 'a' })
    for (const place of ['.git', '']) {
      chownSync(join(repo.dir, place), 12_345, 12_345)
      expect(ownChanges(repo.dir)).toBeNull()
      const context = contextAt(repo.dir, { env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' } })
      await expect(scan(stagedSource(context))).rejects.toMatchObject({
        code: 'unsafe-repository',
        hint: expect.stringContaining('safe.directory'),
      })
      chownSync(join(repo.dir, place), 0, 0)
    }
    expect(ownChanges(repo.dir)).not.toBeNull()
  })
})

function removeObject(repo: Repo, name: string): void {
  const id = repo.git('rev-parse', name)
  rmSync(join(repo.dir, '.git/objects', id.slice(0, 2), id.slice(2)))
}

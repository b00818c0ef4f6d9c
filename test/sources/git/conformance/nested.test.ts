import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { randomToken } from '../../../support.ts'
import { Repo, temporary, write } from '../../support.ts'
import { conform, withPast } from './situation.ts'

/** Repositories in the repository, and content that lies beside it. */
conform('nested', {
  'past of a submodule': () => {
    const { inner, token, fix } = leaky()
    const outer = withPast()
    outer.git('submodule', '--quiet', 'add', inner.dir, 'vendor/inner')
    outer.commit({})
    return {
      dir: outer.dir,
      leaks: [{ token, at: { path: { text: 'vendor/inner/k.txt' }, removedBy: fix } }],
    }
  },
  'past of a submodule of a submodule': () => {
    const { inner, token } = leaky()
    const [middle, outer] = [withPast(), withPast()]
    middle.git('submodule', '--quiet', 'add', inner.dir, 'inner')
    middle.commit({})
    outer.git('submodule', '--quiet', 'add', middle.dir, 'middle')
    outer.git('submodule', '--quiet', 'update', '--init', '--recursive')
    outer.commit({})
    return { dir: outer.dir, leaks: [{ token }] }
  },
  'submodule that was removed, its git folder stayed': () => {
    const { inner, token } = leaky()
    const outer = withPast()
    outer.git('submodule', '--quiet', 'add', inner.dir, 'inner')
    outer.commit({})
    outer.git('rm', '-q', '-f', 'inner')
    outer.commit({})
    return { dir: outer.dir, leaks: [{ token }] }
  },
  'configuration of a submodule': () => {
    const { inner, token } = leaky()
    const [outer, url] = [withPast(), randomToken()]
    outer.git('submodule', '--quiet', 'add', inner.dir, 'inner')
    outer.commit({})
    outer.git('-C', 'inner', 'remote', 'add', 'fork', `https://x:${url}@example.com/r.git`)
    return { dir: outer.dir, leaks: [{ token }, { token: url }] }
  },
  'submodule with a git folder in the worktree': () => {
    const outer = withPast()
    const { token } = leaky(join(outer.dir, 'inner'))
    outer.git('add', 'inner')
    outer.commit({})
    return {
      dir: outer.dir,
      leaks: [{ token, orGap: /inner|submodule/i }],
      gaps: [/inner|submodule/i],
      orComplete: true,
    }
  },
  'submodule that was never initialised': () => {
    const { inner } = leaky()
    const [outer, clone] = [withPast(), temporary()]
    outer.git('submodule', '--quiet', 'add', inner.dir, 'vendor/inner')
    outer.commit({})
    outer.git('clone', '-q', outer.dir, clone)
    return { dir: clone, leaks: [], gaps: [/vendor\/inner|submodule/i] }
  },
  'shallow submodule': () => {
    const { inner } = leaky()
    const outer = withPast()
    outer.git('submodule', '--quiet', 'add', '--depth', '1', `file://${inner.dir}`, 'inner')
    outer.commit({})
    return { dir: outer.dir, leaks: [], gaps: [/shallow/i] }
  },
  'started in the submodule': () => {
    const { inner, token } = leaky()
    const outer = withPast()
    outer.git('submodule', '--quiet', 'add', inner.dir, 'inner')
    outer.commit({})
    return { dir: join(outer.dir, 'inner'), leaks: [{ token, count: 1 }] }
  },
  'LFS object that is here': () => {
    const [repo, token] = [withPast(), randomToken()]
    const content = Buffer.from(`big file with ${token}\n`)
    const { oid, pointer } = pointerTo(content)
    repo.commit({ '.gitattributes': '*.big filter=lfs\n', 'k.big': pointer })
    write(repo.dir, { [`.git/lfs/objects/${oid.slice(0, 2)}/${oid.slice(2, 4)}/${oid}`]: content })
    return { dir: repo.dir, leaks: [{ token }] }
  },
  'LFS object that nothing points at': () => {
    const [repo, token] = [withPast(), randomToken()]
    const content = Buffer.from(`big file with ${token}\n`)
    const { oid } = pointerTo(content)
    write(repo.dir, { [`.git/lfs/objects/${oid.slice(0, 2)}/${oid.slice(2, 4)}/${oid}`]: content })
    return { dir: repo.dir, leaks: [{ token }] }
  },
  'LFS pointer to what is not here': () => {
    const repo = withPast()
    const { pointer, oid } = pointerTo(Buffer.from('absent'))
    repo.commit({ '.gitattributes': '*.big filter=lfs\n', 'k.big': pointer })
    return { dir: repo.dir, leaks: [], gaps: [new RegExp(`lfs|${oid}`, 'i')] }
  },
  'LFS pointer in an earlier commit': () => {
    const repo = withPast()
    const { pointer, oid } = pointerTo(Buffer.from('absent'))
    repo.commit({ 'k.big': pointer })
    repo.commit({ 'k.big': 'no longer' })
    return { dir: repo.dir, leaks: [], gaps: [new RegExp(`lfs|${oid}`, 'i')] }
  },
  'objects borrowed from an alternate': () => {
    const { inner, token, fix } = leaky()
    const clone = temporary()
    inner.git('clone', '-q', '--shared', inner.dir, clone)
    return { dir: clone, leaks: [{ token, count: 1, at: { removedBy: fix } }] }
  },
  'packs borrowed from an alternate of an alternate': () => {
    const { inner, token } = leaky()
    inner.git('repack', '-q', '-a', '-d')
    const [middle, last] = [temporary(), temporary()]
    inner.git('clone', '-q', '--shared', inner.dir, middle)
    inner.git('clone', '-q', '--shared', middle, last)
    return { dir: last, leaks: [{ token, count: 1 }] }
  },
  'alternate with a relative path, quoted path and comment': () => {
    const { inner, token } = leaky()
    const [repo, parent] = [withPast(), temporary()]
    const [lender, borrower] = [join(parent, 'a"b'), join(parent, 'c')]
    renameSync(inner.dir, lender)
    renameSync(repo.dir, borrower)
    const quoted = `"${join(lender, '.git', 'objects').replaceAll('"', '\\"')}"`
    write(borrower, { '.git/objects/info/alternates': `# a comment\n../../../a"b/.git/objects\n${quoted}\n` })
    return { dir: borrower, leaks: [{ token, count: 1 }] }
  },
  'alternate that is gone': () => {
    const { inner } = leaky()
    const [clone, token] = [temporary(), randomToken()]
    inner.git('clone', '-q', '--shared', inner.dir, clone)
    rmSync(inner.dir, { recursive: true })
    const own = new Repo(clone)
    own.gitWith({ input: token }, 'hash-object', '-w', '--stdin')
    return { dir: clone, leaks: [{ token }], gaps: [/alternate/i] }
  },
  'alternate of an alternate that is gone': () => {
    const { inner } = leaky()
    const [middle, last] = [temporary(), temporary()]
    inner.git('clone', '-q', '--shared', inner.dir, middle)
    inner.git('clone', '-q', '--shared', middle, last)
    rmSync(inner.dir, { recursive: true })
    return { dir: last, leaks: [], gaps: [/alternate/i] }
  },
})

/** A repository that leaked a token and took it back. */
function leaky(dir = temporary()): { inner: Repo; token: string; fix: string } {
  mkdirSync(dir, { recursive: true })
  const [inner, token] = [new Repo(dir), randomToken()]
  inner.commit({ 'k.txt': token })
  return { inner, token, fix: inner.commit({ 'k.txt': 'none' }) }
}

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
function pointerTo(content: Buffer): { oid: string; pointer: string } {
  const oid = createHash('sha256').update(content).digest('hex')
  return {
    oid,
    pointer: `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`,
  }
}

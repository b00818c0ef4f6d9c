import { join } from 'node:path'
import { randomToken } from '../../../support.ts'
import { Repo, temporary, write } from '../../support.ts'
import { conform, forget, type Situation, withPast } from './situation.ts'

/** Where the commit or object hangs that holds the leak. */
conform('reach', {
  'plain commit': () => {
    const [repo, token] = [withPast(), randomToken()]
    const leak = repo.commit({ 'src/k.py': `x\nkey = "${token}"\n` })
    return {
      dir: repo.dir,
      leaks: [
        {
          token,
          count: 1,
          at: {
            path: { text: 'src/k.py' },
            line: 2,
            introducedBy: leak,
            removedBy: null,
            object: { type: 'blob', id: repo.git('rev-parse', 'HEAD:src/k.py') },
            commit: {
              id: leak,
              author: 'Ann <ann@example.com>',
              refs: ['refs/heads/main'],
              unreachable: false,
            },
          },
        },
      ],
    }
  },
  'removed again': () => {
    const [repo, token] = [withPast(), randomToken()]
    const leak = repo.commit({ 'k.txt': token })
    const fix = repo.commit({ 'k.txt': 'none' })
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { introducedBy: leak, removedBy: fix } }] }
  },
  'file deleted again': () => {
    const [repo, token] = [withPast(), randomToken()]
    const leak = repo.commit({ 'k.txt': token })
    repo.git('rm', '-q', 'k.txt')
    const fix = repo.commit({})
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { introducedBy: leak, removedBy: fix } }] }
  },
  'only on another branch': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('checkout', '-q', '-b', 'side')
    const leak = repo.commit({ 'k.txt': token })
    repo.git('checkout', '-q', 'main')
    return inCommit(repo, token, leak, ['refs/heads/side'])
  },
  'only in a deleted branch': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('checkout', '-q', '-b', 'side')
    const leak = repo.commit({ 'k.txt': token })
    repo.git('checkout', '-q', 'main')
    repo.git('branch', '-q', '-D', 'side')
    return inCommit(repo, token, leak, [])
  },
  'reset away': () => {
    const [repo, token] = [withPast(), randomToken()]
    const leak = repo.commit({ 'k.txt': token })
    repo.git('reset', '-q', '--hard', 'HEAD~1')
    return inCommit(repo, token, leak, [])
  },
  'reset away, reflog expired': () => {
    const [repo, token] = [withPast(), randomToken()]
    const leak = repo.commit({ 'k.txt': token })
    repo.git('reset', '-q', '--hard', 'HEAD~1')
    forget(repo)
    return inCommit(repo, token, leak, [])
  },
  'amended away': () => {
    const [repo, token] = [withPast(), randomToken()]
    const leak = repo.commit({ 'k.txt': token })
    repo.stage({ 'k.txt': 'none' })
    repo.git('commit', '-q', '--amend', '-m', 'better')
    return inCommit(repo, token, leak, [])
  },
  'rebased away': () => {
    const [repo, token] = [withPast(), randomToken()]
    const leak = repo.commit({ 'k.txt': token })
    repo.commit({ 'b.txt': 'later' })
    repo.git('rebase', '-q', '--onto', 'HEAD~2', 'HEAD~1')
    return inCommit(repo, token, leak, [])
  },
  'live stash': () => {
    const [repo, token] = [withPast(), randomToken()]
    write(repo.dir, { 'a.txt': token })
    repo.git('stash', '-q')
    return inStash(repo, token, 'a.txt', 'refs/stash')
  },
  'index part of a stash': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.stage({ 'a.txt': token })
    write(repo.dir, { 'a.txt': 'neither' })
    repo.git('stash', '-q')
    return inStash(repo, token, 'a.txt', 'refs/stash^2')
  },
  'untracked part of a stash': () => {
    const [repo, token] = [withPast(), randomToken()]
    write(repo.dir, { 'new.txt': token })
    repo.git('stash', '-q', '-u')
    return inStash(repo, token, 'new.txt', 'refs/stash^3')
  },
  'second of two stashes': () => {
    const [repo, token] = [withPast(), randomToken()]
    write(repo.dir, { 'a.txt': token })
    repo.git('stash', '-q')
    write(repo.dir, { 'a.txt': 'other' })
    repo.git('stash', '-q')
    return inStash(repo, token, 'a.txt', 'stash@{1}')
  },
  'dropped stash': () => {
    const [repo, token] = [withPast(), randomToken()]
    write(repo.dir, { 'a.txt': token })
    repo.git('stash', '-q')
    const leak = repo.git('rev-parse', 'refs/stash')
    repo.git('stash', 'drop', '-q')
    return inCommit(repo, token, leak, [], 'a.txt')
  },
  'detached HEAD': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('checkout', '-q', '--detach')
    const leak = repo.commit({ 'k.txt': token })
    return inCommit(repo, token, leak, ['HEAD'])
  },
  'detached HEAD of a linked worktree': () => {
    const [repo, token, other] = [withPast(), randomToken(), join(temporary(), 'tree')]
    repo.git('worktree', 'add', '-q', '--detach', other)
    const leak = new Repo(other).commit({ 'k.txt': token })
    return {
      dir: repo.dir,
      leaks: [{ token, count: 1, at: { introducedBy: leak, path: { text: 'k.txt' } } }],
    }
  },
  'fetched pull request': () => {
    const [repo, token, clone] = [withPast(), randomToken(), new Repo()]
    repo.git('checkout', '-q', '-b', 'pull')
    const leak = repo.commit({ 'k.txt': token })
    clone.git('fetch', '-q', repo.dir, 'main', 'pull:refs/pull/1/head')
    return inCommit(clone, token, leak, ['refs/pull/1/head'])
  },
  'remote-tracking only': () => {
    const [repo, token, clone] = [withPast(), randomToken(), new Repo()]
    const leak = repo.commit({ 'k.txt': token })
    clone.git('remote', 'add', 'origin', repo.dir)
    clone.git('fetch', '-q', 'origin')
    return inCommit(clone, token, leak, ['refs/remotes/origin/main'])
  },
  'tag of a blob': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = repo.gitWith({ input: token }, 'hash-object', '-w', '--stdin')
    repo.git('tag', '-a', '-m', 'data', 'data', id)
    return ofObject(repo, token, { type: 'blob', id })
  },
  'lightweight tag of a blob': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = repo.gitWith({ input: token }, 'hash-object', '-w', '--stdin')
    repo.git('tag', 'data', id)
    return ofObject(repo, token, { type: 'blob', id })
  },
  'tag of a tree': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = repo.gitWith({ input: token }, 'hash-object', '-w', '--stdin')
    const tree = repo.gitWith({ input: `100644 blob ${id}\tk.txt\n` }, 'mktree')
    repo.git('tag', '-a', '-m', 'data', 'data', tree)
    return ofObject(repo, token, { type: 'blob', id })
  },
  'inner one of nested tags': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('tag', '-a', '-m', token, 'inner')
    const id = repo.git('rev-parse', 'inner')
    repo.git('tag', '-a', '-m', 'outer', 'outer', 'inner')
    repo.git('tag', '-d', 'inner')
    return ofObject(repo, token, { type: 'tag', id })
  },
  'lightweight tag, reached by nothing else': () => {
    const [repo, token] = [withPast(), randomToken()]
    const leak = repo.commit({ 'k.txt': token })
    repo.git('tag', 'kept')
    repo.git('reset', '-q', '--hard', 'HEAD~1')
    forget(repo)
    return inCommit(repo, token, leak, ['refs/tags/kept'])
  },
  notes: () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('notes', 'add', '-m', `see ${token}`)
    const leak = repo.git('rev-parse', 'refs/notes/commits')
    return inCommit(repo, token, leak, ['refs/notes/commits'], repo.git('rev-parse', 'HEAD'))
  },
  'note that was removed': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('notes', 'add', '-m', `see ${token}`)
    const leak = repo.git('rev-parse', 'refs/notes/commits')
    repo.git('notes', 'remove')
    const fix = repo.git('rev-parse', 'refs/notes/commits')
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { introducedBy: leak, removedBy: fix } }] }
  },
  'dangling blob': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = repo.gitWith({ input: token }, 'hash-object', '-w', '--stdin')
    return ofObject(repo, token, { type: 'blob', id })
  },
  'staged, never committed': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.stage({ 'k.txt': token })
    return ofObject(repo, token, { type: 'blob', id: repo.git('rev-parse', ':k.txt') })
  },
  'staged and unstaged again': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.stage({ 'k.txt': token })
    const id = repo.git('rev-parse', ':k.txt')
    repo.git('rm', '-q', '-f', 'k.txt')
    return ofObject(repo, token, { type: 'blob', id })
  },
  'tree that no commit has': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = repo.gitWith({ input: token }, 'hash-object', '-w', '--stdin')
    repo.gitWith({ input: `100644 blob ${id}\tk.txt\n` }, 'mktree')
    return ofObject(repo, token, { type: 'blob', id })
  },
  'commit of a second root': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('checkout', '-q', '--orphan', 'pages')
    const leak = repo.commit({ 'k.txt': token })
    repo.git('checkout', '-q', 'main')
    return inCommit(repo, token, leak, ['refs/heads/pages'])
  },
  'cherry-picked onto a second branch': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('checkout', '-q', '-b', 'side')
    const leak = repo.commit({ 'k.txt': token })
    repo.git('checkout', '-q', 'main')
    repo.commit({ 'b.txt': 'own' })
    repo.git('cherry-pick', 'side')
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { introducedBy: leak, removedBy: null } }] }
  },
  'evil merge': () => {
    const [repo, token] = [diverged(), randomToken()]
    repo.git('merge', '-q', '--no-commit', '--no-ff', 'side')
    const merge = repo.commit({ 'a.txt': token })
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { introducedBy: merge, removedBy: null } }] }
  },
  'conflict resolution': () => {
    const [repo, token] = [diverged({ 'a.txt': 'theirs' }, { 'a.txt': 'ours' }), randomToken()]
    try {
      repo.git('merge', '-q', 'side')
    } catch {
      // It stops at the conflict.
    }
    const merge = repo.commit({ 'a.txt': `both ${token}` })
    return {
      dir: repo.dir,
      leaks: [{ token, count: 1, at: { introducedBy: merge, path: { text: 'a.txt' } } }],
    }
  },
  'octopus merge with a content of its own': () => {
    const [repo, token] = [diverged(), randomToken()]
    repo.git('checkout', '-q', '-b', 'third', 'main~1')
    repo.commit({ 'd.txt': '4' })
    repo.git('checkout', '-q', 'main')
    repo.git('merge', '-q', '--no-ff', '-m', 'three', 'side', 'third')
    repo.stage({ 'k.txt': token })
    repo.git('commit', '-q', '--amend', '-m', 'three')
    const merge = repo.git('rev-parse', 'HEAD')
    return {
      dir: repo.dir,
      leaks: [{ token, count: 1, at: { introducedBy: merge, path: { text: 'k.txt' } } }],
    }
  },
  'merge of 70 parents': () => {
    const [repo, token] = [withPast(), randomToken()]
    const tree = repo.git('rev-parse', 'HEAD^{tree}')
    const parents = Array.from({ length: 70 }, (_, at) =>
      repo.git('commit-tree', '-p', 'HEAD', '-m', `${at}`, tree),
    )
    repo.stage({ 'k.txt': token })
    const own = repo.git('write-tree')
    const merge = repo.git('commit-tree', ...parents.flatMap((id) => ['-p', id]), '-m', 'all', own)
    repo.git('update-ref', 'refs/heads/main', merge)
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { introducedBy: merge } }] }
  },
  'lost by a merge with -s ours': () => {
    const [repo, token] = [diverged({ 'b.txt': '2' }), randomToken()]
    repo.git('checkout', '-q', 'side')
    const leak = repo.commit({ 'k.txt': token })
    repo.git('checkout', '-q', 'main')
    repo.git('merge', '-q', '-s', 'ours', '-m', 'ours', 'side')
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { introducedBy: leak } }] }
  },
  'hidden by a replaced blob': () => {
    const [repo, token] = [withPast(), randomToken()]
    const leak = repo.commit({ 'k.txt': token })
    const other = repo.gitWith({ input: 'nothing' }, 'hash-object', '-w', '--stdin')
    repo.git('replace', repo.git('rev-parse', 'HEAD:k.txt'), other)
    return {
      dir: repo.dir,
      leaks: [{ token, count: 1, at: { introducedBy: leak, path: { text: 'k.txt' } } }],
    }
  },
  'hidden by a replaced commit': () => {
    const [repo, token] = [withPast(), randomToken()]
    const leak = repo.commit({ 'k.txt': token })
    repo.git('replace', leak, 'HEAD~1')
    return {
      dir: repo.dir,
      leaks: [{ token, count: 1, at: { introducedBy: leak, path: { text: 'k.txt' } } }],
    }
  },
  'hidden by a graft': () => {
    const [repo, token] = [withPast(), randomToken()]
    const leak = repo.commit({ 'k.txt': token })
    repo.git('rm', '-q', 'k.txt')
    const fix = repo.commit({})
    const top = repo.commit({ 'b.txt': '2' })
    write(repo.dir, { '.git/info/grafts': `${top}\n` })
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { introducedBy: leak, removedBy: fix } }] }
  },
})

function inCommit(
  { dir }: Repo,
  token: string,
  id: string,
  refs: readonly string[],
  path = 'k.txt',
): Situation {
  const commit = { id, refs, unreachable: refs.length === 0 }
  return { dir, leaks: [{ token, count: 1, at: { path: { text: path }, introducedBy: id, commit } }] }
}

/** `part` is a commit of the stash: which refs reach it is left open, since a reflog is no ref. */
function inStash(repo: Repo, token: string, path: string, part: string): Situation {
  const at = { path: { text: path }, introducedBy: repo.git('rev-parse', part), object: { type: 'blob' } }
  return { dir: repo.dir, leaks: [{ token, count: 1, at }] }
}

function ofObject({ dir }: Repo, token: string, object: { type: string; id: string }): Situation {
  return { dir, leaks: [{ token, count: 1, at: { object } }] }
}

/** `main` and `side` have a commit each since they parted. */
function diverged(
  theirs: Record<string, string> = { 'b.txt': '2' },
  ours: Record<string, string> = { 'c.txt': '3' },
): Repo {
  const repo = withPast()
  repo.git('checkout', '-q', '-b', 'side')
  repo.commit(theirs)
  repo.git('checkout', '-q', 'main')
  repo.commit(ours)
  return repo
}

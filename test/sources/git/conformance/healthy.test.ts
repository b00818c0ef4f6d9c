import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Repo, temporary, write } from '../../support.ts'
import { conform, type Situation, withPast } from './situation.ts'
import { copyOf } from './templates.ts'

/** Ordinary repositories: complete, every one. A false alarm makes people look away. */
conform('healthy', {
  fresh: () => clean(new Repo()),
  'a few commits': () => clean(busy()),
  'clone of a folder': () => cloned(busy()),
  'clone over a transport': () => cloned(busy(), [], 'file://'),
  'clone of an empty repository': () => cloned(new Repo()),
  'clone without a checkout': () => cloned(busy(), ['--no-checkout']),
  'clone of a single branch': () => cloned(busy(), ['--single-branch', '-b', 'side'], 'file://'),
  'clone with --reference': () => {
    const repo = busy()
    return cloned(repo, ['--reference', repo.dir], 'file://')
  },
  'clone with --reference and --dissociate': () => {
    const repo = busy()
    return cloned(repo, ['--reference', repo.dir, '--dissociate'], 'file://')
  },
  'bare clone': () => cloned(busy(), ['--bare']),
  'mirror clone': () => cloned(busy(), ['--mirror'], 'file://'),
  'clone that was shallow once': () => {
    const repo = busy()
    const clone = temporary()
    repo.git('clone', '-q', '--depth', '1', `file://${repo.dir}`, clone)
    repo.git('-C', clone, 'fetch', '-q', '--unshallow')
    return { dir: clone, leaks: [] }
  },
  'fetched with pruning': () => {
    const repo = busy()
    const clone = temporary()
    repo.git('clone', '-q', `file://${repo.dir}`, clone)
    repo.git('branch', '-q', '-D', 'side')
    repo.git('-C', clone, 'fetch', '-q', '--prune')
    return { dir: clone, leaks: [] }
  },
  'default branch of the remote is gone': () => {
    const repo = busy()
    const clone = temporary()
    repo.git('clone', '-q', `file://${repo.dir}`, clone)
    repo.git('branch', '-m', 'main', 'trunk')
    repo.git('-C', clone, 'fetch', '-q', '--prune')
    return { dir: clone, leaks: [] }
  },
  packed: () => put((repo) => repo.git('repack', '-q', '-a', '-d')),
  'garbage collected': () => put((repo) => repo.git('gc', '-q')),
  'garbage collected, everything expired': () =>
    put((repo) => {
      repo.git('reset', '-q', '--hard', 'HEAD~2')
      repo.git('reflog', 'expire', '--expire=now', '--expire-unreachable=now', '--all')
      repo.git('gc', '-q', '--prune=now', '--aggressive')
    }),
  'pruned, reflogs kept': () =>
    put((repo) => {
      repo.commit({ 'lost.txt': 'lost' })
      repo.git('reset', '-q', '--hard', 'HEAD~1')
      repo.git('gc', '-q', '--prune=now')
    }),
  'bitmaps and a commit graph': () =>
    put((repo) => {
      repo.git('repack', '-q', '-a', '-d', '-b')
      repo.git('commit-graph', 'write', '--reachable', '--split')
    }),
  'multi-pack index': () => put((repo) => repo.git('repack', '-q', '-a', '-d', '--write-midx')),
  'maintenance run by tasks': () =>
    put((repo) =>
      repo.git(
        'maintenance',
        'run',
        '--quiet',
        '--task=loose-objects',
        '--task=commit-graph',
        '--task=pack-refs',
      ),
    ),
  'packed refs': () => put((repo) => repo.git('pack-refs', '--all', '--prune')),
  '200 tags': () =>
    put((repo) => {
      const lines = Array.from({ length: 200 }, (_, at) => `create refs/tags/v${at} HEAD\n`)
      repo.gitWith({ input: lines.join('') }, 'update-ref', '--stdin')
    }),
  'annotated and nested tags': () =>
    put((repo) => {
      repo.git('tag', '-a', '-m', 'one', 'one')
      repo.git('tag', '-a', '-m', 'two', 'two', 'one')
      repo.git('tag', '-a', '-m', 'tree', 'tree', 'HEAD^{tree}')
    }),
  stashes: () =>
    put((repo) => {
      for (const text of ['1', '2']) {
        write(repo.dir, { 'a.txt': text, 'new.txt': text })
        repo.git('stash', '-q', '-u')
      }
      repo.git('stash', 'drop', '-q')
    }),
  'detached HEAD': () => put((repo) => repo.git('checkout', '-q', '--detach', 'HEAD~1')),
  'branch without a commit': () => put((repo) => repo.git('checkout', '-q', '--orphan', 'new')),
  'linked worktrees': () =>
    put((repo) => {
      repo.git('worktree', 'add', '-q', '--detach', join(temporary(), 'one'))
      repo.git('worktree', 'add', '-q', '-b', 'two', join(temporary(), 'two'))
    }),
  'linked worktree that was deleted': () =>
    put((repo) => {
      const tree = join(temporary(), 'one')
      repo.git('worktree', 'add', '-q', '--detach', tree)
      rmSync(tree, { recursive: true })
    }),
  'in a linked worktree': () => {
    const [repo, tree] = [busy(), join(temporary(), 'one')]
    repo.git('worktree', 'add', '-q', '--detach', tree)
    return { dir: tree, leaks: [] }
  },
  'sparse checkout': () => put((repo) => repo.git('sparse-checkout', 'set', 'src')),
  'split index and untracked cache': () =>
    put((repo) => {
      repo.git('update-index', '--split-index', '--force-untracked-cache')
      repo.commit({ 'b.txt': '1' })
    }),
  'intent to add': () =>
    put((repo) => {
      write(repo.dir, { 'later.txt': 'x' })
      repo.git('add', '-N', 'later.txt')
    }),
  'assumed unchanged, file deleted': () =>
    put((repo) => {
      repo.git('update-index', '--assume-unchanged', 'a.txt')
      rmSync(join(repo.dir, 'a.txt'))
    }),
  'merge that stopped at a conflict': () => put((repo) => stops(repo, 'merge', '-q', 'conflict')),
  'merge that was aborted': () =>
    put((repo) => {
      stops(repo, 'merge', '-q', 'conflict')
      repo.git('merge', '--abort')
    }),
  'rebase that stopped at a conflict': () => put((repo) => stops(repo, 'rebase', '-q', 'conflict')),
  'rebase that was aborted': () =>
    put((repo) => {
      stops(repo, 'rebase', '-q', 'conflict')
      repo.git('rebase', '--abort')
    }),
  'cherry-pick that stopped at a conflict': () => put((repo) => stops(repo, 'cherry-pick', 'conflict')),
  bisecting: () =>
    put((repo) => {
      repo.git('bisect', 'start')
      repo.git('bisect', 'bad', 'HEAD')
      repo.git('bisect', 'good', 'HEAD~2')
    }),
  'conflict recorded by rerere': () =>
    put((repo) => {
      repo.git('config', 'rerere.enabled', 'true')
      stops(repo, 'merge', '-q', 'conflict')
    }),
  'octopus merge': () =>
    put((repo) => {
      for (const name of ['x', 'y']) {
        repo.git('checkout', '-q', '-b', name, 'main')
        repo.commit({ [`${name}.txt`]: name })
      }
      repo.git('checkout', '-q', 'main')
      repo.git('merge', '-q', '--no-ff', '-m', 'all', 'x', 'y')
    }),
  'subtree merge of another history': () =>
    put((repo) => {
      repo.git('fetch', '-q', withPast().dir, 'main')
      repo.git('merge', '-q', '-s', 'ours', '--allow-unrelated-histories', '-m', 'x', 'FETCH_HEAD')
      repo.git('read-tree', '--prefix=lib/', '-u', 'FETCH_HEAD')
      repo.commit({})
    }),
  'notes and replacements': () =>
    put((repo) => {
      repo.git('notes', 'add', '-m', 'checked')
      repo.git('replace', '--graft', 'HEAD')
    }),
  'submodule, initialised': () => {
    const repo = busy()
    repo.git('submodule', '--quiet', 'add', busy().dir, 'vendor/inner')
    return clean(repo)
  },
  'submodules of submodules, initialised': () => {
    const [outer, middle] = [busy(), busy()]
    middle.git('submodule', '--quiet', 'add', busy().dir, 'inner')
    middle.commit({})
    outer.git('submodule', '--quiet', 'add', middle.dir, 'middle')
    outer.commit({})
    outer.git('submodule', '--quiet', 'update', '--init', '--recursive')
    return clean(outer)
  },
  'submodule whose name is not its path': () => {
    const repo = busy()
    repo.git('submodule', '--quiet', 'add', '--name', 'own-name', busy().dir, 'vendor/inner')
    repo.commit({})
    return clean(repo)
  },
  'submodule that was moved': () => {
    const repo = busy()
    repo.git('submodule', '--quiet', 'add', busy().dir, 'inner')
    repo.commit({})
    repo.git('mv', 'inner', 'moved')
    repo.commit({})
    return clean(repo)
  },
  'clone with its submodules': () => {
    const repo = busy()
    repo.git('submodule', '--quiet', 'add', busy().dir, 'inner')
    repo.commit({})
    return cloned(repo, ['--recurse-submodules'])
  },
  'hooks, attributes and aliases': () =>
    put((repo) => {
      write(repo.dir, { '.git/hooks/pre-commit': '#!/bin/sh\n', '.git/info/attributes': '* text=auto\n' })
      repo.git('config', 'alias.st', 'status')
      repo.git('config', 'include.path', '../.gitconfig-of-the-team')
    }),
  'names of every kind': () =>
    put((repo) => repo.commit({ 'a b/"c"': '1', '\u00e9\u4e2d.txt': '2', '-dash': '3', "it's\n": '4' })),
  'binary files and archives': () =>
    put((repo) => repo.commit({ 'a.bin': Buffer.alloc(5000, 7), 'b.dat': Buffer.from([0, 255, 0, 254]) })),
  'text that looks like a pointer': () =>
    put((repo) =>
      repo.commit({ 'spec.md': 'version https://git-lfs.github.com/spec/v1 is the first line\n' }),
    ),
  'SHA-256': () => clean(busy('--object-format=sha256')),
  'many packs': () =>
    put((repo) => {
      for (let at = 0; at < 5; at++) {
        repo.commit({ 'n.txt': `${at}` })
        repo.git('repack', '-q', '-d')
      }
    }),
  'kept pack and a lock that was left': () =>
    put((repo) => {
      repo.git('repack', '-q', '-a', '-d')
      write(repo.dir, { '.git/index.lock': '', '.git/gc.pid': '1 host' })
    }),
})

function clean({ dir }: Repo): Situation {
  return { dir, leaks: [] }
}

function put(change: (repo: Repo) => unknown): Situation {
  const repo = busy()
  change(repo)
  return clean(repo)
}

function cloned(repo: Repo, flags: readonly string[] = [], scheme = ''): Situation {
  const clone = temporary()
  repo.git('clone', '-q', ...flags, `${scheme}${repo.dir}`, clone)
  return { dir: clone, leaks: [] }
}

/** Three commits on main, two other branches, one of which conflicts with it. */
function busy(...init: string[]): Repo {
  return copyOf(['busy', ...init].join(' '), (dir) => makeBusy(new Repo(dir, ...init)))
}

function makeBusy(repo: Repo): void {
  repo.commit({ 'a.txt': 'nothing\n' })
  repo.git('branch', 'side')
  repo.git('checkout', '-q', '-b', 'conflict')
  repo.commit({ 'a.txt': 'theirs\n' })
  repo.git('checkout', '-q', 'main')
  repo.commit({ 'a.txt': 'ours\n', 'src/b.txt': 'b\n' })
  repo.commit({ 'src/b.txt': 'c\n' })
}

function stops(repo: Repo, ...args: string[]): void {
  let stopped = false
  try {
    repo.git(...args)
  } catch {
    stopped = true
  }
  if (!stopped) throw new Error(`git ${args.join(' ')} did not stop`)
}

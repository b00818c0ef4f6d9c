import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { randomToken } from '../../../support.ts'
import { Repo, temporary, write } from '../../support.ts'
import { conform, type Situation, withPast } from './situation.ts'

/** What the git folder holds beside objects and refs. */
conform('folder', {
  'remote with credentials': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('remote', 'add', 'origin', `https://x:${token}@example.com/r.git`)
    return inFile(repo, token, '.git/config')
  },
  'extra header for a server': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('config', 'http.https://example.com/.extraHeader', `Authorization: Bearer ${token}`)
    return inFile(repo, token, '.git/config')
  },
  'comment in the configuration': () => written('config', (token) => `[core]\n\tbare = false\n# ${token}\n`),
  'config.worktree': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('config', 'extensions.worktreeConfig', 'true')
    repo.git('config', '--worktree', 'user.signingKey', token)
    return inFile(repo, token, '.git/config.worktree')
  },
  'description of a branch': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('config', 'branch.main.description', `needs ${token}`)
    return inFile(repo, token, '.git/config')
  },
  description: () => written('description'),
  'reflog message': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('update-ref', '-m', `set with ${token}`, 'refs/heads/main', repo.git('rev-parse', 'HEAD'))
    repo.git('update-ref', '-m', `set with ${token}`, '--create-reflog', 'refs/heads/side', 'HEAD')
    return inFile(repo, token, '.git/logs/refs/heads/side')
  },
  'name of a branch that the reflog left': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('checkout', '-q', '-b', token)
    repo.git('checkout', '-q', 'main')
    repo.git('branch', '-q', '-D', token)
    return inFile(repo, token, '.git/logs/HEAD')
  },
  COMMIT_EDITMSG: () => written('COMMIT_EDITMSG'),
  MERGE_MSG: () => written('MERGE_MSG'),
  SQUASH_MSG: () => written('SQUASH_MSG'),
  TAG_EDITMSG: () => written('TAG_EDITMSG'),
  NOTES_EDITMSG: () => written('NOTES_EDITMSG'),
  FETCH_HEAD: () =>
    written('FETCH_HEAD', (token) => `${'0'.repeat(40)}\t\tbranch 'x' of https://u:${token}@example.com/r\n`),
  'hook file': () => written('hooks/pre-push', (token) => `#!/bin/sh\ncurl -H "Bearer ${token}" x\n`),
  'file beside the hooks': () => written('hooks/lib/config.json'),
  'info/exclude': () => written('info/exclude', (token) => `# ${token}\n*.log\n`),
  'info/attributes': () => written('info/attributes', (token) => `# ${token}\n`),
  'info/sparse-checkout': () => written('info/sparse-checkout', (token) => `/${token}/\n`),
  'comment in packed-refs': () => {
    const [repo, token] = [withPast(), randomToken()]
    const line = `${repo.git('rev-parse', 'HEAD')} refs/heads/old\n`
    write(repo.dir, { '.git/packed-refs': `# pack-refs with: peeled sorted ${token}\n${line}` })
    return { dir: repo.dir, leaks: [{ token }] }
  },
  'message of a rebase that stopped': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.commit({ 'b.txt': '1' })
    write(repo.dir, {
      '.git/rebase-merge/message': `fix with ${token}\n`,
      '.git/rebase-merge/interactive': '',
    })
    return inFile(repo, token, '.git/rebase-merge/message')
  },
  'patch that git am stopped at': () => written('rebase-apply/patch', (token) => `+key = "${token}"\n`),
  'list of commits yet to be picked': () => written('sequencer/todo', (token) => `pick abc use ${token}\n`),
  'recorded conflict resolution': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('config', 'rerere.enabled', 'true')
    repo.git('checkout', '-q', '-b', 'side')
    repo.commit({ 'a.txt': 'theirs' })
    repo.git('checkout', '-q', 'main')
    repo.commit({ 'a.txt': 'ours' })
    try {
      repo.git('merge', '-q', 'side')
    } catch {
      // It stops at the conflict, and records it.
    }
    write(repo.dir, { 'a.txt': `both ${token}` })
    repo.git('rerere')
    repo.git('reset', '-q', '--hard')
    return { dir: repo.dir, leaks: [{ token }] }
  },
  'written out by git fsck --lost-found': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.gitWith({ input: token }, 'hash-object', '-w', '--stdin')
    repo.git('fsck', '--lost-found')
    repo.git('prune', '--expire=now')
    return { dir: repo.dir, leaks: [{ token }] }
  },
  'hunk under edit': () => written('addp-hunk-edit.diff', (token) => `+key = ${token}\n`),
  'objects of an unfinished push': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = repo.gitWith({ input: token }, 'hash-object', '-w', '--stdin')
    const [from, into] = [`objects/${id.slice(0, 2)}`, 'objects/tmp_objdir-incoming-a1b2c3']
    write(repo.dir, { [`.git/${into}/keep`]: '' })
    renameSync(join(repo.dir, '.git', from), join(repo.dir, '.git', into, id.slice(0, 2)))
    return { dir: repo.dir, leaks: [{ token, orGap: /tmp_objdir/ }], gaps: [/tmp_objdir/], orComplete: true }
  },
  'reflog of a linked worktree': () => {
    const { repo, tree, token } = withWorktree()
    repo.git('-C', tree, 'commit', '-q', '--allow-empty', '-m', 'x')
    repo.git('-C', tree, 'update-ref', '-m', `at ${token}`, 'HEAD', repo.git('rev-parse', 'main'))
    return { dir: repo.dir, leaks: [{ token }] }
  },
  'COMMIT_EDITMSG of a linked worktree': () => {
    const { repo, token } = withWorktree()
    write(repo.dir, { '.git/worktrees/tree/COMMIT_EDITMSG': token })
    return inFile(repo, token, '.git/worktrees/tree/COMMIT_EDITMSG')
  },
  'COMMIT_EDITMSG of this linked worktree': () => {
    const { repo, tree, token } = withWorktree()
    write(repo.dir, { '.git/worktrees/tree/COMMIT_EDITMSG': token })
    return { dir: tree, leaks: [{ token }] }
  },
  'seen from a linked worktree: COMMIT_EDITMSG of the main one': () => {
    const { repo, tree, token } = withWorktree()
    write(repo.dir, { '.git/COMMIT_EDITMSG': token })
    return { dir: tree, leaks: [{ token }] }
  },
  'HEAD of a linked worktree': () => {
    const { repo, tree, token } = withWorktree()
    repo.git('-C', tree, 'symbolic-ref', 'HEAD', `refs/heads/${token}`)
    return { dir: repo.dir, leaks: [{ token }] }
  },
  'place of a linked worktree': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('worktree', 'add', '-q', '--detach', join(temporary(), token))
    return { dir: repo.dir, leaks: [{ token }] }
  },
  'folder of a bare repository': () => {
    const [repo, token] = [new Repo(temporary(), '--bare'), randomToken()]
    write(repo.dir, { 'hooks/post-receive': `curl ${token}\n` })
    return { dir: repo.dir, leaks: [{ token }] }
  },
})

function written(name: string, text: (token: string) => string = (token) => `x ${token}\n`): Situation {
  const [repo, token] = [withPast(), randomToken()]
  write(repo.dir, { [`.git/${name}`]: text(token) })
  return inFile(repo, token, `.git/${name}`)
}

function inFile({ dir }: Repo, token: string, name: string): Situation {
  return { dir, leaks: [{ token, at: { path: null, object: null, via: [name] } }] }
}

function withWorktree(): { repo: Repo; tree: string; token: string } {
  const [repo, tree] = [withPast(), join(temporary(), 'tree')]
  repo.git('worktree', 'add', '-q', '--detach', tree)
  return { repo, tree, token: randomToken() }
}

import { execFileSync } from 'node:child_process'
import { randomToken } from '../../../support.ts'
import { write } from '../../support.ts'
import { conform, type Situation, withPast } from './situation.ts'

/** Names that hold a token, and names that make it hard to say where a token is. */
conform('names', {
  'file name': () => named((token) => `x/${token}.txt`),
  'file name without a folder': () => named((token) => token),
  'folder name': () =>
    named(
      (token) => `x/${token}/b/c.txt`,
      (token) => `x/${token}`,
    ),
  'name of a file that was deleted': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = repo.commit({ [`${token}.txt`]: '1' })
    repo.git('rm', '-q', '-r', '.')
    repo.commit({ 'b.txt': '2' })
    return { dir: repo.dir, leaks: [{ token, at: { path: { text: `${token}.txt` }, introducedBy: id } }] }
  },
  'name of a file that was only staged': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.stage({ [`${token}.txt`]: '1' })
    return { dir: repo.dir, leaks: [{ token }] }
  },
  'name of a symbolic link or a submodule': () => {
    const [repo, link, sub] = [withPast(), randomToken(), randomToken()]
    const blob = repo.gitWith({ input: 'x' }, 'hash-object', '-w', '--stdin')
    const lines = `120000 blob ${blob}\t${link}\n160000 commit ${repo.git('rev-parse', 'HEAD')}\t${sub}\n`
    const tree = repo.gitWith({ input: lines }, 'mktree')
    repo.git('update-ref', 'refs/heads/made', repo.git('commit-tree', '-m', 'x', tree))
    return { dir: repo.dir, leaks: [{ token: link }, { token: sub }], gaps: [/submodule/i], orComplete: true }
  },
  'branch name': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('branch', `try/${token}`)
    return { dir: repo.dir, leaks: [{ token, at: { ref: `refs/heads/try/${token}`, path: null } }] }
  },
  'tag name': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('tag', token)
    return { dir: repo.dir, leaks: [{ token, at: { ref: `refs/tags/${token}` } }] }
  },
  'branch name in packed-refs': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('update-ref', `refs/heads/${token}`, 'HEAD')
    repo.git('pack-refs', '--all', '--prune')
    return { dir: repo.dir, leaks: [{ token, at: { ref: `refs/heads/${token}` } }] }
  },
  'ref outside of heads and tags': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('update-ref', `refs/private/${token}/head`, 'HEAD')
    return { dir: repo.dir, leaks: [{ token }] }
  },
  'branch of another worktree': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('worktree', 'add', '-q', '-b', token, `${repo.dir}/tree`)
    return { dir: repo.dir, leaks: [{ token, at: { ref: `refs/heads/${token}` } }] }
  },
  'branch without a commit': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('symbolic-ref', 'HEAD', `refs/heads/${token}`)
    return { dir: repo.dir, leaks: [{ token }] }
  },
  'symbolic ref to a branch that is gone': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('symbolic-ref', 'refs/remotes/origin/HEAD', `refs/remotes/origin/${token}`)
    return { dir: repo.dir, leaks: [{ token, orGap: /ref/ }], orComplete: true }
  },
  'pseudo-ref': () => {
    const [repo, token] = [withPast(), randomToken()]
    write(repo.dir, { [`.git/refs/bisect/bad-${token}`]: `${repo.git('rev-parse', 'HEAD')}\n` })
    return { dir: repo.dir, leaks: [{ token }] }
  },
  'newline, quotes and controls in the path': () => odd(Buffer.from('a\n"b\'\t\u001b[31m\\.txt')),
  'bytes that are no UTF-8 in the path': () => odd(Buffer.from([0x66, 0xff, 0xfe, 0x2e, 0x74])),
  'arrow and brace as a rename has them': () => odd(Buffer.from('{a => b}.txt')),
  'leading dashes and colon': () => odd(Buffer.from('--output=:x')),
  'names that differ in case alone': () => {
    const [repo, one, two] = [withPast(), randomToken(), randomToken()]
    repo.commit({ 'key.txt': one, 'KEY.txt': two, 'Key/a.txt': 'x' })
    return {
      dir: repo.dir,
      leaks: [
        { token: one, count: 1, at: { path: { text: 'key.txt' } } },
        { token: two, count: 1, at: { path: { text: 'KEY.txt' } } },
      ],
    }
  },
  'composed and decomposed letters': () => {
    const [repo, one, two] = [withPast(), randomToken(), randomToken()]
    const names = ['\u00e9.txt', 'e\u0301.txt'] as const
    repo.commit({ [names[0]]: one, [names[1]]: two })
    return {
      dir: repo.dir,
      leaks: [
        { token: one, at: { path: { text: names[0] } } },
        { token: two, at: { path: { text: names[1] } } },
      ],
    }
  },
  '500 folders deep': () => {
    const [repo, token] = [withPast(), randomToken()]
    const path = `${'d/'.repeat(500)}k.txt`
    const text = ['commit refs/heads/deep', 'committer A <a@b.c> 1700000000 +0000', 'data 1', 'x']
    const lines = [...text, `M 100644 inline ${path}`, `data ${token.length}`, token, '']
    repo.gitWith({ input: lines.join('\n') }, 'fast-import', '--quiet')
    return {
      dir: repo.dir,
      leaks: [{ token, count: 1, at: { path: { text: path }, introducedBy: repo.git('rev-parse', 'deep') } }],
    }
  },
  'name of 4000 bytes': () => odd(Buffer.from('n'.repeat(4000))),
  'folder of 5000 names, one holds it': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = repo.gitWith({ input: 'x' }, 'hash-object', '-w', '--stdin')
    const names = Array.from({ length: 5000 }, (_, at) => `100644 blob ${id}\tf${at}\n`)
    const tree = repo.gitWith({ input: `${names.join('')}100644 blob ${id}\tz-${token}\n` }, 'mktree')
    const commit = repo.git('commit-tree', '-m', 'x', tree)
    repo.git('update-ref', 'refs/heads/made', commit)
    return { dir: repo.dir, leaks: [{ token, at: { path: { text: `z-${token}` }, introducedBy: commit } }] }
  },
})

function named(path: (token: string) => string, part = path): Situation {
  const [repo, token] = [withPast(), randomToken()]
  const id = repo.commit({ [path(token)]: '1' })
  const at = { path: { text: part(token) }, line: null, introducedBy: id, removedBy: null }
  return { dir: repo.dir, leaks: [{ token, at: { ...at, object: { type: 'tree' } } }] }
}

/** A blob with a leak under a name of any bytes. */
function odd(name: Buffer): Situation {
  const [repo, token] = [withPast(), randomToken()]
  const id = repo.gitWith({ input: token }, 'hash-object', '-w', '--stdin')
  const entry = Buffer.concat([Buffer.from(`100644 blob ${id}\t`), name, Buffer.from([0])])
  const tree = execFileSync('git', ['mktree', '-z'], { cwd: repo.dir, input: entry, encoding: 'utf8' }).trim()
  const commit = repo.git('commit-tree', '-m', 'x', tree)
  repo.git('update-ref', 'refs/heads/made', commit)
  const text = name.toString('utf8')
  const path = Buffer.from(text).equals(name) ? { text, raw: null } : { raw: Uint8Array.from(name) }
  return { dir: repo.dir, leaks: [{ token, count: 1, at: { path, introducedBy: commit } }] }
}

import { randomToken } from '../../../support.ts'
import type { Repo } from '../../support.ts'
import { conform, rawObject, type Situation, withPast } from './situation.ts'

/** What commits and tags carry besides a tree. */
conform('fields', {
  'commit message': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = repo.commit({}, `uses ${token}`)
    return {
      dir: repo.dir,
      leaks: [
        {
          token,
          at: {
            path: null,
            object: { type: 'commit', id },
            introducedBy: id,
            commit: { id, refs: ['refs/heads/main'], unreachable: false },
          },
        },
      ],
    }
  },
  'message of an amended commit, reflog expired': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = repo.commit({}, `uses ${token}`)
    repo.git('commit', '-q', '--amend', '--allow-empty', '-m', 'better')
    repo.git('reflog', 'expire', '--expire=now', '--expire-unreachable=now', '--all')
    return {
      dir: repo.dir,
      leaks: [{ token, count: 1, at: { introducedBy: id, commit: { refs: [], unreachable: true } } }],
    }
  },
  'author name': () => commitBy({ GIT_AUTHOR_NAME: randomToken() }),
  'author mail': () => commitBy({ GIT_AUTHOR_EMAIL: `${randomToken()}@example.com` }),
  'committer name': () => commitBy({ GIT_COMMITTER_NAME: randomToken() }),
  'committer mail': () => commitBy({ GIT_COMMITTER_EMAIL: `a+${randomToken()}@example.com` }),
  gpgsig: () => commitWith((token) => `gpgsig -----BEGIN PGP SIGNATURE-----\n Comment: ${token}\n \n x=`),
  'gpgsig-sha256': () => commitWith((token) => `gpgsig-sha256 ${token}`),
  mergetag: () => commitWith((token) => `mergetag object 0\n type commit\n tag v1\n \n see ${token}`),
  encoding: () => commitWith((token) => `encoding ${token}`),
  'unknown header': () => commitWith((token) => `x-ci-secret ${token}`),
  'header of two lines': () => commitWith((token) => `x-note one\n two ${token}`),
  'message behind a NUL': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = rawObject(repo, 'commit', commitText(repo, '', `short\0hidden ${token}\n`))
    return inObject(repo, token, 'commit', id)
  },
  'message in Latin-1': () => {
    const [repo, token] = [withPast(), randomToken()]
    const text = commitText(repo, 'encoding ISO-8859-1\n', `Schl\xfcssel ${token}\n`)
    const id = rawObject(repo, 'commit', Buffer.from(text, 'latin1'))
    return inObject(repo, token, 'commit', id)
  },
  'made by a fast import': () => {
    const [repo, token] = [withPast(), randomToken()]
    const lines = [
      'commit refs/heads/imported',
      'committer Ann <ann@example.com> 1700000000 +0000',
      `data ${token.length + 7}`,
      `secret ${token}`,
      'M 100644 inline k.txt',
      'data 2',
      'x',
      '',
    ]
    repo.gitWith({ input: lines.join('\n') }, 'fast-import', '--quiet')
    return inObject(repo, token, 'commit', repo.git('rev-parse', 'imported'))
  },
  'annotated tag message': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('tag', '-a', '-m', `with ${token}`, 'v1')
    const object = { type: 'tag', id: repo.git('rev-parse', 'v1') }
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { path: null, ref: 'refs/tags/v1', object } }] }
  },
  'message of a deleted tag': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('tag', '-a', '-m', token, 'v1')
    const id = repo.git('rev-parse', 'v1')
    repo.git('tag', '-d', 'v1')
    return inObject(repo, token, 'tag', id)
  },
  tagger: () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.gitWith({ env: { GIT_COMMITTER_NAME: token } }, 'tag', '-a', '-m', 'x', 'v1')
    return inObject(repo, token, 'tag', repo.git('rev-parse', 'v1'))
  },
  "signed tag's signature": () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = rawObject(
      repo,
      'tag',
      tagText(repo, 'v1', `text\n-----BEGIN PGP SIGNATURE-----\nComment: ${token}\n\nx=\n`),
    )
    repo.git('update-ref', 'refs/tags/v1', id)
    return inObject(repo, token, 'tag', id)
  },
  "tag's own name, not the ref's": () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = rawObject(repo, 'tag', tagText(repo, token, 'text\n'))
    repo.git('update-ref', 'refs/tags/v1', id)
    return inObject(repo, token, 'tag', id)
  },
})

/** One of the values holds the token: the last in it. */
function commitBy(env: Record<string, string>): Situation {
  const repo = withPast()
  const token = /pplx-\w+/.exec(Object.values(env).join())?.[0] ?? ''
  repo.gitWith({ env }, 'commit', '-q', '--allow-empty', '-m', 'x')
  const id = repo.git('rev-parse', 'HEAD')
  // The reflog repeats the committer's name.
  return { dir: repo.dir, leaks: [{ token, at: { object: { type: 'commit', id }, introducedBy: id } }] }
}

function commitWith(header: (token: string) => string): Situation {
  const [repo, token] = [withPast(), randomToken()]
  const id = rawObject(repo, 'commit', commitText(repo, `${header(token)}\n`, 'text\n'))
  repo.git('update-ref', 'refs/heads/made', id)
  return inObject(repo, token, 'commit', id)
}

function inObject({ dir }: Repo, token: string, type: string, id: string): Situation {
  return { dir, leaks: [{ token, count: 1, at: { path: null, object: { type, id } } }] }
}

function commitText(repo: Repo, headers: string, message: string): string {
  const who = 'Ann <ann@example.com> 1700000000 +0000'
  const tree = repo.git('rev-parse', 'HEAD^{tree}')
  return `tree ${tree}\nparent ${repo.git('rev-parse', 'HEAD')}\nauthor ${who}\ncommitter ${who}\n${headers}\n${message}`
}

function tagText(repo: Repo, name: string, message: string): string {
  const who = 'Ann <ann@example.com> 1700000000 +0000'
  return `object ${repo.git('rev-parse', 'HEAD')}\ntype commit\ntag ${name}\ntagger ${who}\n\n${message}`
}

import { randomToken } from '../../../support.ts'
import { type Repo, write } from '../../support.ts'
import { conform, type Leak, rawObject, type Situation, withPast } from './situation.ts'

const who = 'Ann <ann@example.com>'
const bad = /./

/** Objects that git itself would not write: read or named, and nothing else is lost by them. */
conform('oddities', {
  'mode 100664': () => ofMode('100664'),
  'mode 100600 and 100777': () => ofMode('100777'),
  'mode 0': () => ofMode('0'),
  'mode with a leading zero': () => ofMode('0100644'),
  'mode that is no number': () => ofMode('rwx'),
  'symbolic link that holds a file': () => ofMode('120000'),
  'folder that is a blob': () => ofMode('40000'),
  'gitlink that is a blob': () => ofMode('160000', { gaps: [/submodule|./i] }),
  'file that is a tree': () => {
    const [repo, token] = [withPast(), randomToken()]
    const tree = rawTree(repo, [['100644', 'k.txt', blob(repo, token)]])
    return refer(repo, rawTree(repo, [['100644', 'file', tree]]), { token })
  },
  'the same name twice': () => {
    const [repo, token] = [withPast(), randomToken()]
    const entries = [blob(repo, 'first'), blob(repo, token)].map((id): Entry => ['100644', 'k.txt', id])
    return refer(repo, rawTree(repo, entries), { token, count: 1 })
  },
  'file and folder of one name': () => {
    const [repo, token] = [withPast(), randomToken()]
    const sub = rawTree(repo, [['100644', 'k.txt', blob(repo, token)]])
    return refer(
      repo,
      rawTree(repo, [
        ['100644', 'x', blob(repo, 'x')],
        ['40000', 'x', sub],
      ]),
      { token, count: 1 },
    )
  },
  'names out of order': () => {
    const [repo, token] = [withPast(), randomToken()]
    const entries: Entry[] = [
      ['100644', 'z', blob(repo, 'z')],
      ['100644', 'k.txt', blob(repo, token)],
      ['100644', 'b', blob(repo, 'b')],
    ]
    return refer(repo, rawTree(repo, entries), { token, count: 1 })
  },
  'entry .git': () => ofName('.git'),
  'entry .GIT and its like': () => ofName('.GiT'),
  'entry ..': () => ofName('..'),
  'entry with a slash': () => ofName('../../outside'),
  'entry without a name': () => ofName(''),
  'entry with an id of zeros': () => {
    const [repo, token] = [withPast(), randomToken()]
    const entries: Entry[] = [
      ['100644', 'k.txt', blob(repo, token)],
      ['100644', 'none', '0'.repeat(40)],
    ]
    return refer(repo, rawTree(repo, entries), { token, count: 1 })
  },
  'tree that is cut off': () => {
    const [repo, token] = [withPast(), randomToken()]
    const whole = treeBytes([
      ['100644', 'k.txt', blob(repo, token)],
      ['100644', 'z', blob(repo, 'z')],
    ])
    return refer(repo, rawObject(repo, 'tree', whole.subarray(0, -10)), { token, count: 1 })
  },
  'tree of garbage with a leak': () => {
    const [repo, token] = [withPast(), randomToken()]
    return refer(repo, rawObject(repo, 'tree', `no tree at all ${token}`), { token })
  },
  'tree that holds itself, as far as that goes': () => {
    const [repo, token] = [withPast(), randomToken()]
    let tree = rawTree(repo, [['100644', 'k.txt', blob(repo, token)]])
    for (let depth = 0; depth < 12; depth++) {
      tree = rawTree(repo, [
        ['40000', 'a', tree],
        ['40000', 'b', tree],
      ])
    }
    // 4096 paths to one blob, and most of them need not be told.
    return refer(repo, tree, { token, count: 1 }, [])
  },
  'commit without a tree': () =>
    ofCommit((token) => `author ${who} 1 +0000\ncommitter ${who} 1 +0000\n\n${token}\n`),
  'commit without anything': () => ofCommit((token) => token),
  'commit of no bytes': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.commit({ 'k.txt': token })
    rawObject(repo, 'commit', '')
    return { dir: repo.dir, leaks: [{ token }], gaps: [bad], orComplete: true }
  },
  'commit without an author': () => ofCommit((token, tree) => `tree ${tree}\n\n${token}\n`),
  'commit with a parent that is a blob': () =>
    ofCommit(
      (token, tree, repo) =>
        `tree ${tree}\nparent ${blob(repo, 'no parent')}\nauthor ${who} 1 +0000\ncommitter ${who} 1 +0000\n\n${token}\n`,
    ),
  'commit with a tree that is a blob': () =>
    ofCommit(
      (token, _, repo) =>
        `tree ${blob(repo, 'no tree')}\nauthor ${who} 1 +0000\ncommitter ${who} 1 +0000\n\n${token}\n`,
    ),
  'commit with two trees and two authors': () =>
    ofCommit(
      (token, tree) =>
        `tree ${tree}\ntree ${tree}\nauthor ${who} 1 +0000\nauthor ${token} <> 1 +0000\ncommitter ${who} 1 +0000\n\nx\n`,
    ),
  'commit with carriage returns': () =>
    ofCommit((token, tree) => `tree ${tree}\r\nauthor ${who} 1 +0000\r\n\r\n${token}\r\n`),
  'tag of nothing': () => {
    const [repo, token] = [withPast(), randomToken()]
    rawObject(repo, 'tag', `object ${'12'.repeat(20)}\ntype commit\ntag x\n\n${token}\n`)
    return { dir: repo.dir, leaks: [{ token }], gaps: [bad], orComplete: true }
  },
  'tag that lies about the type': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = rawObject(repo, 'tag', `object ${blob(repo, 'x')}\ntype commit\ntag x\n\n${token}\n`)
    repo.git('update-ref', 'refs/tags/x', id)
    return { dir: repo.dir, leaks: [{ token }], gaps: [bad], orComplete: true }
  },
  'tag of garbage': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = rawObject(repo, 'tag', token)
    write(repo.dir, { '.git/refs/tags/x': `${id}\n` })
    return { dir: repo.dir, leaks: [{ token }], gaps: [bad], orComplete: true }
  },
  'object of a type that does not exist': () => {
    const [repo, token, other] = [withPast(), randomToken(), randomToken()]
    const id = rawObject(repo, 'weird', `x ${token}`)
    repo.commit({ 'k.txt': other })
    const gap = new RegExp(id)
    return {
      dir: repo.dir,
      leaks: [
        { token, orGap: gap },
        { token: other, count: 1 },
      ],
      gaps: [gap],
      orComplete: true,
    }
  },
  'objects of types with strange names': () => {
    const [repo, token, other] = [withPast(), randomToken(), randomToken()]
    const ids = ['bl', 'blobby', 'missing', '-', 'tree\u00e9'].map((type) =>
      rawObject(repo, type, `x ${token}`),
    )
    repo.commit({ 'k.txt': other })
    return {
      dir: repo.dir,
      leaks: [
        { token, orGap: /object/ },
        { token: other, count: 1 },
      ],
      gaps: ids.map((id) => new RegExp(id)),
      orComplete: true,
    }
  },
  'year 2100': () => atTime('4102444800 +0000', '2100-01-01T00:00:00.000Z'),
  'year 9999': () => atTime('253402300799 +0000', '9999-12-31T23:59:59.000Z'),
  'time zone of a quarter hour': () => atTime('1700000000 +1345', '2023-11-14T22:13:20.000Z'),
  'time zone that does not exist': () => atTime('1700000000 +9999', '2023-11-14T22:13:20.000Z'),
  'time 0': () => atTime('0 +0000', '1970-01-01T00:00:00.000Z'),
  'before 1970': () => atTime('-86400 +0000', '1969-12-31T00:00:00.000Z'),
  'time beyond all dates': () => atTime('99999999999999999999 +0000', ''),
  'time that is no number': () => atTime('yesterday', ''),
  'no time at all': () => atTime('', ''),
  'time zone without a sign': () => atTime('1700000000 0000'),
  'commit that is older than its parent': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.stage({ 'k.txt': token })
    const env = { GIT_COMMITTER_DATE: '1000000000 +0000', GIT_AUTHOR_DATE: '1000000000 +0000' }
    repo.gitWith({ env }, 'commit', '-q', '-m', 'x')
    const leak = repo.git('rev-parse', 'HEAD')
    const fix = repo.commit({ 'k.txt': 'none' })
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { introducedBy: leak, removedBy: fix } }] }
  },
})

type Entry = readonly [mode: string, name: string, id: string]

function blob(repo: Repo, content: string): string {
  return repo.gitWith({ input: content }, 'hash-object', '-w', '--stdin')
}

function treeBytes(entries: readonly Entry[]): Buffer {
  return Buffer.concat(
    entries.flatMap(([mode, name, id]) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]),
  )
}

function rawTree(repo: Repo, entries: readonly Entry[]): string {
  return rawObject(repo, 'tree', treeBytes(entries))
}

/** A branch leads to the tree; who cannot walk it must say so, and only then. */
function refer(repo: Repo, tree: string, leak: Leak, gaps: readonly RegExp[] = [bad]): Situation {
  const id = rawObject(repo, 'commit', `tree ${tree}\nauthor ${who} 1 +0000\ncommitter ${who} 1 +0000\n\nx\n`)
  repo.git('update-ref', 'refs/heads/odd', id)
  return { dir: repo.dir, leaks: [leak], gaps, orComplete: true }
}

function ofMode(mode: string, changes: Partial<Situation> = {}): Situation {
  const [repo, token] = [withPast(), randomToken()]
  const tree = rawTree(repo, [[mode, 'k.txt', blob(repo, token)]])
  return { ...refer(repo, tree, { token, count: 1 }), ...changes }
}

function ofName(name: string): Situation {
  const [repo, token] = [withPast(), randomToken()]
  return refer(repo, rawTree(repo, [['100644', name, blob(repo, token)]]), { token, count: 1 })
}

function ofCommit(text: (token: string, tree: string, repo: Repo) => string): Situation {
  const [repo, token] = [withPast(), randomToken()]
  const id = rawObject(repo, 'commit', text(token, repo.git('rev-parse', 'HEAD^{tree}'), repo))
  write(repo.dir, { '.git/refs/heads/odd': `${id}\n` })
  const object = { type: 'commit', id }
  return { dir: repo.dir, leaks: [{ token, at: { object } }], gaps: [bad], orComplete: true }
}

function atTime(time: string, date?: string): Situation {
  const [repo, token] = [withPast(), randomToken()]
  const tree = rawTree(repo, [['100644', 'k.txt', blob(repo, token)]])
  const id = rawObject(repo, 'commit', `tree ${tree}\nauthor ${who} ${time}\ncommitter ${who} ${time}\n\nx\n`)
  write(repo.dir, { '.git/refs/heads/odd': `${id}\n` })
  const commit = date === undefined ? { id } : { id, date }
  return {
    dir: repo.dir,
    leaks: [{ token, count: 1, at: { introducedBy: id, commit } }],
    gaps: [bad],
    orComplete: true,
  }
}

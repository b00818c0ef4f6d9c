import { randomBytes } from 'node:crypto'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { randomToken } from '../../../support.ts'
import { conform, type Leak, rawObject, type Situation, withPast } from './situation.ts'

/** What a blob holds, and how git was told to treat it. */
conform('contents', {
  'binary file': () =>
    file((token) => ({ 'k.txt': Buffer.concat([randomBytes(3000), Buffer.from([0]), Buffer.from(token)]) })),
  'attribute -diff': () => file((token) => ({ '.gitattributes': '* -diff\n', 'k.txt': token })),
  'attribute binary': () => file((token) => ({ '.gitattributes': '*.txt binary\n', 'k.txt': token })),
  'attribute export-ignore': () =>
    file((token) => ({ '.gitattributes': '* export-ignore linguist-generated\n', 'k.txt': token })),
  'stored through a clean filter': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.git('config', 'filter.swap.clean', `sed s/HERE/${token}/`)
    repo.commit({ '.gitattributes': '*.txt filter=swap\n', 'k.txt': 'x HERE\n' })
    repo.git('config', '--remove-section', 'filter.swap')
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { path: { text: 'k.txt' } } }] }
  },
  'UTF-16 LE': () =>
    file((token) => ({ 'k.txt': Buffer.from(`\ufeffkey ${token}`, 'utf16le') }), { encodings: ['utf-16le'] }),
  'UTF-16 BE': () =>
    file((token) => ({ 'k.txt': Buffer.from(`\ufeffkey ${token}`, 'utf16le').swap16() }), {
      encodings: ['utf-16be'],
    }),
  'working-tree-encoding': () =>
    file((token) => ({
      '.gitattributes': 'k.txt working-tree-encoding=UTF-16\n',
      'k.txt': Buffer.from(`\ufeffkey ${token}`, 'utf16le'),
    })),
  'carriage returns and ident': () =>
    file((token) => ({ '.gitattributes': '* text ident\n', 'k.txt': `$Id$\r\nkey=${token}\r\n` })),
  'no newline at the end': () => file((token) => ({ 'k.txt': `nothing\n${token}` }), { at: { line: 2 } }),
  'gzip file': () => file((token) => ({ 'k.txt': gzipSync(`a\n${token}\n`) }), { encodings: ['gzip'] }),
  'base64 in a blob': () =>
    file((token) => ({ 'k.txt': `data: ${Buffer.from(`key=${token}`).toString('base64')}\n` }), {
      encodings: ['base64'],
    }),
  'conflict markers that were committed': () =>
    file((token) => ({ 'k.txt': `<<<<<<< HEAD\n=======\nkey=${token}\n>>>>>>> side\n` })),
  'target of a symbolic link': () => {
    const [repo, token] = [withPast(), randomToken()]
    symlinkSync(`/run/${token}`, join(repo.dir, 'link'))
    const id = repo.commit({})
    return {
      dir: repo.dir,
      leaks: [
        { token, count: 1, at: { path: { text: 'link' }, introducedBy: id, object: { type: 'blob' } } },
      ],
    }
  },
  'submodule URL in .gitmodules': () =>
    file((token) => ({
      '.gitmodules': `[submodule "x"]\n\tpath = x\n\turl = https://u:${token}@example.com/x.git\n`,
    })),
  'the same content under two paths': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = repo.commit({ 'b.txt': token, 'sub/c.txt': token })
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { introducedBy: id } }] }
  },
  'two tokens in one blob, one of them twice': () => {
    const [repo, one, two] = [withPast(), randomToken(), randomToken()]
    repo.commit({ 'k.txt': `${one}\n${two}\n${one}\n` })
    return {
      dir: repo.dir,
      leaks: [
        { token: one, count: 2 },
        { token: two, count: 1, at: { line: 2 } },
      ],
    }
  },
  'split by an edit, healed by the next': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.commit({ 'k.txt': `${token.slice(0, 20)}\n${token.slice(20)}` })
    const leak = repo.commit({ 'k.txt': token })
    const fix = repo.commit({ 'k.txt': `${token.slice(0, 30)} ${token.slice(30)}` })
    return {
      dir: repo.dir,
      leaks: [{ token, at: { introducedBy: leak, removedBy: fix, line: 1, column: 1 } }],
    }
  },
  'text that became a gzip file': () => {
    const [repo, first, later] = [withPast(), randomToken(), randomToken()]
    const id = repo.commit({ 'k.log': `${'one line\n'.repeat(2000)}${first}\n` })
    const next = repo.commit({ 'k.log': gzipSync(`${'one line\n'.repeat(2000)}${later}\n`) })
    return {
      dir: repo.dir,
      leaks: [
        { token: first, count: 1, at: { introducedBy: id, removedBy: next } },
        { token: later, count: 1, at: { introducedBy: next, line: 2001 }, encodings: ['gzip'] },
      ],
    }
  },
  'empty blobs': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.commit({ empty: '', 'sub/empty': '', 'k.txt': token })
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { path: { text: 'k.txt' } } }] }
  },
  'empty tree and empty commit': () => {
    const [repo, token] = [withPast(), randomToken()]
    const tree = repo.gitWith({ input: '' }, 'mktree')
    const id = rawObject(
      repo,
      'commit',
      `tree ${tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\n${token}`,
    )
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { introducedBy: id } }] }
  },
  'across the borders of pieces of a megabyte': () => {
    const [repo, ...tokens] = [withPast(), ...Array.from({ length: 8 }, () => randomToken())]
    const body = Buffer.alloc(9 << 20, 'some text\n')
    tokens.forEach((token, at) => body.write(` ${token} `, ((at + 1) << 20) - 3 - at * 7))
    repo.commit({ 'k.txt': body })
    return { dir: repo.dir, leaks: tokens.map((token) => ({ token, count: 1 })) }
  },
  'over 16 MB, stored whole': () =>
    file((token) => ({ 'k.txt': Buffer.concat([Buffer.alloc(17 << 20, 'text\n'), Buffer.from(token)]) }), {
      at: { byteOffset: 17 << 20 },
    }),
})

/** A commit of the files that `k.txt` (or the last of them) belongs to. */
function file(
  files: (token: string) => Record<string, string | Uint8Array>,
  leak: Partial<Leak> = {},
): Situation {
  const [repo, token] = [withPast(), randomToken()]
  const content = files(token)
  const id = repo.commit(content)
  const path = { text: Object.keys(content).at(-1) }
  const object = { type: 'blob', id: repo.git('rev-parse', `HEAD:${path.text}`) }
  const at = { path, introducedBy: id, removedBy: null, object, ...leak.at }
  return { dir: repo.dir, leaks: [{ token, count: 1, ...leak, at }] }
}

import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { randomToken } from '../../../support.ts'
import { Repo, temporary } from '../../support.ts'
import { deltaOf, idOf, packOf, storePack } from './pack.ts'
import { conform, type Situation, withPast } from './situation.ts'

/** How the same objects may lie on the disk. */
conform('storage', {
  'loose alone': () => stored(() => {}),
  'loose, not compressed': () => stored(() => {}, { 'core.looseCompression': '0' }),
  packed: () => stored((repo) => repo.git('repack', '-q', '-a', '-d')),
  'packed, not compressed': () =>
    stored((repo) => repo.git('repack', '-q', '-a', '-d', '-F'), { 'pack.compression': '0' }),
  'packed and loose': () => stored((repo) => repo.git('repack', '-q', '-a')),
  'in two packs': () =>
    stored((repo) => {
      repo.git('repack', '-q', '-a')
      const ids = repo.git('rev-list', '--objects', '--no-object-names', 'HEAD~1')
      repo.gitWith({ input: ids }, 'pack-objects', '-q', join(repo.dir, '.git/objects/pack/pack'))
    }),
  'the same object twice in one pack': () => {
    const [repo, token] = [withPast(), randomToken()]
    const content = Buffer.from(`key ${token}`)
    storePack(repo, [
      { type: 'blob', content },
      { type: 'blob', content: Buffer.from('between') },
      { type: 'blob', content },
    ])
    return { dir: repo.dir, leaks: [{ token, count: 1 }] }
  },
  'in an alternate and in a pack of its own': () => {
    const [repo, token] = [withPast(), randomToken()]
    const id = repo.commit({ 'k.txt': token })
    const clone = temporary()
    repo.git('clone', '-q', `file://${repo.dir}`, clone)
    writeFileSync(join(clone, '.git/objects/info/alternates'), `${repo.dir}/.git/objects\n`)
    return { dir: clone, leaks: [{ token, count: 1, at: { introducedBy: id } }] }
  },
  'garbage collected': () => stored((repo) => repo.git('gc', '-q')),
  'kept pack': () =>
    stored((repo) => {
      repo.git('repack', '-q', '-a', '-d')
      const folder = join(repo.dir, '.git/objects/pack')
      const pack = readdirSync(folder).find((name) => name.endsWith('.pack')) ?? ''
      writeFileSync(join(folder, pack.replace(/pack$/, 'keep')), 'kept\n')
    }),
  'cruft pack': () => {
    const [repo, token] = [withPast(), randomToken()]
    const leak = repo.commit({ 'k.txt': token })
    repo.git('reset', '-q', '--hard', 'HEAD~1')
    repo.git('reflog', 'expire', '--expire=now', '--expire-unreachable=now', '--all')
    repo.git('repack', '-q', '--cruft', '-d')
    const commit = { unreachable: true }
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { introducedBy: leak, commit } }] }
  },
  'bitmap, reverse index, commit graph': () =>
    stored((repo) => {
      repo.git('-c', 'pack.writeReverseIndex=true', 'repack', '-q', '-a', '-d', '-b')
      repo.git('commit-graph', 'write', '--reachable', '--changed-paths')
    }),
  'multi-pack index': () =>
    stored((repo) => {
      repo.git('repack', '-q', '-d')
      repo.commit({ 'later.txt': 'x' })
      repo.git('repack', '-q', '-d')
      repo.git('multi-pack-index', 'write')
    }),
  'multi-pack index with a bitmap, and a pack that came later': () =>
    stored((repo) => {
      repo.commit({ 'later.txt': 'x' })
      repo.git('repack', '-q', '-a', '-d', '--write-midx', '-b')
      repo.commit({ 'later.txt': 'y' })
      repo.git('repack', '-q', '-d')
    }),
  'index of version 1': () =>
    stored((repo) => repo.git('repack', '-q', '-a', '-d'), { 'pack.indexVersion': '1' }),
  'index with offsets of 64 bits': () =>
    stored((repo) => {
      repo.git('repack', '-q', '-a', '-d')
      const folder = join(repo.dir, '.git/objects/pack')
      const pack = readdirSync(folder).find((name) => name.endsWith('.pack')) ?? ''
      repo.git('index-pack', '--index-version=2,0x20', join(folder, pack))
    }),
  'deltas by offset and by name': () => {
    const [repo, one, two, three] = [withPast(), randomToken(), randomToken(), randomToken()]
    const base = Buffer.from(`${'line of text\n'.repeat(50)}${one}\n`)
    const onOffset = deltaOf(base.length, 100 + two.length, [0, 100], two)
    const onName = deltaOf(base.length, 90 + three.length, [0, 90], three)
    storePack(repo, [
      { type: 'blob', content: base },
      { base: 0, delta: onOffset },
      { base: idOf('blob', base), delta: onName },
    ])
    return { dir: repo.dir, leaks: [one, two, three].map((token) => ({ token, count: 1 })) }
  },
  'delta before its base': () => {
    const [repo, one, two] = [withPast(), randomToken(), randomToken()]
    const base = Buffer.from(`${'line of text\n'.repeat(50)}${one}\n`)
    storePack(repo, [
      { base: idOf('blob', base), delta: deltaOf(base.length, 100 + two.length, [0, 100], two) },
      { type: 'blob', content: base },
    ])
    return { dir: repo.dir, leaks: [one, two].map((token) => ({ token, count: 1 })) }
  },
  'deltas of commits, trees and tags': () => {
    const [repo, commit, tag, tree] = [withPast(), randomToken(), randomToken(), randomToken()]
    const text = Buffer.from(repo.git('cat-file', 'commit', 'HEAD').concat('\n'))
    const id = repo.git('rev-parse', 'HEAD')
    const name = Buffer.from(`object ${id}\ntype commit\ntag v\ntagger A <a@b> 1 +0000\n\nx\n`)
    const entries = Buffer.concat([Buffer.from('100644 a\0'), Buffer.alloc(20, 1)])
    const more = Buffer.concat([Buffer.from(`100644 ${tree}\0`), Buffer.from(idOf('blob', 'x'), 'hex')])
    storePack(repo, [
      { type: 'blob', content: Buffer.from('x') },
      { type: 'commit', content: text },
      { base: 1, delta: deltaOf(text.length, text.length + commit.length, [0, text.length], commit) },
      { type: 'tag', content: name },
      { base: 3, delta: deltaOf(name.length, name.length + tag.length, [0, name.length], tag) },
      { type: 'tree', content: entries },
      { base: 5, delta: deltaOf(entries.length, more.length, more) },
    ])
    return { dir: repo.dir, leaks: [commit, tag, tree].map((token) => ({ token, count: 1 })) }
  },
  'chain of 250 deltas, the token in the middle alone': () => chain(250, 125),
  'chain of 4000 deltas': () => chain(4000, 3999),
  'a delta that takes away what stood between the parts': () => {
    const [repo, token] = [withPast(), randomToken()]
    const [head, rest] = ['a key: pp', `${token.slice(2)} end\n`]
    const base = Buffer.from(`${head}${'something else '.repeat(20)}${rest}`)
    const size = head.length + rest.length
    const kept: [number, number] = [base.length - rest.length, rest.length]
    storePack(repo, [
      { type: 'blob', content: base },
      { base: 0, delta: deltaOf(base.length, size, [0, head.length], kept) },
    ])
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { byteOffset: head.length - 2 } }] }
  },
  'a delta that puts the token together from three places': () => {
    const [repo, token] = [withPast(), randomToken()]
    const base = Buffer.from(`3:${token.slice(40)} 2:${token.slice(15, 40)} 1:${token.slice(0, 15)}`)
    const [one, two, three] = [base.length - 15, 2 + 13 + 3, 2]
    const delta = deltaOf(base.length, token.length, [one, 15], [two, 25], [three, token.length - 40])
    storePack(repo, [
      { type: 'blob', content: base },
      { base: 0, delta },
    ])
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { byteOffset: 0 } }] }
  },
  'a delta that repeats the token 300 times': () => {
    const [repo, token] = [withPast(), randomToken()]
    const line = `${token}\n`
    const base = Buffer.from(`x\n${line}`)
    const copies = Array.from({ length: 300 }, (): [number, number] => [2, line.length])
    storePack(repo, [
      { type: 'blob', content: base },
      { base: 0, delta: deltaOf(base.length, 300 * line.length, ...copies) },
    ])
    return { dir: repo.dir, leaks: [{ token, count: 301 }] }
  },
  'token in the base, deleted by every delta': () => {
    const [repo, token] = [withPast(), randomToken()]
    const base = Buffer.from(`first\n${token}\n${'rest\n'.repeat(50)}`)
    const size = base.length - token.length
    const rest: [number, number] = [6 + token.length, base.length - 6 - token.length]
    storePack(repo, [
      { type: 'blob', content: base },
      { base: 0, delta: deltaOf(base.length, size, [0, 6], rest) },
      { base: 1, delta: deltaOf(size, size + 1, [0, size], 'x') },
    ])
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { object: { id: idOf('blob', base) } } }] }
  },
  'gzip file as a delta against text': () => {
    const [repo, one, two] = [withPast(), randomToken(), randomToken()]
    const base = Buffer.from(`${'line\n'.repeat(100)}${one}\n`)
    const zipped = gzipSync(`${'line\n'.repeat(100)}${two}\n`)
    storePack(repo, [
      { type: 'blob', content: base },
      { base: 0, delta: deltaOf(base.length, zipped.length, zipped) },
    ])
    return {
      dir: repo.dir,
      leaks: [
        { token: one, count: 1 },
        { token: two, count: 1, encodings: ['gzip'], at: { line: 101 } },
      ],
    }
  },
  'text as a delta against a gzip file': () => {
    const [repo, one, two] = [withPast(), randomToken(), randomToken()]
    const zipped = gzipSync(`${one}\n`)
    storePack(repo, [
      { type: 'blob', content: zipped },
      { base: 0, delta: deltaOf(zipped.length, 4 + two.length, 'key=', two) },
    ])
    return {
      dir: repo.dir,
      leaks: [
        { token: one, encodings: ['gzip'] },
        { token: two, count: 1, encodings: [], at: { byteOffset: 4 } },
      ],
    }
  },
  'UTF-16 as a delta that begins in the middle of a letter': () => {
    const [repo, token] = [withPast(), randomToken()]
    const wide = Buffer.from(`\ufeffkey ${token} end`, 'utf16le')
    const base = Buffer.concat([Buffer.from('x'), wide.subarray(0, 33), Buffer.from('yz'), wide.subarray(33)])
    storePack(repo, [
      { type: 'blob', content: base },
      { base: 0, delta: deltaOf(base.length, wide.length, [1, 33], [36, wide.length - 33]) },
    ])
    return { dir: repo.dir, leaks: [{ token, encodings: ['utf-16le'] }] }
  },
  'a pack of one empty blob': () => {
    const repo = withPast()
    storePack(repo, [{ type: 'blob', content: Buffer.alloc(0) }])
    return { dir: repo.dir, leaks: [] }
  },
  'a pack of nothing': () => {
    const [repo, token] = [withPast(), randomToken()]
    repo.commit({ 'k.txt': token })
    const { bytes } = packOf([])
    writeFileSync(join(repo.dir, '.git/objects/pack/pack-empty.pack'), bytes)
    repo.git('index-pack', join(repo.dir, '.git/objects/pack/pack-empty.pack'))
    return { dir: repo.dir, leaks: [{ token, count: 1 }] }
  },
  'over 16 MB, packed whole': () => {
    const [repo, token] = [withPast(), randomToken()]
    storePack(repo, [
      { type: 'blob', content: Buffer.concat([Buffer.alloc(17 << 20, 'text\n'), Buffer.from(token)]) },
    ])
    return { dir: repo.dir, leaks: [{ token, count: 1, at: { byteOffset: 17 << 20 } }] }
  },
  'delta of 70 MB': () => {
    const [repo, token, other] = [withPast(), randomToken(), randomToken()]
    const base = Buffer.alloc(70 << 20, 'some text\n')
    const delta = deltaOf(base.length, base.length + token.length, [0, base.length], token)
    const id = idOf('blob', Buffer.concat([base, Buffer.from(token)]))
    storePack(
      repo,
      [
        { type: 'blob', content: base },
        { base: 0, delta },
      ],
      { level: 1 },
    )
    repo.commit({ 'other.txt': other })
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
})

/** A leak of each kind among other objects, then put away in some way. */
function stored(put: (repo: Repo) => void, settings: Record<string, string> = {}): Situation {
  const repo = new Repo()
  for (const [name, value] of Object.entries(settings)) repo.git('config', name, value)
  const [blob, message, tag] = [randomToken(), randomToken(), randomToken()]
  const body = 'line of text\n'.repeat(200)
  repo.commit({ 'k.txt': `${body}1`, 'b.txt': 'other' })
  const leak = repo.commit({ 'k.txt': `${body}${blob}\n` })
  repo.git('tag', '-a', '-m', `has ${tag}`, 'v1')
  const fix = repo.commit({ 'k.txt': `${body}3` }, `fixes ${message}`)
  put(repo)
  return {
    dir: repo.dir,
    leaks: [
      {
        token: blob,
        count: 1,
        at: { path: { text: 'k.txt' }, introducedBy: leak, removedBy: fix, line: 201 },
      },
      { token: message, at: { introducedBy: fix, object: { type: 'commit' } } },
      { token: tag, count: 1, at: { ref: 'refs/tags/v1' } },
    ],
  }
}

/** Each version is made from the one before; one of them alone holds the token. */
function chain(length: number, at: number): Situation {
  const [repo, token] = [withPast(), randomToken()]
  const body = Buffer.from('a line that stays as it is\n'.repeat(10))
  const texts = Array.from({ length: length + 1 }, (_, n) =>
    Buffer.from(n === at ? `${n} ${token}` : `${n} nothing`),
  )
  const sizes = texts.map((text) => body.length + text.length)
  storePack(repo, [
    { type: 'blob', content: Buffer.concat([body, texts[0] ?? body]) },
    ...texts.slice(1).map((text, n) => ({
      base: n,
      delta: deltaOf(sizes[n] ?? 0, sizes[n + 1] ?? 0, [0, body.length], text),
    })),
  ])
  const object = { id: idOf('blob', Buffer.concat([body, texts[at] ?? body])) }
  return { dir: repo.dir, leaks: [{ token, count: 1, at: { object, line: 11 } }] }
}

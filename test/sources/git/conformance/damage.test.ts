import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'
import { randomToken } from '../../../support.ts'
import { Repo, temporary } from '../../support.ts'
import { deltaOf, type Entry, forgePack, head, idOf, type Pack, packOf } from './pack.ts'
import { conform, type Leak, rawObject, type Situation, withPast } from './situation.ts'

/** What is not here, or cannot be read: named, and everything else found. */
conform('damage', {
  'shallow clone': () => {
    const { repo, leaks } = healthy()
    const clone = temporary()
    repo.git('clone', '-q', '--depth', '2', `file://${repo.dir}`, clone)
    return { dir: clone, leaks: leaks.slice(1), gaps: [/shallow/] }
  },
  'shallow since a date': () => {
    const { repo, leaks } = healthy()
    const clone = temporary()
    repo.git('clone', '-q', '--shallow-exclude=refs/tags/first', `file://${repo.dir}`, clone)
    return { dir: clone, leaks: leaks.slice(1), gaps: [/shallow/] }
  },
  'shallow clone seen from a linked worktree': () => {
    const { repo, leaks } = healthy()
    const clone = temporary()
    repo.git('clone', '-q', '--depth', '2', `file://${repo.dir}`, clone)
    const tree = join(temporary(), 'tree')
    repo.git('-C', clone, 'worktree', 'add', '-q', '--detach', tree)
    return { dir: tree, leaks: leaks.slice(1), gaps: [/shallow/] }
  },
  'partial clone without blobs': () => partial('blob:none'),
  'partial clone without large blobs': () => partial('blob:limit=20'),
  'partial clone without trees': () => partial('tree:0'),
  'missing blob': () => without('HEAD:g1.txt'),
  'missing tree': () => without('HEAD~1^{tree}'),
  'missing commit': () => without('HEAD~1'),
  'missing blob of an unreachable commit': () => {
    const { repo, leaks } = healthy()
    repo.commit({ 'lost.txt': 'lost' })
    const id = repo.git('rev-parse', 'HEAD:lost.txt')
    repo.git('reset', '-q', '--hard', 'HEAD~1')
    unlinkSync(looseFile(repo, id))
    return { dir: repo.dir, leaks, gaps: [new RegExp(id)] }
  },
  'missing blob of the index': () => {
    const { repo, leaks } = healthy()
    repo.stage({ 'lost.txt': 'lost' })
    const id = repo.git('rev-parse', ':lost.txt')
    unlinkSync(looseFile(repo, id))
    return { dir: repo.dir, leaks, gaps: [new RegExp(id)] }
  },
  'missing object of a tag': () => {
    const { repo, leaks } = healthy()
    const id = repo.gitWith({ input: 'tagged' }, 'hash-object', '-w', '--stdin')
    repo.git('tag', '-a', '-m', 'x', 'data', id)
    unlinkSync(looseFile(repo, id))
    return { dir: repo.dir, leaks, gaps: [new RegExp(id)] }
  },
  'ref to an object that is not here': () => {
    const { repo, leaks } = healthy()
    writeFileSync(join(repo.dir, '.git/refs/heads/lost'), `${'12'.repeat(20)}\n`)
    return { dir: repo.dir, leaks, gaps: [/refs\/heads\/lost|1212/] }
  },
  'ref that holds garbage': () => {
    const { repo, leaks } = healthy()
    writeFileSync(join(repo.dir, '.git/refs/heads/bad'), 'no id at all\n')
    return { dir: repo.dir, leaks, gaps: [/refs\/heads\/bad/] }
  },
  'loose object cut off': () => damaged('HEAD:g1.txt', (bytes) => bytes.subarray(0, bytes.length - 6)),
  'loose object of no bytes': () => damaged('HEAD:g1.txt', () => Buffer.alloc(0)),
  'loose object flipped in the middle': () => damaged('HEAD:g1.txt', flip),
  'loose object with a wrong type': () => damaged('HEAD:g1.txt', () => deflateSync('blub 3\0abc')),
  'loose object with a wrong length': () => damaged('HEAD:g1.txt', () => deflateSync('blob 9\0abc')),
  'loose object with a wrong length, and no leak before it': () => {
    const repo = withPast()
    const id = rawObject(repo, 'blob', 'abc')
    overwrite(looseFile(repo, id), deflateSync('blob 9\0abc'))
    return { dir: repo.dir, leaks: [], gaps: [new RegExp(id)] }
  },
  'loose object whose length takes in the next, a gzip file with a leak': () => {
    const [repo, token] = [withPast(), randomToken()]
    const zipped = gzipSync(token)
    const leak = rawObject(repo, 'blob', zipped)
    // Loose objects are handed out folder by folder: this one just before the leak.
    const before = (Number.parseInt(leak.slice(0, 2), 16) + 255) % 256
    const id = `${before.toString(16).padStart(2, '0')}${'f'.repeat(38)}`
    mkdirSync(join(looseFile(repo, id), '..'), { recursive: true })
    const swallowed = `${leak} blob ${zipped.length}\n`.length + zipped.length + 1
    writeFileSync(looseFile(repo, id), deflateSync(`blob ${3 + 1 + swallowed - 1}\0abc`))
    const gap = new RegExp(id)
    return { dir: repo.dir, leaks: [{ token, orGap: gap }], gaps: [gap] }
  },
  'loose object with a length beyond all memory': () =>
    damaged('HEAD:g1.txt', () => deflateSync('blob 99999999999999\0abc')),
  'loose object under another name': () => {
    const { repo, leaks } = healthy()
    const [token, id] = [randomToken(), repo.git('rev-parse', 'HEAD:g1.txt')]
    overwrite(looseFile(repo, id), deflateSync(`blob ${token.length}\0${token}`))
    const gap = new RegExp(id)
    return { dir: repo.dir, leaks: [...leaks, { token, orGap: gap }], gaps: [gap], orComplete: true }
  },
  'loose tree flipped in the middle': () => damaged('HEAD~1^{tree}', flip),
  'loose commit flipped in the middle': () => damaged('HEAD~1', flip),
  'folder in the place of a loose object': () => {
    const { repo, leaks } = healthy()
    const id = repo.git('rev-parse', 'HEAD:g1.txt')
    unlinkSync(looseFile(repo, id))
    mkdirSync(looseFile(repo, id))
    return { dir: repo.dir, leaks, gaps: [new RegExp(id)] }
  },
  'packed object flipped in the middle': () => {
    const { repo, leaks } = healthy()
    const { pack, place } = packedAt(repo, 'HEAD:noise.bin')
    const bytes = readFileSync(pack)
    overwrite(pack, bytes.fill(0x55, place.offset + 200, place.offset + 216))
    return { dir: repo.dir, leaks, gaps: [new RegExp(place.id)] }
  },
  'packed base of deltas flipped': () => {
    const repo = withPast()
    const [lost, token] = [randomToken(), randomToken()]
    const base = Buffer.from(`${randomToken('hex', 48).slice(5).repeat(20)}\n`)
    const entries: Entry[] = [
      { type: 'blob', content: base },
      { base: 0, delta: deltaOf(base.length, base.length + lost.length, [0, base.length], lost) },
      { type: 'blob', content: Buffer.from(`other ${token}`) },
    ]
    const ids = [
      idOf('blob', base),
      idOf('blob', Buffer.concat([base, Buffer.from(lost)])),
      idOf('blob', `other ${token}`),
    ]
    const pack = packOf(entries)
    pack.bytes.fill(0x55, (pack.offsets[0] ?? 0) + 8, (pack.offsets[0] ?? 0) + 20)
    forgePack(repo, pack, listed(pack, ids))
    const gap = new RegExp(ids[1] ?? '')
    return {
      dir: repo.dir,
      leaks: [
        { token: lost, orGap: gap },
        { token, count: 1 },
      ],
      gaps: [new RegExp(ids[0] ?? '')],
    }
  },
  'flipped in one pack, whole in another': () => {
    const [repo, token] = [withPast(), randomToken()]
    const content = Buffer.from(`key ${token} and more of it`)
    const pack = packOf([{ type: 'blob', content }])
    pack.bytes.fill(0x55, 20, 40)
    forgePack(repo, pack, listed(pack, [idOf('blob', content)]))
    forgeWhole(repo, content)
    return { dir: repo.dir, leaks: [{ token, count: 1 }], gaps: [/./], orComplete: true }
  },
  'pack cut off': () =>
    packed((pack) => overwrite(pack, readFileSync(pack).subarray(0, -60)), [/pack|object/]),
  'pack cut off in the middle': () => {
    const { repo, leaks } = healthy()
    const { pack, place } = packedAt(repo, 'HEAD:noise.bin')
    overwrite(pack, readFileSync(pack).subarray(0, place.offset + 300))
    const any = leaks.map(({ token }) => ({ token, orGap: /pack|object/ }))
    return { dir: repo.dir, leaks: any, gaps: [/pack|object/] }
  },
  'pack of no bytes': () => packed((pack) => overwrite(pack, Buffer.alloc(0)), [/pack/]),
  'pack of another version': () =>
    packed(
      (pack) => {
        const bytes = readFileSync(pack)
        bytes.writeUInt32BE(9, 4)
        overwrite(pack, bytes)
      },
      [/pack/],
    ),
  'pack whose trailing checksum is wrong': () =>
    packed(
      (pack) => {
        const bytes = readFileSync(pack)
        overwrite(pack, bytes.fill(0x55, bytes.length - 8))
      },
      [/pack/],
    ),
  'pack without its index': () => packed((pack) => rmSync(pack.replace(/pack$/, 'idx')), [/pack-\w+/]),
  'index without its pack': () => packed((pack) => rmSync(pack), [/pack|object|walked/]),
  'index of garbage': () =>
    packed((pack) => overwrite(pack.replace(/pack$/, 'idx'), Buffer.alloc(2000, 'garbage ')), [/pack-\w+/]),
  'index of no bytes': () =>
    packed((pack) => overwrite(pack.replace(/pack$/, 'idx'), Buffer.alloc(0)), [/pack-\w+/]),
  'index cut off': () =>
    packed(
      (pack) => {
        const index = pack.replace(/pack$/, 'idx')
        overwrite(index, readFileSync(index).subarray(0, -30))
      },
      [/pack-\w+/],
    ),
  'index of another pack': () => {
    const { repo, leaks } = healthy()
    repo.git('repack', '-q', '-a', '-d')
    const pack = onlyPack(repo)
    const other = withPast()
    other.git('repack', '-q', '-a', '-d')
    overwrite(pack.replace(/pack$/, 'idx'), readFileSync(onlyPack(other).replace(/pack$/, 'idx')))
    return someLost(repo, leaks, /pack|object|walked/)
  },
  'garbage in a multi-pack index': () => {
    const { repo, leaks } = healthy()
    repo.git('repack', '-q', '-a', '-d')
    repo.git('multi-pack-index', 'write')
    const file = join(repo.dir, '.git/objects/pack/multi-pack-index')
    overwrite(file, Buffer.alloc(2000, 'garbage '))
    return { dir: repo.dir, leaks, gaps: [/multi-pack|objects/], orComplete: true }
  },
  'multi-pack index that names a pack that is gone': () => {
    const { repo, leaks } = healthy()
    repo.git('repack', '-q', '-a', '-d')
    repo.commit({ 'later.txt': 'x' })
    repo.git('repack', '-q', '-d')
    repo.git('multi-pack-index', 'write')
    const [first = ''] = packsOf(repo)
    rmSync(first)
    rmSync(first.replace(/pack$/, 'idx'))
    return someLost(repo, leaks, /pack|object|walked/)
  },
  'object in the pack that its index leaves out': () => {
    const [repo, token] = [withPast(), randomToken()]
    const contents = ['nothing', `key ${token}`].map((text) => Buffer.from(text))
    const pack = packOf(contents.map((content) => ({ type: 'blob', content })))
    forgePack(
      repo,
      pack,
      listed(
        pack,
        contents.map((content) => idOf('blob', content)),
      ).slice(0, 1),
    )
    return { dir: repo.dir, leaks: [{ token, orGap: /pack/ }], gaps: [/pack/] }
  },
  'index with an offset beyond the pack': () => {
    const { repo, pack, token, ids } = forged()
    forgePack(repo, pack, [...listed(pack, ids).slice(0, 1), { id: ids[1] ?? '', offset: 0x7000_0000 }])
    return { dir: repo.dir, leaks: [{ token, count: 1 }], gaps: [new RegExp(`${ids[1]}|pack-`)] }
  },
  'index with an offset into the middle of an object': () => {
    const { repo, pack, token, ids } = forged()
    forgePack(repo, pack, [
      ...listed(pack, ids).slice(0, 1),
      { id: ids[1] ?? '', offset: (pack.offsets[1] ?? 0) + 3 },
    ])
    return { dir: repo.dir, leaks: [{ token, count: 1 }], gaps: [new RegExp(`${ids[1]}|pack-`)] }
  },
  'deltas in a circle': () => {
    const { repo, token } = forged()
    const [one, two] = ['11'.repeat(20), '22'.repeat(20)]
    const delta = deltaOf(10, 10, [0, 10])
    const pack = packOf([
      { type: 'blob', content: Buffer.from(`key ${token}`) },
      { base: two, delta },
      { base: one, delta },
    ])
    forgePack(repo, pack, listed(pack, [idOf('blob', `key ${token}`), one, two]))
    return { dir: repo.dir, leaks: [{ token, count: 1 }], gaps: [new RegExp(one), new RegExp(two)] }
  },
  'delta against nothing': () => forgedDelta({ base: '33'.repeat(20), delta: deltaOf(10, 10, [0, 10]) }),
  'delta that copies from beyond its base': () =>
    forgedDelta({ base: 0, delta: deltaOf(57, 50, [1000, 50]) }),
  'delta for a base of another length': () => forgedDelta({ base: 0, delta: deltaOf(999, 5, [0, 5]) }),
  'delta that makes less than it says': () => forgedDelta({ base: 0, delta: deltaOf(57, 500, [0, 50]) }),
  'delta that makes more than it says': () => forgedDelta({ base: 0, delta: deltaOf(57, 5, [0, 50]) }),
  'delta of a terabyte by its own word': () => forgedDelta({ base: 0, delta: deltaOf(57, 2 ** 40, [0, 50]) }),
  'delta with the reserved instruction': () =>
    forgedDelta({ base: 0, delta: Buffer.concat([deltaOf(57, 50, [0, 50]), Buffer.from([0])]) }),
  'delta of no bytes': () => forgedDelta({ base: 0, delta: Buffer.alloc(0) }),
  'delta that ends inside an instruction': () =>
    forgedDelta({ base: 0, delta: deltaOf(57, 50, [0, 50]).subarray(0, -3) }),
  'entry of a reserved type': () => forgedEntry(Buffer.concat([head(5, 3), deflateSync('abc')])),
  'entry of type 0': () => forgedEntry(Buffer.concat([head(0, 3), deflateSync('abc')])),
  'entry of a terabyte by its own word': () =>
    forgedEntry(Buffer.concat([head(3, 2 ** 40), deflateSync('abc')])),
  'entry that is longer than it says': () =>
    forgedEntry(Buffer.concat([head(3, 3), deflateSync('abcdefgh')])),
  'entry that is shorter than it says': () => forgedEntry(Buffer.concat([head(3, 30), deflateSync('abc')])),
  'entry whose size never ends': () => forgedEntry(Buffer.alloc(40, 0xbf)),
})

/** Three leaks in three commits, loose, among enough other objects. */
function healthy(): { repo: Repo; leaks: Leak[] } {
  const repo = new Repo()
  const tokens = [randomToken(), randomToken(), randomToken()]
  const noise = Buffer.from(Array.from({ length: 4000 }, (_, at) => (at * at * 7 + at * 31) % 251))
  tokens.forEach((token, at) => {
    repo.commit({
      'f.txt': `${at} ${token}`,
      'g1.txt': `nothing ${at} ${'x'.repeat(60)}`,
      'noise.bin': noise,
    })
    if (at === 0) repo.git('tag', 'first')
  })
  return { repo, leaks: tokens.map((token) => ({ token, count: 1 })) }
}

function looseFile(repo: Repo, id: string): string {
  return join(repo.dir, '.git/objects', id.slice(0, 2), id.slice(2))
}

function overwrite(file: string, bytes: Uint8Array): void {
  const copy = Buffer.from(bytes)
  chmodSync(file, 0o644)
  writeFileSync(file, copy)
}

function flip(bytes: Buffer): Buffer {
  return bytes.fill(0x55, bytes.length >> 1, (bytes.length >> 1) + 4)
}

function partial(filter: string): Situation {
  const { repo, leaks } = healthy()
  const message = randomToken()
  repo.commit({ 'f.txt': 'gone', 'big.txt': 'big\n'.repeat(20) }, message)
  repo.commit({ 'big.txt': 'small' })
  repo.git('config', 'uploadpack.allowFilter', 'true')
  const clone = temporary()
  repo.git('clone', '-q', '--no-checkout', `--filter=${filter}`, `file://${repo.dir}`, clone)
  const all = leaks.map((leak) => ({ ...leak, orGap: /partial/ }))
  return { dir: clone, leaks: [...all, { token: message, count: 1 }], gaps: [/partial clone/] }
}

function without(revision: string): Situation {
  const { repo, leaks } = healthy()
  const id = repo.git('rev-parse', revision)
  unlinkSync(looseFile(repo, id))
  return { dir: repo.dir, leaks, gaps: [new RegExp(id)] }
}

function damaged(revision: string, change: (bytes: Buffer) => Uint8Array): Situation {
  const { repo, leaks } = healthy()
  const id = repo.git('rev-parse', revision)
  overwrite(looseFile(repo, id), change(readFileSync(looseFile(repo, id))))
  return { dir: repo.dir, leaks, gaps: [new RegExp(id)] }
}

function packsOf(repo: Repo): string[] {
  const folder = join(repo.dir, '.git/objects/pack')
  return readdirSync(folder)
    .filter((name) => name.endsWith('.pack'))
    .map((name) => join(folder, name))
}

function onlyPack(repo: Repo): string {
  return packsOf(repo)[0] ?? ''
}

function packedAt(repo: Repo, revision: string): { pack: string; place: { id: string; offset: number } } {
  repo.git('repack', '-q', '-a', '-d')
  const pack = onlyPack(repo)
  const id = repo.git('rev-parse', revision)
  const line = repo
    .git('verify-pack', '-v', pack)
    .split('\n')
    .find((text) => text.startsWith(id))
  return { pack, place: { id, offset: Number(line?.split(/\s+/)[4]) } }
}

/** All that was packed may be lost, but what lies beside the pack is found. */
function packed(harm: (pack: string) => void, gaps: readonly RegExp[]): Situation {
  const { repo, leaks } = healthy()
  repo.git('repack', '-q', '-a', '-d')
  const later = randomToken()
  repo.commit({ 'later.txt': later })
  harm(onlyPack(repo))
  const lost = leaks.map(({ token }) => ({ token, orGap: gaps[0] ?? /./ }))
  return { dir: repo.dir, leaks: [...lost, { token: later, count: 1 }], gaps }
}

function someLost(repo: Repo, leaks: readonly Leak[], gap: RegExp): Situation {
  return { dir: repo.dir, leaks: leaks.map(({ token }) => ({ token, orGap: gap })), gaps: [gap] }
}

function listed({ offsets }: Pack, ids: readonly string[]): { id: string; offset: number }[] {
  return ids.map((id, at) => ({ id, offset: offsets[at] ?? 0 }))
}

/** Under a name of its own, and indexed by git. */
function forgeWhole(repo: Repo, content: Buffer): void {
  const pack = packOf([
    { type: 'blob', content },
    { type: 'blob', content: Buffer.from('more') },
  ])
  forgePack(repo, pack, listed(pack, [idOf('blob', content), idOf('blob', 'more')]))
}

function forged(): { repo: Repo; pack: Pack; token: string; ids: string[] } {
  const [repo, token] = [withPast(), randomToken()]
  const contents = [Buffer.from(`key ${token}`), Buffer.from('nothing at all to be found in this')]
  const pack = packOf(contents.map((content) => ({ type: 'blob', content })))
  return { repo, pack, token, ids: contents.map((content) => idOf('blob', content)) }
}

/** A pack of a blob of 57 bytes with a leak, and one entry that is wrong. */
function forgedDelta(wrong: Entry): Situation {
  const { repo, token, ids } = forged()
  const bad = '44'.repeat(20)
  const pack = packOf([{ type: 'blob', content: Buffer.from(`key ${token}`) }, wrong])
  forgePack(repo, pack, listed(pack, [ids[0] ?? '', bad]))
  return { dir: repo.dir, leaks: [{ token }], gaps: [new RegExp(bad)] }
}

function forgedEntry(entry: Buffer): Situation {
  const { repo, token, ids } = forged()
  const bad = '44'.repeat(20)
  const { bytes, offsets, crcs } = packOf([{ type: 'blob', content: Buffer.from(`key ${token}`) }], {
    count: 2,
  })
  const at = bytes.length - 20
  const pack = {
    bytes: Buffer.concat([bytes.subarray(0, -20), entry, Buffer.alloc(20, 7)]),
    offsets: [...offsets, at],
    crcs: [...crcs, 0],
  }
  forgePack(repo, pack, listed(pack, [ids[0] ?? '', bad]))
  return { dir: repo.dir, leaks: [{ token }], gaps: [new RegExp(bad)] }
}

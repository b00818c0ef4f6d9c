import { randomBytes } from 'node:crypto'
import { createGzip, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Limits } from '../../../src/sources/containers/types.ts'
import { dirSource } from '../../../src/sources/files/source.ts'
import { randomToken } from '../../support.ts'
import { contextAt, found, scan, temporary, write } from '../support.ts'

async function scanFiles(files: Record<string, Uint8Array | string>, limits: Partial<Limits> = {}) {
  const cwd = temporary()
  write(cwd, files)
  return scan(await dirSource(contextAt(cwd), { operands: [] }), { limits, context: contextAt(cwd) })
}

/** Does not compress, so that members are as long as the test says. */
const noise = (length: number) =>
  randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .replace(/(.{30})/g, '$1 ')

test('by content and not by name; several members; line and column of the content', async () => {
  const [one, two] = [randomToken(), randomToken()]
  const members = Buffer.concat([gzipSync(`a\nb ${one}\n`), gzipSync(''), gzipSync(`c\n ${two}`)])
  const result = await scanFiles({ 'app.log': members, 'plain.gz': 'no gzip at all' })
  expect(result.complete).toBe(true)
  expect(found(result, one).occurrences).toMatchObject([
    { encodings: ['gzip'], location: { path: { text: 'app.log' }, line: 2, column: 3 } },
  ])
  expect(found(result, two).occurrences).toMatchObject([
    { encodings: ['gzip'], location: { line: 4, column: 2 } },
  ])
})

test('a token over the boundary of two members, and members over every boundary of chunks', async () => {
  const token = randomToken()
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 52 }),
      fc.array(fc.integer({ min: 0, max: 700_000 }), { maxLength: 4 }),
      async (cut, sizes) => {
        const before = sizes.map((size) => gzipSync(noise(size), { level: 0 }))
        const halves = [gzipSync(token.slice(0, cut), { level: 0 }), gzipSync(`${token.slice(cut)}\n`)]
        const result = await scanFiles({ x: Buffer.concat([...before, ...halves]) })
        expect(result.complete).toBe(true)
        expect(found(result, token).occurrenceCount).toBe(1)
      },
    ),
    { numRuns: 10 },
  )
})

test('nested eight deep is read; nine deep is said', async () => {
  const token = randomToken()
  let eight: Buffer = Buffer.from(token)
  for (let depth = 0; depth < 8; depth += 1) eight = gzipSync(eight)
  const result = await scanFiles({ eight: eight })
  expect(found(result, token).occurrences[0]?.encodings).toEqual(Array.from({ length: 8 }, () => 'gzip'))
  expect(result.complete).toBe(true)
  const nine = await scanFiles({ nine: gzipSync(eight) })
  expect(nine.skipped).toMatchObject([{ skipped: 'nine', reason: expect.stringContaining('deeper than 8') }])
})

test('damaged: what came before is scanned, and it is skipped with a reason', async () => {
  const token = randomToken()
  const whole = gzipSync(`${token}\n${noise(400_000)}`)
  const crc = Buffer.from(whole)
  crc.fill(0, crc.length - 8, crc.length - 4)
  const broken = Buffer.from(whole)
  broken.fill(0xff, 100_000, 100_100)
  const files = {
    cut: whole.subarray(0, -1000),
    trailer: whole.subarray(0, -4),
    crc,
    broken,
    half: Buffer.concat([whole, whole.subarray(0, 5000)]),
  }
  const result = await scanFiles(files)
  expect(result.skipped.map(({ skipped }) => skipped).sort()).toEqual(Object.keys(files).sort())
  expect(found(result, token).occurrenceCount).toBe(6)
})

test('what follows the last member is ignored as by gzip, and still scanned as it stands', async () => {
  const [inside, behind] = [randomToken(), randomToken()]
  const result = await scanFiles({
    zeros: Buffer.concat([gzipSync(inside), Buffer.alloc(512)]),
    text: Buffer.concat([gzipSync('x'), Buffer.from(`\n${behind}\n`)]),
  })
  expect(result.complete).toBe(true)
  expect(found(result, inside).occurrences[0]?.encodings).toEqual(['gzip'])
  expect(found(result, behind).occurrences[0]?.encodings).toEqual([])
})

test('headers with a name, a comment, extra fields and a checksum; one that only looks like it', async () => {
  const token = randomToken()
  const body = gzipSync(token).subarray(10)
  const header = Buffer.from([0x1f, 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3])
  const named = Buffer.concat([header, Buffer.from('name\0comment\0'), Buffer.from([0, 0]), body])
  const result = await scanFiles({
    named,
    fake: Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0xe0]), Buffer.from(`          ${token}`)]),
  })
  expect(result.complete).toBe(true)
  expect(
    found(result, token)
      .occurrences.map(({ encodings }) => encodings.join())
      .toSorted((a, b) => a.length - b.length),
  ).toEqual(['', 'gzip'])
})

test('whatever system wrote it, also a later member: zlib on an Apple writes 19', async () => {
  const token = randomToken()
  const by = (system: number, text: string) => {
    const packed = Buffer.from(gzipSync(text))
    packed[9] = system
    return packed
  }
  const systems = [0, 3, 13, 14, 19, 128, 254, 255]
  const files = systems.flatMap((system) => [
    [`first${system}`, by(system, token)] as const,
    [`second${system}`, Buffer.concat([gzipSync('x'), by(system, token)])] as const,
  ])
  const result = await scanFiles(Object.fromEntries(files))
  expect(result.complete).toBe(true)
  expect(found(result, token).occurrenceCount).toBe(files.length)
})

test('cut within its header, also a later member: skipped, never clean', async () => {
  const whole = gzipSync('some text')
  const files = Object.fromEntries([
    ...[3, 4, 9, 10, 12, 17].map((length) => [`first${length}`, whole.subarray(0, length)] as const),
    ...[2, 3, 5, 9, 10, 17].map(
      (length) => [`second${length}`, Buffer.concat([whole, whole.subarray(0, length)])] as const,
    ),
  ])
  const result = await scanFiles(files)
  expect(result.skipped.map(({ skipped }) => skipped).sort()).toEqual(Object.keys(files).sort())
  for (const { reason } of result.skipped) expect(reason).toMatch(/^gzip: /)
})

test('a later member that cannot be read is said: a reserved flag, another method', async () => {
  const member = (method: number, flags: number) => {
    const packed = Buffer.from(gzipSync(randomToken()))
    packed[2] = method
    packed[3] = flags
    return Buffer.concat([gzipSync('x'), packed])
  }
  const result = await scanFiles({ flag: member(8, 0x20), method: member(7, 0), tail: member(8, 0x80) })
  expect(result.skipped.map(({ skipped, reason }) => `${skipped}: ${reason}`).sort()).toEqual([
    'flag: gzip: a member has a flag that RFC 1952 reserves',
    'method: gzip: a member is compressed by method 7, which is unknown',
    'tail: gzip: a member has a flag that RFC 1952 reserves',
  ])
})

async function bomb(megabytes: number): Promise<Buffer> {
  const gzip = createGzip()
  const out: Buffer[] = []
  gzip.on('data', (chunk: Buffer) => out.push(chunk))
  const zeros = Buffer.alloc(1 << 20)
  for (let at = 0; at < megabytes; at += 1)
    if (!gzip.write(zeros)) await new Promise((resolve) => gzip.once('drain', resolve))
  gzip.end()
  await new Promise((resolve) => gzip.once('end', resolve))
  return Buffer.concat(out)
}

test('a bomb is cut off at the cap, one in a bomb too, and the scan goes on', async () => {
  const token = randomToken()
  const packed = await bomb(200)
  const result = await scanFiles(
    { a: packed, b: gzipSync(packed), c: gzipSync(token) },
    { freeBytes: 32 << 20 },
  )
  expect(result.skipped).toMatchObject([
    { skipped: 'a', reason: expect.stringMatching(/times its size/) },
    { skipped: 'b' },
  ])
  expect(found(result, token).occurrenceCount).toBe(1)
  const capped = await scanFiles({ a: packed }, { bytes: 1 << 20 })
  expect(capped.skipped[0]?.reason).toMatch(/more than 1048576 bytes/)
})

test('containers that are not opened yet are counted, and read as they stand', async () => {
  const token = randomToken()
  const zip = Buffer.concat([
    Buffer.from('504b0304140000000000000021000000000000000000000000000500000061', 'hex'),
    Buffer.from(token),
  ])
  const result = await scanFiles({
    'a.zip': zip,
    'b.zst': Buffer.from('28b52ffd2000010000', 'hex'),
    'c.xz': Buffer.from('fd377a585a000004e6d6b446', 'hex'),
    'd.bz2': Buffer.from('BZh91AY&SYxxxx'),
    'e.txt': 'PK is how zip files begin',
    'f.txt': 'BZh9 is how bzip2 begins',
  })
  expect(result).toMatchObject({ complete: true, excluded: { unsupportedContainers: 4 } })
  expect(found(result, token).occurrenceCount).toBe(1)
})

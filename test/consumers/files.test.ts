import { spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDotenv } from '../../src/consumers/dotenv-file.ts'
import { consumerFor } from '../../src/consumers/registry.ts'
import type { ConsumerSpec } from '../../src/inventory/types.ts'
import { open } from '../../src/secret/open.ts'
import { secretOf } from '../../src/secret/index.ts'
import { failing } from '../respond/failing-fs.ts'
import { temporaryFolder } from '../store/support.ts'
import { randomToken } from '../support.ts'
import { deliveryOver, dependencies } from './support.ts'

const asRoot = process.getuid?.() === 0
const old = secretOf(randomToken())
const fresh = secretOf(randomToken())

function setUp(kind: 'dotenv' | 'file', content = kind === 'file' ? open(old) : `KEY=${open(old)}\n`) {
  const folder = temporaryFolder()
  const path = join(folder, 'held')
  writeFileSync(path, content, { mode: 0o600 })
  return { folder, path, ...on(kind, path), delivery: deliveryOver(old.fingerprint) }
}

function on(kind: 'dotenv' | 'file', path: string) {
  const directory = '/'
  const spec: ConsumerSpec =
    kind === 'file' ? { kind, path, directory } : { kind, path, variable: 'KEY', directory }
  return { spec, consumer: consumerFor(spec) }
}

describe.each(['dotenv', 'file'] as const)('delivered to a %s', (kind) => {
  it.each([0o600, 0o640, 0o664, 0o444, 0o2750])('mode %o is kept', async (mode) => {
    const { path, spec, consumer, delivery } = setUp(kind)
    fs.chmodSync(path, mode)
    expect(await consumer.deliver(spec, fresh, delivery, dependencies())).toMatchObject({ result: 'ok' })
    expect(statSync(path).mode & 0o7777).toBe(mode)
  })

  it.skipIf(!asRoot)('owner and group are kept (skipped where this is not root)', async () => {
    const { path, spec, consumer, delivery } = setUp(kind)
    chownSync(path, 1234, 4321)
    expect(await consumer.deliver(spec, fresh, delivery, dependencies())).toMatchObject({ result: 'ok' })
    expect([statSync(path).uid, statSync(path).gid]).toEqual([1234, 4321])
  })

  it.skipIf(!asRoot)(
    'an owner that cannot be kept is left to a person (skipped where this is not root)',
    async () => {
      const { folder, path, spec, consumer, delivery } = setUp(kind)
      chownSync(path, 1234, 4321)
      const before = readFileSync(path)
      const user = failing(fs, { refuse: (name) => (name === 'fchownSync' ? 'EPERM' : null) })
      const evidence = await consumer.deliver(spec, fresh, delivery, dependencies({ fs: user }))
      expect(evidence).toMatchObject({ result: 'manual' })
      expect(evidence.text).toContain('1234:4321')
      expect(readFileSync(path).equals(before)).toBe(true)
      expect(readdirSync(folder), 'no sibling is left').toEqual(['held'])
    },
  )

  it('a link stays a link, also through several', async () => {
    const { folder, path, delivery } = setUp(kind)
    mkdirSync(join(folder, 'a'))
    symlinkSync('../held', join(folder, 'a/one'))
    symlinkSync('a/one', join(folder, 'two'))
    const { spec, consumer } = on(kind, join(folder, 'two'))
    expect(await consumer.preflight(spec, old.fingerprint, dependencies())).toMatchObject({ result: 'ok' })
    expect(await consumer.deliver(spec, fresh, delivery, dependencies())).toMatchObject({ result: 'ok' })
    expect(readlinkSync(join(folder, 'two'))).toBe('a/one')
    expect(lstatSync(join(folder, 'a/one')).isSymbolicLink()).toBe(true)
    expect(readFileSync(path, 'utf8')).toContain(open(fresh))
    expect(delivery.siblings[0]?.startsWith(folder), 'the sibling stands beside the real file').toBe(true)
  })

  it.each(['EACCES', 'EROFS'] as const)(
    'a folder that cannot be written (%s) fails preflight and changes nothing',
    async (code) => {
      const { path, spec, consumer, delivery } = setUp(kind)
      const readOnly = failing(fs, {
        refuse: (name, args) =>
          name === 'accessSync' || (name === 'openSync' && String(args[1]).startsWith('w')) ? code : null,
      })
      const deps = dependencies({ fs: readOnly })
      expect(await consumer.preflight(spec, old.fingerprint, deps)).toMatchObject({ result: 'failed' })
      const evidence = await consumer.deliver(spec, fresh, delivery, deps)
      expect(evidence).toMatchObject({ result: 'failed' })
      expect(evidence.text).toContain(code)
      expect(readFileSync(path, 'utf8')).toContain(open(old))
    },
  )

  it('any call that fails leaves the old content or the new one, and no sibling', async () => {
    for (let n = 1; ; n += 1) {
      const { folder, path, spec, consumer, delivery } = setUp(kind)
      const fake = failing(fs, { code: 'ENOSPC', at: n })
      const evidence = await consumer.deliver(spec, fresh, delivery, dependencies({ fs: fake }))
      const text = readFileSync(path, 'utf8')
      expect(text.includes(open(old)) !== text.includes(open(fresh)), fake.failed() ?? '').toBe(true)
      expect(evidence.result !== 'ok' || text.includes(open(fresh)), fake.failed() ?? '').toBe(true)
      expect(readdirSync(folder), fake.failed() ?? '').toEqual(['held'])
      if (fake.failed() === null) break
      expect(evidence.text, fake.failed() ?? '').not.toContain(open(fresh).slice(5))
    }
  })

  it('what somebody else writes in the same instant is not overwritten', async () => {
    const { folder, path, spec, consumer, delivery } = setUp(kind)
    const racing = {
      ...delivery,
      at: (point: string) =>
        point === 'deliver:sibling-written' ? writeFileSync(path, 'KEY=theirs\n') : undefined,
    }
    expect(await consumer.deliver(spec, fresh, racing, dependencies())).toMatchObject({ result: 'failed' })
    expect(readFileSync(path, 'utf8')).toBe('KEY=theirs\n')
    expect(readdirSync(folder)).toEqual(['held'])
  })

  it('a pipe or a folder in its place is said at once, not waited for', async () => {
    const { folder, path, spec, consumer, delivery } = setUp(kind)
    rmSync(path)
    expect(spawnSync('mkfifo', [path]).status).toBe(0)
    expect((await consumer.preflight(spec, old.fingerprint, dependencies())).text).toContain(
      'no regular file',
    )
    expect(await consumer.deliver(spec, fresh, delivery, dependencies())).toMatchObject({ result: 'failed' })
    const inFolder = on(kind, folder)
    expect(await inFolder.consumer.preflight(inFolder.spec, old.fingerprint, dependencies())).toMatchObject({
      result: 'failed',
    })
  })
})

describe('a file that is gone', () => {
  it('fails for dotenv: there is no variable to put it into', async () => {
    const { path, spec, consumer, delivery } = setUp('dotenv')
    rmSync(path)
    expect((await consumer.preflight(spec, old.fingerprint, dependencies())).result).toBe('failed')
    expect((await consumer.deliver(spec, fresh, delivery, dependencies())).text).toContain('ENOENT')
    expect(existsSync(path)).toBe(false)
  })

  it('is made 0600 for file, also where a link leads; its folder is not made', async () => {
    const { folder, path, spec, consumer, delivery } = setUp('file')
    rmSync(path)
    expect(await consumer.preflight(spec, old.fingerprint, dependencies())).toMatchObject({ result: 'ok' })
    expect(await consumer.deliver(spec, fresh, delivery, dependencies())).toMatchObject({ result: 'ok' })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    symlinkSync('later', join(folder, 'link'))
    const dangling = on('file', join(folder, 'link'))
    expect(await dangling.consumer.deliver(dangling.spec, fresh, delivery, dependencies())).toMatchObject({
      result: 'ok',
    })
    expect(readlinkSync(join(folder, 'link'))).toBe('later')
    expect(readFileSync(join(folder, 'later'), 'utf8')).toBe(open(fresh))
    const nowhere = on('file', join(folder, 'no/such'))
    expect((await nowhere.consumer.preflight(nowhere.spec, old.fingerprint, dependencies())).text).toContain(
      'missing',
    )
    expect(await nowhere.consumer.deliver(nowhere.spec, fresh, delivery, dependencies())).toMatchObject({
      result: 'failed',
    })
  })
})

describe('what stands around the key', () => {
  it.each(['', '\n', '\r\n', '\n\n', '  \n'])('stays in a file: %j behind it', async (tail) => {
    const { path, spec, consumer, delivery } = setUp('file', ` ${open(old)}${tail}`)
    await consumer.deliver(spec, fresh, delivery, dependencies())
    expect(readFileSync(path, 'utf8')).toBe(` ${open(fresh)}${tail}`)
  })

  it("in an env file is left alone where the last assignment is somebody else's", async () => {
    const text = `KEY=${open(old)}\nKEY=theirs\n`
    const { path, spec, consumer, delivery } = setUp('dotenv', text)
    expect(await consumer.preflight(spec, old.fingerprint, dependencies())).toMatchObject({
      result: 'manual',
    })
    expect(await consumer.deliver(spec, fresh, delivery, dependencies())).toMatchObject({ result: 'manual' })
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  const assignment = fc.record({
    before: fc.constantFrom('', '  ', 'export ', '\texport  '),
    name: fc.constantFrom('KEY', 'KEY', 'OTHER', 'A.B', 'KEY_2'),
    equals: fc.constantFrom('=', ' = ', '= '),
    quote: fc.constantFrom('', '"', "'", '`'),
    value: fc.constantFrom('OLD', 'OLD', 'x', '', 'grüße', 'a=b'),
    after: fc.constantFrom('', ' # said why', '  ', ' # OLD'),
  })
  const line = fc.oneof(
    assignment.map(
      ({ before, name, equals, quote, value, after }) =>
        `${before}${name}${equals}${quote}${value}${quote}${after}`,
    ),
    fc.constantFrom('', '# KEY=OLD', 'no assignment', '\uFEFF', '   ', '# ünder'),
  )
  const ending = fc.constantFrom('\n', '\r\n')

  it('in any env file stays byte for byte; only assignments of that name with the old value differ', async () => {
    const { path, spec, consumer, delivery } = setUp('dotenv')
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 8 }),
        ending,
        fc.constantFrom('OLD', 'OLD', 'other'),
        async (lines, end, last) => {
          const text = `${lines.join(end)}${end}KEY=${last}`.replaceAll('OLD', open(old))
          writeFileSync(path, text)
          const before = parseDotenv(Buffer.from(text))
          const evidence = await consumer.deliver(spec, fresh, delivery, dependencies())
          const after = readFileSync(path, 'utf8')
          const touched = last !== 'other'
          expect(evidence.result).toBe(touched ? 'ok' : 'manual')
          const wanted = (name: string, value: string): string =>
            touched && name === 'KEY' && value === open(old) ? open(fresh) : value
          expect(parseDotenv(Buffer.from(after)).map(({ name, value }) => [name, value])).toEqual(
            before.map(({ name, value }) => [name, wanted(name, value)]),
          )
          expect(after.replaceAll(open(fresh), open(old)), 'and nothing around them').toBe(text)
        },
      ),
      { numRuns: 150 },
    )
  })
})

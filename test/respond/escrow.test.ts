import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import type { FileSystem } from '../../src/context.ts'
import { RespondError } from '../../src/respond/errors.ts'
import { openEscrow } from '../../src/respond/escrow.ts'
import { secretOf } from '../../src/secret/index.ts'
import { deps, temporaryFolder } from '../store/support.ts'
import { randomToken } from '../support.ts'
import { failing, type Failing, takingSpace } from './failing-fs.ts'

const incident = 'inc-aaaaaaaaaa'
const slotName = { incident, attempt: 'r1a1', tokenName: `Main ${incident} r1 a1` }

interface Setting {
  readonly home?: string
  readonly fs?: FileSystem
  readonly recipients?: readonly string[]
  readonly mayCreate?: boolean
  readonly identityFile?: string
}

function setUp({ home = temporaryFolder(), recipients = [], mayCreate = true, ...more }: Setting = {}) {
  const folder = join(home, 'state/escrow')
  const identityFile = more.identityFile ?? join(home, 'config/escrow.key')
  const escrow = openEscrow({ folder, identityFile, mayCreate, recipients }, { ...deps, fs: more.fs ?? fs })
  return { home, folder, identityFile, escrow }
}

const reply = (token: string): Buffer =>
  Buffer.from(JSON.stringify({ auth_token: token, token_name: slotName.tokenName }))
const modeOf = (path: string): number => fs.statSync(path).mode & 0o777
const namesIn = (folder: string): string[] => (fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [])

async function failureOf(work: Promise<unknown>): Promise<RespondError> {
  const error: unknown = await work.then(
    () => null,
    (cause: unknown) => cause,
  )
  expect(error).toBeInstanceOf(RespondError)
  return error as RespondError
}

describe('what is sealed', () => {
  it('is read back as it was: a token, then a reply byte for byte', async () => {
    const { escrow } = setUp()
    const secret = secretOf(randomToken())
    await escrow.sealToken({ incident, attempt: 'leaked', purpose: 'leaked' }, secret)
    expect(await escrow.read(incident, 'leaked')).toMatchObject({
      content: 'token',
      secret: { fingerprint: secret.fingerprint },
    })

    const raw = randomBytes(65_536)
    const slot = await escrow.reserve(slotName)
    expect(await escrow.read(incident, 'r1a1'), 'a reservation is nothing').toBeNull()
    await slot.sealReply(raw)
    const back = await escrow.read(incident, 'r1a1')
    expect(back?.content === 'reply' && Buffer.from(back.raw).equals(raw)).toBe(true)

    await escrow.sealToken(
      { incident, attempt: 'r1a1', purpose: 'replacement', tokenName: slotName.tokenName },
      secret,
    )
    expect((await escrow.read(incident, 'r1a1'))?.content).toBe('token')
    expect(await escrow.read(incident, 'r1a2')).toBeNull()
  })

  it('lies in 0600 files of a 0700 folder; no file of it holds the token', async () => {
    const { home, escrow, folder, identityFile } = setUp()
    const token = randomToken()
    await escrow.check()
    await escrow.sealToken({ incident, attempt: 'leaked', purpose: 'leaked' }, secretOf(token))
    await (await escrow.reserve(slotName)).sealReply(reply(token))
    expect(modeOf(folder)).toBe(0o700)
    expect(namesIn(folder)).toEqual([
      `${incident}.leaked.age`,
      `${incident}.leaked.json`,
      `${incident}.r1a1.age`,
      `${incident}.r1a1.json`,
    ])
    for (const name of namesIn(folder)) {
      expect(modeOf(join(folder, name)), name).toBe(0o600)
      expect(fs.readFileSync(join(folder, name), 'latin1'), name).not.toContain(token.slice(5))
    }
    expect(modeOf(identityFile)).toBe(0o600)
    expect(namesIn(join(home, 'config')), 'nothing lies beside the identity').toEqual(['escrow.key'])
  })

  it('is named by its sidecar, which says what the age file holds', async () => {
    const { escrow } = setUp()
    const secret = secretOf(randomToken())
    const slot = await escrow.reserve(slotName)
    expect(escrow.list()).toMatchObject([
      { id: `${incident}.r1a1`, content: 'reserved', tokenName: slotName.tokenName },
    ])
    await slot.sealReply(reply(randomToken()))
    expect(escrow.list()).toMatchObject([{ content: 'reply', purpose: 'replacement', fingerprint: null }])
    await escrow.sealToken({ ...slotName, purpose: 'replacement' }, secret)
    expect(escrow.list()).toMatchObject([{ content: 'token', fingerprint: secret.fingerprint }])
    escrow.destroy(incident, 'r1a1')
    expect(escrow.list()).toEqual([])
  })

  it('is listed though its sidecar is missing or torn', async () => {
    const { escrow, folder } = setUp()
    await escrow.sealToken({ incident, attempt: 'leaked', purpose: 'leaked' }, secretOf(randomToken()))
    fs.writeFileSync(join(folder, `${incident}.leaked.json`), '{"incident": "inc-')
    expect(escrow.list()).toMatchObject([{ id: `${incident}.leaked`, purpose: 'leaked' }])
    fs.rmSync(join(folder, `${incident}.leaked.json`))
    expect(escrow.list()).toMatchObject([{ id: `${incident}.leaked`, purpose: 'leaked' }])
    escrow.destroy(incident, 'leaked')
    expect(namesIn(folder)).toEqual([])
  })

  it('is opened into a new 0600 file, never over an old one', async () => {
    const { home, escrow } = setUp()
    const token = randomToken()
    await escrow.sealToken({ incident, attempt: 'leaked', purpose: 'leaked' }, secretOf(token))
    const output = join(home, 'out')
    expect(await escrow.openInto(incident, 'leaked', output)).toBe(true)
    expect([fs.readFileSync(output, 'utf8'), modeOf(output)]).toEqual([token, 0o600])
    await expect(escrow.openInto(incident, 'leaked', output)).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await escrow.openInto(incident, 'r9a9', join(home, 'other'))).toBe(false)
  })

  it('is sealed to every recipient: the break-glass key alone opens it', async () => {
    const offline = await generateX25519Identity()
    const mine = setUp({ recipients: [await identityToRecipient(offline)] })
    const secret = secretOf(randomToken())
    await mine.escrow.sealToken({ incident, attempt: 'leaked', purpose: 'leaked' }, secret)
    const glass = join(mine.home, 'glass.key')
    fs.writeFileSync(glass, `# offline\r\n${offline}\r\n`, { mode: 0o600 })
    for (const identityFile of [mine.identityFile, glass]) {
      const { escrow } = setUp({ home: mine.home, identityFile, mayCreate: false })
      expect(await escrow.read(incident, 'leaked')).toMatchObject({
        secret: { fingerprint: secret.fingerprint },
      })
    }
    const stranger = setUp({ identityFile: join(mine.home, 'stranger.key'), home: mine.home })
    await stranger.escrow.check()
    expect(await failureOf(stranger.escrow.read(incident, 'leaked'))).toMatchObject({
      code: 'escrow-unreadable',
      exitCode: 3,
    })
  })

  it.skipIf(!installed('age'))(
    'opens with the plain age tool (skipped where it is not installed)',
    async () => {
      const { escrow, folder, identityFile } = setUp()
      const token = randomToken()
      await escrow.sealToken({ incident, attempt: 'leaked', purpose: 'leaked' }, secretOf(token))
      await (await escrow.reserve(slotName)).sealReply(reply(token))
      const open = (attempt: string): string =>
        execFileSync('age', ['-d', '-i', identityFile, join(folder, `${incident}.${attempt}.age`)], {
          encoding: 'utf8',
        })
      expect(open('leaked')).toBe(token)
      expect(open('r1a1')).toBe(reply(token).toString())
    },
  )
})

it('every file that is written is synced before it is closed', async () => {
  const calls: string[] = []
  const { escrow } = setUp({
    fs: failing(fs, { onCall: (name, args) => calls.push(`${name} ${String(args[1])}`) }),
  })
  await (await escrow.reserve(slotName)).sealReply(reply(randomToken()))
  const opened = calls.flatMap((call, index) => (/^openSync (wx|r\+)$/.test(call) ? [index] : []))
  expect(opened.length).toBeGreaterThan(4)
  for (const index of opened) {
    const closed = calls.findIndex((call, at) => at > index && call.startsWith('closeSync'))
    expect(calls.slice(index, closed).some((call) => call.startsWith('fsyncSync'))).toBe(true)
  }
})

describe('the identity', () => {
  it('is synced to disk, with its folder, before anything is sealed to it', async () => {
    const calls: string[] = []
    const { escrow } = setUp({
      fs: failing(fs, { onCall: (name, args) => calls.push(`${name} ${String(args[0])}`) }),
    })
    await escrow.check()
    const linked = calls.findIndex((call) => call.startsWith('linkSync'))
    const sealed = calls.findIndex((call) => call.startsWith('openSync') && call.includes('.probe-'))
    expect(
      calls.slice(0, linked).some((call) => call.startsWith('fsyncSync')),
      'synced before it has its name',
    ).toBe(true)
    expect(
      calls.slice(linked, sealed).some((call) => call.startsWith('fsyncSync')),
      'and its folder before anything is sealed',
    ).toBe(true)
  })

  it('never lies beside the ciphertext, by whatever name', async () => {
    const home = temporaryFolder()
    fs.mkdirSync(join(home, 'state/escrow'), { recursive: true })
    fs.symlinkSync(join(home, 'state/escrow'), join(home, 'link'))
    for (const identityFile of [
      join(home, 'state/escrow/escrow.key'),
      `${home}/state/./escrow/../escrow/key`,
      join(home, 'link/key'),
    ]) {
      const { escrow, folder } = setUp({ home, identityFile })
      expect(await failureOf(escrow.check()), identityFile).toMatchObject({
        code: 'escrow-identity',
        exitCode: 2,
      })
      expect(namesIn(folder)).toEqual([])
    }
  })

  it('that was named and is missing, or is none, is said and not made', async () => {
    const missing = setUp({ mayCreate: false })
    expect(await failureOf(missing.escrow.check())).toMatchObject({ code: 'escrow-identity', exitCode: 2 })
    expect(fs.existsSync(missing.identityFile)).toBe(false)
    const wrong = setUp()
    fs.mkdirSync(join(wrong.home, 'config'))
    fs.writeFileSync(wrong.identityFile, 'nothing of the kind\n')
    expect(await failureOf(wrong.escrow.check())).toMatchObject({ code: 'escrow-identity', exitCode: 2 })
    expect(fs.readFileSync(wrong.identityFile, 'utf8')).toBe('nothing of the kind\n')
  })

  it('made by two at once is one, and what either sealed opens with it', async () => {
    const one = setUp()
    const other = setUp({ home: one.home })
    await Promise.all([one.escrow.check(), other.escrow.check()])
    const secret = secretOf(randomToken())
    await one.escrow.sealToken({ incident, attempt: 'leaked', purpose: 'leaked' }, secret)
    expect(await other.escrow.read(incident, 'leaked')).toMatchObject({
      secret: { fingerprint: secret.fingerprint },
    })
  })
})

describe('a file that is damaged', () => {
  it('a torn reservation is nothing; a torn sealed file is an error, not an absence', async () => {
    const { escrow, folder } = setUp()
    await (await escrow.reserve(slotName)).sealReply(reply(randomToken()))
    const whole = join(folder, `${incident}.r1a1.age`)
    const bytes = fs.readFileSync(whole)
    fs.writeFileSync(whole, bytes.subarray(0, bytes.length - 1))
    expect(await failureOf(escrow.read(incident, 'r1a1'))).toMatchObject({
      code: 'escrow-unreadable',
      exitCode: 3,
    })
    fs.renameSync(whole, `${whole}.part`)
    expect(await escrow.read(incident, 'r1a1')).toBeNull()
    fs.writeFileSync(`${whole}.part`, bytes)
    expect((await escrow.read(incident, 'r1a1'))?.content, 'sealed, killed before it was renamed').toBe(
      'reply',
    )
  })

  it('a reservation of a process that ended does not keep the next one out', async () => {
    const { escrow } = setUp()
    await escrow.reserve(slotName)
    const token = randomToken()
    await (await escrow.reserve(slotName)).sealReply(reply(token))
    expect((await escrow.read(incident, 'r1a1'))?.content).toBe('reply')
  })

  it('a folder that cannot be looked into is an error, not an empty escrow', async () => {
    const { home, escrow } = setUp()
    await escrow.sealToken({ incident, attempt: 'leaked', purpose: 'leaked' }, secretOf(randomToken()))
    const blind = setUp({
      home,
      fs: failing(fs, {
        refuse: (name, [path]) =>
          name === 'readFileSync' && String(path).endsWith('.age') ? 'EACCES' : null,
      }),
    })
    expect(await failureOf(blind.escrow.read(incident, 'leaked'))).toMatchObject({
      code: 'escrow-unwritable',
      exitCode: 1,
    })
  })
})

const codes = ['ENOSPC', 'EROFS', 'EACCES', 'EIO'] as const

describe('any one call to the file system that fails', () => {
  const codeAt = (n: number): string => codes[n % codes.length] ?? 'EIO'

  /** Runs `work` with the n-th call failing, for every n until none fails any more. */
  async function atEveryCall(
    prepare: (home: string) => Promise<void>,
    work: (setting: ReturnType<typeof setUp>, fake: Failing) => Promise<void>,
  ): Promise<number> {
    for (let n = 1; ; n += 1) {
      const home = temporaryFolder()
      await prepare(home)
      const fake = failing(fs, { code: codeAt(n), at: n })
      await work(setUp({ home, fs: fake }), fake)
      if (!fake.failed()) return n
      expect(n).toBeLessThan(200)
    }
  }

  it('reserve fails in words, before anything is issued', async () => {
    const calls = await atEveryCall(
      () => Promise.resolve(),
      async ({ escrow }, fake) => {
        const error: unknown = await escrow.reserve(slotName).then(
          () => null,
          (cause: unknown) => cause,
        )
        const failed = fake.failed() ?? 'nothing'
        // Only clearing away, and looking through links, may fail unseen.
        const unseen = /^(rmSync|realpathSync|nothing)/.test(failed)
        const inWords = error instanceof RespondError && [1, 2].includes(error.exitCode)
        expect(error === null ? unseen : inWords, `${failed}: ${String(error)}`).toBe(true)
      },
    )
    expect(calls, 'it was really tried').toBeGreaterThan(15)
  })

  it('sealing a token fails in words and leaves the old content or the new one', async () => {
    const before = secretOf(randomToken())
    const after = secretOf(randomToken())
    const name = { incident, attempt: 'leaked', purpose: 'leaked' } as const
    await atEveryCall(
      (home) => setUp({ home }).escrow.sealToken(name, before),
      async ({ home, escrow }) => {
        const error = await escrow.sealToken(name, after).then(
          () => null,
          (cause: unknown) => cause,
        )
        const back = await setUp({ home }).escrow.read(incident, 'leaked')
        const found = back?.content === 'token' ? back.secret.fingerprint : null
        const allowed = error === null ? [after.fingerprint] : [before.fingerprint, after.fingerprint]
        expect(allowed, String(error)).toContain(found)
        expect(error === null || error instanceof RespondError, String(error)).toBe(true)
      },
    )
  })

  it('after a reservation no single failure loses the reply', async () => {
    const token = randomToken()
    for (let n = 1; ; n += 1) {
      const home = temporaryFolder()
      const fake = failing(fs, { code: codeAt(n) })
      const slot = await setUp({ home, fs: fake }).escrow.reserve(slotName)
      fake.failAt(n)
      await slot.sealReply(reply(token))
      const back = await setUp({ home }).escrow.read(incident, 'r1a1')
      expect(
        back?.content === 'reply' && Buffer.from(back.raw).toString(),
        fake.failed() ?? 'no failure',
      ).toBe(reply(token).toString())
      expect(setUp({ home }).escrow.list()).toMatchObject([{ content: 'reply' }])
      if (!fake.failed()) break
    }
  })
})

describe('a disk that is full from the reservation on', () => {
  it('takes the reply all the same: it needs no new space (copy-on-write file systems apart)', async () => {
    const home = temporaryFolder()
    const disk = takingSpace(fs)
    const slot = await setUp({ home, fs: disk }).escrow.reserve(slotName)
    disk.fill()
    const token = randomToken()
    await slot.sealReply(reply(token))
    expect(disk.refused(), 'the sidecar asked for space, and was refused').toBeGreaterThan(0)
    const later = setUp({ home }).escrow
    expect((await later.read(incident, 'r1a1'))?.content).toBe('reply')
    expect(later.list(), 'the old sidecar does not lie').toMatchObject([{ content: 'reply' }])
  })

  it('refuses the reservation, and nothing of it is left that looks like a reply', async () => {
    const home = temporaryFolder()
    const disk = takingSpace(fs)
    const { escrow, folder } = setUp({ home, fs: disk })
    await escrow.check()
    disk.fill()
    const error = await failureOf(escrow.reserve(slotName))
    expect(error).toMatchObject({ code: 'escrow-unwritable', exitCode: 1 })
    expect(error.message).toContain('ENOSPC')
    expect(await setUp({ home }).escrow.read(incident, 'r1a1')).toBeNull()
    expect(namesIn(folder)).toEqual([])
  })

  it('a reservation that is given up never fails, and leaves nothing', async () => {
    const { escrow, folder } = setUp()
    const slot = await escrow.reserve(slotName)
    slot.release()
    slot.release()
    expect(namesIn(folder)).toEqual([])
    const broken = setUp({ fs: failing(fs, { refuse: (name) => (name === 'rmSync' ? 'EROFS' : null) }) })
    expect(await failureOf(broken.escrow.reserve(slotName))).toMatchObject({ code: 'escrow-unwritable' })
  })
})

function installed(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => fs.existsSync(join(folder, program)))
}

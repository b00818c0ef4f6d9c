import { dirname, join } from 'node:path'
import type { Decrypter, Encrypter } from 'age-encryption'
import type { Context, FileSystem } from '../context.ts'
import { open } from '../secret/open.ts'
import { type Fingerprint, type Secret, secretOf } from '../secret/index.ts'
import { RespondError } from './errors.ts'

/** What a sidecar says of its age file (an age file has no comments). Holds no token. */
export interface EscrowFacts {
  readonly incident: string
  /** `leaked`, or `r1a2`: replacement 1, attempt 2. */
  readonly attempt: string
  readonly purpose: 'leaked' | 'replacement'
  readonly tokenName: string | null
  readonly sealedAt: string
  /** `reply`: the raw bytes that the API sent; `token`: the bare token; `reserved`: the call has not been answered yet. */
  readonly content: 'reply' | 'token' | 'reserved'
  readonly fingerprint: Fingerprint | null
}

export interface EscrowEntry extends EscrowFacts {
  /** `INCIDENT.ATTEMPT`, as `escrow open` takes it. */
  readonly id: string
  readonly file: string
}

export type EscrowContent =
  | { readonly content: 'token'; readonly secret: Secret }
  | { readonly content: 'reply'; readonly raw: Uint8Array }

/** Where a token lies encrypted between the API's reply and its delivery, and a leaked one until it is proven dead. */
export interface Escrow {
  /** The identity exists and is synced, and what is written here can be read back. Throws before anything irreversible. */
  check(): Promise<void>
  sealToken(
    name: { incident: string; attempt: string; purpose: EscrowFacts['purpose']; tokenName?: string },
    secret: Secret,
  ): Promise<void>
  /** Takes the disk space and proves that it can be read back before a call whose reply must not be lost. */
  reserve(name: { incident: string; attempt: string; tokenName: string }): Promise<Slot>
  read(incident: string, attempt: string): Promise<EscrowContent | null>
  /** Decrypts into a new 0600 file (`escrow open --output`); false when nothing was sealed. */
  openInto(incident: string, attempt: string, file: string): Promise<boolean>
  list(): readonly EscrowEntry[]
  destroy(incident: string, attempt: string): void
}

export interface Slot {
  /** Encrypts and syncs the reply as it came; needs no new disk space. */
  sealReply(raw: Uint8Array): Promise<void>
  /** Nothing came back and nothing can: the reservation is given up. */
  release(): void
}

export interface EscrowPlace {
  /** Folder of the sealed files, inside the state folder. */
  readonly folder: string
  /** File of the age identity. Never beside the ciphertext. */
  readonly identityFile: string
  /** Whether a missing identity may be made (not when the operator named one). */
  readonly mayCreate: boolean
  /** Further `age1…` recipients: other responders and the offline break-glass key. */
  readonly recipients: readonly string[]
}

/** Large enough for any reply that the client reads (64 KiB) sealed for several recipients. */
const reservedBytes = 80 * 1024
const probeText = 'pplx-warden escrow round trip'

export function openEscrow(place: EscrowPlace, context: Pick<Context, 'fs' | 'clock' | 'random'>): Escrow {
  const { fs, clock } = context
  let keys: Promise<Keys> | null = null
  const withKeys = (create: boolean): Promise<Keys> => {
    keys ??= loadKeys(place, fs, create)
    keys.catch(() => {
      keys = null
    })
    return keys
  }
  const path = (incident: string, attempt: string, ending: string): string =>
    join(place.folder, `${incident}.${attempt}.${ending}`)

  const writeFacts = (facts: EscrowFacts): void => {
    writeSynced(
      fs,
      path(facts.incident, facts.attempt, 'json'),
      Buffer.from(`${JSON.stringify(facts, null, 2)}\n`),
    )
  }

  return {
    async check() {
      const { encrypt, decrypt } = await withKeys(true)
      await guard(place, async () => {
        makeFolder(fs, place.folder)
        const probe = join(place.folder, `.probe-${Buffer.from(context.random(6)).toString('hex')}`)
        try {
          writeSynced(fs, probe, await encrypt(Buffer.from(probeText)))
          const back = Buffer.from(await decrypt(fs.readFileSync(probe))).toString()
          if (back !== probeText) throw new Error('what was sealed does not read back')
        } finally {
          fs.rmSync(probe, { force: true })
        }
      })
    },

    async sealToken(name, secret) {
      const { encrypt } = await withKeys(true)
      await guard(place, async () => {
        makeFolder(fs, place.folder)
        const sealed = await encrypt(Buffer.from(open(secret)))
        writeSynced(fs, path(name.incident, name.attempt, 'age'), sealed)
        writeFacts({
          incident: name.incident,
          attempt: name.attempt,
          purpose: name.purpose,
          tokenName: name.tokenName ?? null,
          sealedAt: new Date(clock.now()).toISOString(),
          content: 'token',
          fingerprint: secret.fingerprint,
        })
      })
    },

    async reserve({ incident, attempt, tokenName }) {
      const { encrypt, decrypt } = await withKeys(true)
      const part = path(incident, attempt, 'age.part')
      const facts = { incident, attempt, purpose: 'replacement' as const, tokenName, fingerprint: null }
      await guard(place, async () => {
        makeFolder(fs, place.folder)
        const probe = Buffer.from(await encrypt(Buffer.from(probeText)))
        writeSynced(fs, part, Buffer.concat([probe, Buffer.alloc(reservedBytes - probe.length)]), {
          replace: false,
        })
        const back = await decrypt(fs.readFileSync(part).subarray(0, probe.length))
        if (Buffer.from(back).toString() !== probeText) throw new Error('what was sealed does not read back')
        // Zeros until the reply comes, so that a reservation can be told from a reply.
        overwrite(fs, part, Buffer.alloc(reservedBytes))
        writeFacts({ ...facts, sealedAt: new Date(clock.now()).toISOString(), content: 'reserved' })
      })
      return {
        async sealReply(raw) {
          const sealed = await encrypt(raw)
          await guard(place, async () => {
            overwrite(fs, part, Buffer.from(sealed))
            fs.renameSync(part, path(incident, attempt, 'age'))
            syncFolder(fs, place.folder)
            writeFacts({ ...facts, sealedAt: new Date(clock.now()).toISOString(), content: 'reply' })
          })
        },
        release() {
          fs.rmSync(part, { force: true })
          fs.rmSync(path(incident, attempt, 'json'), { force: true })
          syncFolder(fs, place.folder)
        },
      }
    },

    async read(incident, attempt) {
      const sealed = readSealed(fs, path(incident, attempt, 'age'), path(incident, attempt, 'age.part'))
      if (sealed === null) return null
      const { decrypt } = await withKeys(false)
      let plain: Uint8Array
      try {
        plain = await decrypt(sealed.bytes)
      } catch (cause) {
        // A reservation that was being overwritten when the process died: nothing readable was sealed.
        if (sealed.partial) return null
        throw new RespondError(
          'escrow-unreadable',
          `${path(incident, attempt, 'age')} cannot be opened with this identity`,
          {
            exitCode: 3,
            hint: 'PPLX_WARDEN_ESCROW_IDENTITY names the identity file; the plain age tool opens it too',
            cause,
          },
        )
      }
      return contentOf(plain)
    },

    async openInto(incident, attempt, file) {
      const content = await this.read(incident, attempt)
      if (content === null) return false
      const plain = content.content === 'token' ? Buffer.from(open(content.secret)) : content.raw
      writeSynced(fs, file, plain, { replace: false })
      return true
    },

    list() {
      if (!fs.existsSync(place.folder)) return []
      const names = fs
        .readdirSync(place.folder, { encoding: 'utf8' })
        .filter((name) => name.endsWith('.json'))
      return names.sort().map((name) => entryOf(fs, place.folder, name))
    },

    destroy(incident, attempt) {
      for (const ending of ['age', 'age.part', 'json'])
        fs.rmSync(path(incident, attempt, ending), { force: true })
      if (fs.existsSync(place.folder)) syncFolder(fs, place.folder)
    },
  }
}

interface Keys {
  readonly encrypt: (plain: Uint8Array) => Promise<Uint8Array>
  readonly decrypt: (sealed: Uint8Array) => Promise<Uint8Array>
}

async function loadKeys(place: EscrowPlace, fs: FileSystem, create: boolean): Promise<Keys> {
  const age = await import('age-encryption')
  const identity = await identityText(place, fs, create, () => age.generateX25519Identity())
  let own: string
  try {
    own = await age.identityToRecipient(identity)
  } catch (cause) {
    throw new RespondError('escrow-identity', `${place.identityFile} holds no age identity`, {
      exitCode: 2,
      hint: 'it is a file as age-keygen writes it, with a line that begins AGE-SECRET-KEY-1',
      cause,
    })
  }
  return {
    encrypt: async (plain) => {
      const encrypter: Encrypter = new age.Encrypter()
      for (const recipient of new Set([own, ...place.recipients])) encrypter.addRecipient(recipient)
      return await encrypter.encrypt(plain)
    },
    decrypt: async (sealed) => {
      const decrypter: Decrypter = new age.Decrypter()
      decrypter.addIdentity(identity)
      return await decrypter.decrypt(sealed, 'uint8array')
    },
  }
}

async function identityText(
  place: EscrowPlace,
  fs: FileSystem,
  create: boolean,
  generate: () => Promise<string>,
): Promise<string> {
  if (dirname(place.identityFile) === place.folder) {
    throw new RespondError('escrow-identity', 'the escrow identity lies beside what it opens', {
      exitCode: 2,
      hint: `move ${place.identityFile} out of ${place.folder}`,
    })
  }
  if (!fs.existsSync(place.identityFile)) {
    if (!create || !place.mayCreate) {
      throw new RespondError('escrow-identity', `the escrow identity ${place.identityFile} is missing`, {
        exitCode: 2,
        hint: 'bring it back from the machine or the backup that made it: without it nothing in escrow can be read',
      })
    }
    makeFolder(fs, dirname(place.identityFile))
    const text = await generate()
    try {
      writeSynced(
        fs,
        place.identityFile,
        Buffer.from(`# pplx-warden escrow identity; back it up, never commit it\n${text}\n`),
        { replace: false },
      )
    } catch (cause) {
      // Somebody else made it in the same instant: theirs is the one.
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new RespondError(
          'escrow-unwritable',
          `the escrow identity ${place.identityFile} cannot be written: ${reason(cause)}`,
          {
            exitCode: 1,
            hint: 'nothing was issued; free space or mend the permissions and run it again',
            cause,
          },
        )
      }
    }
  }
  const line = fs
    .readFileSync(place.identityFile, 'utf8')
    .split(/\r?\n/)
    .find((one) => one.startsWith('AGE-SECRET-KEY-'))
  return line?.trim() ?? ''
}

async function guard(place: EscrowPlace, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    if (cause instanceof RespondError) throw cause
    throw new RespondError(
      'escrow-unwritable',
      `the escrow ${place.folder} cannot be used: ${reason(cause)}`,
      {
        exitCode: 1,
        hint: 'free space or mend the permissions, then run it again',
        cause,
      },
    )
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

function makeFolder(fs: FileSystem, folder: string): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
}

/** Written beside, synced, renamed: the old or the new content, never half of it. */
function writeSynced(
  fs: FileSystem,
  file: string,
  bytes: Uint8Array,
  options: { replace: boolean } = { replace: true },
): void {
  const target = options.replace ? `${file}.new` : file
  if (options.replace) fs.rmSync(target, { force: true })
  const descriptor = fs.openSync(target, 'wx', 0o600)
  try {
    writeAll(fs, descriptor, bytes)
    fs.fsyncSync(descriptor)
  } catch (error) {
    fs.closeSync(descriptor)
    fs.rmSync(target, { force: true })
    throw error
  }
  fs.closeSync(descriptor)
  if (options.replace) fs.renameSync(target, file)
  syncFolder(fs, dirname(file))
}

/** In place, so that a full disk cannot refuse it: the space was taken before. */
function overwrite(fs: FileSystem, file: string, bytes: Uint8Array): void {
  const descriptor = fs.openSync(file, 'r+')
  try {
    writeAll(fs, descriptor, bytes)
    fs.ftruncateSync(descriptor, bytes.length)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

function writeAll(fs: FileSystem, descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; )
    done += fs.writeSync(descriptor, bytes, done, bytes.length - done, done)
}

function syncFolder(fs: FileSystem, folder: string): void {
  const descriptor = fs.openSync(folder, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

function readSealed(
  fs: FileSystem,
  whole: string,
  part: string,
): { bytes: Uint8Array; partial: boolean } | null {
  if (fs.existsSync(whole)) return { bytes: fs.readFileSync(whole), partial: false }
  if (!fs.existsSync(part)) return null
  const bytes = fs.readFileSync(part)
  return bytes.every((byte) => byte === 0) ? null : { bytes, partial: true }
}

function contentOf(plain: Uint8Array): EscrowContent {
  const text = Buffer.from(plain).toString('utf8')
  return /^pplx-[!-~]+$/.test(text)
    ? { content: 'token', secret: secretOf(text) }
    : { content: 'reply', raw: plain }
}

function entryOf(fs: FileSystem, folder: string, name: string): EscrowEntry {
  const file = join(folder, name)
  const facts = JSON.parse(fs.readFileSync(file, 'utf8')) as EscrowFacts
  return {
    ...facts,
    id: `${facts.incident}.${facts.attempt}`,
    file: join(folder, name.replace(/json$/, 'age')),
  }
}

import { join } from 'node:path'
import type { Context, FileSystem } from '../context.ts'
import { open } from '../secret/open.ts'
import { type Fingerprint, type Secret, secretOf } from '../secret/index.ts'
import { RespondError } from './errors.ts'
import {
  makeFolder,
  overwrite,
  readIfThere,
  removeQuietly,
  syncFolder,
  writeNew,
  writeSynced,
} from './escrow-files.ts'
import { type EscrowKeys, type EscrowPlace, loadKeys } from './escrow-keys.ts'

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

/** Large enough for any reply that the client reads (64 KiB) sealed for several recipients. */
const reservedBytes = 80 * 1024
const probeText = 'pplx-warden escrow round trip'

export function openEscrow(place: EscrowPlace, context: Pick<Context, 'fs' | 'clock' | 'random'>): Escrow {
  const { fs, clock } = context
  let keys: Promise<EscrowKeys> | null = null
  const withKeys = (create: boolean): Promise<EscrowKeys> => {
    keys ??= loadKeys(place, context, create)
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
          removeQuietly(fs, probe)
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
        // What a reservation left that was never used: whatever was sealed has been looked for before.
        fs.rmSync(part, { force: true })
        writeNew(fs, part, Buffer.concat([probe, Buffer.alloc(reservedBytes - probe.length)]))
        const back = await decrypt(fs.readFileSync(part).subarray(0, probe.length))
        if (Buffer.from(back).toString() !== probeText) throw new Error('what was sealed does not read back')
        // Zeros until the reply comes, so that a reservation can be told from a reply.
        overwrite(fs, part, Buffer.alloc(reservedBytes))
        writeFacts({ ...facts, sealedAt: new Date(clock.now()).toISOString(), content: 'reserved' })
      })
      return {
        async sealReply(raw) {
          const sealed = await encrypt(raw)
          const whole = path(incident, attempt, 'age')
          await guard(place, async () => {
            try {
              overwrite(fs, part, sealed)
              fs.renameSync(part, whole)
              syncFolder(fs, place.folder)
            } catch {
              // The reservation cannot be used any more: a file of its own is better than a lost reply.
              writeSynced(fs, whole, sealed)
            }
          })
          try {
            writeFacts({ ...facts, sealedAt: new Date(clock.now()).toISOString(), content: 'reply' })
          } catch {
            // It takes new space, and nothing depends on it: the age file beside it says that a reply came.
          }
        },
        release() {
          removeQuietly(fs, part)
          removeQuietly(fs, path(incident, attempt, 'json'))
        },
      }
    },

    async read(incident, attempt) {
      const sealed = await guard(place, async () =>
        readSealed(fs, path(incident, attempt, 'age'), path(incident, attempt, 'age.part')),
      )
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
      writeNew(fs, file, plain)
      return true
    },

    list() {
      if (!fs.existsSync(place.folder)) return []
      const names = fs.readdirSync(place.folder, { encoding: 'utf8' })
      const ids = names.flatMap((name) => /^([^.]+\.[^.]+)\.(?:json|age|age\.part)$/.exec(name)?.[1] ?? [])
      return [...new Set(ids)].sort().map((id) => entryOf(fs, place.folder, id))
    },

    destroy(incident, attempt) {
      try {
        for (const ending of ['age', 'age.part', 'age.new', 'json', 'json.new'])
          fs.rmSync(path(incident, attempt, ending), { force: true })
        if (fs.existsSync(place.folder)) syncFolder(fs, place.folder)
      } catch (cause) {
        throw unusable(place, cause)
      }
    },
  }
}

async function guard<T>(place: EscrowPlace, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw cause instanceof RespondError ? cause : unusable(place, cause)
  }
}

function unusable(place: EscrowPlace, cause: unknown): RespondError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new RespondError('escrow-unwritable', `the escrow ${place.folder} cannot be used: ${reason}`, {
    exitCode: 1,
    hint: 'free space or mend the permissions, then run it again',
    cause,
  })
}

function readSealed(
  fs: FileSystem,
  whole: string,
  part: string,
): { bytes: Uint8Array; partial: boolean } | null {
  const bytes = readIfThere(fs, whole)
  if (bytes !== null) return { bytes, partial: false }
  const reserved = readIfThere(fs, part)
  return reserved === null || reserved.every((byte) => byte === 0) ? null : { bytes: reserved, partial: true }
}

function contentOf(plain: Uint8Array): EscrowContent {
  const text = Buffer.from(plain).toString('utf8')
  return /^pplx-[!-~]+$/.test(text)
    ? { content: 'token', secret: secretOf(text) }
    : { content: 'reply', raw: plain }
}

function entryOf(fs: FileSystem, folder: string, id: string): EscrowEntry {
  const file = join(folder, `${id}.age`)
  const facts = factsIn(readIfThere(fs, join(folder, `${id}.json`))) ?? factsOfName(id)
  const answered = facts.content === 'reserved' && fs.existsSync(file)
  return { ...facts, ...(answered ? { content: 'reply' as const } : {}), id, file }
}

/** null when the sidecar is missing or damaged: the process may have ended before it was written. */
function factsIn(sidecar: Buffer | null): EscrowFacts | null {
  try {
    const facts = sidecar === null ? null : (JSON.parse(sidecar.toString('utf8')) as EscrowFacts | null)
    const whole = [facts?.incident, facts?.attempt, facts?.purpose, facts?.content, facts?.sealedAt]
    return whole.every((word) => typeof word === 'string') ? facts : null
  } catch {
    return null
  }
}

function factsOfName(id: string): EscrowFacts {
  const [incident = '', attempt = ''] = id.split('.')
  const leaked = attempt === 'leaked'
  return {
    incident,
    attempt,
    purpose: leaked ? 'leaked' : 'replacement',
    tokenName: null,
    sealedAt: '',
    content: leaked ? 'token' : 'reserved',
    fingerprint: null,
  }
}

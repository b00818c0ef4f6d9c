import { dirname, resolve } from 'node:path'
import type { Decrypter, Encrypter } from 'age-encryption'
import type { FileSystem } from '../context.ts'
import { RespondError } from './errors.ts'
import { makeFolder, removeQuietly, syncFolder, writeNew } from './escrow-files.ts'

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

export interface EscrowKeys {
  readonly encrypt: (plain: Uint8Array) => Promise<Uint8Array>
  readonly decrypt: (sealed: Uint8Array) => Promise<Uint8Array>
}

/** The identity as it lies there, or a new one where that is allowed. */
export async function loadKeys(
  place: EscrowPlace,
  context: { readonly fs: FileSystem; random(bytes: number): Uint8Array },
  create: boolean,
): Promise<EscrowKeys> {
  const age = await import('age-encryption')
  refuseBeside(place, context.fs)
  const identity =
    readIdentity(place, context.fs) ??
    makeIdentity(place, context, create, await age.generateX25519Identity())
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

function refuseBeside(place: EscrowPlace, fs: FileSystem): void {
  if (real(fs, dirname(place.identityFile)) !== real(fs, place.folder)) return
  throw new RespondError('escrow-identity', 'the escrow identity lies beside what it opens', {
    exitCode: 2,
    hint: `move ${place.identityFile} out of ${place.folder}`,
  })
}

/** Links and dots must not hide that two names are one folder. */
function real(fs: FileSystem, folder: string): string {
  try {
    return fs.realpathSync(folder)
  } catch {
    return resolve(folder)
  }
}

/** null when there is no such file. */
function readIdentity(place: EscrowPlace, fs: FileSystem): string | null {
  let text: string
  try {
    text = fs.readFileSync(place.identityFile, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw unusable(place, 'cannot be read', cause)
  }
  const line = text.split(/\r?\n/).find((one) => one.startsWith('AGE-SECRET-KEY-'))
  return line?.trim() ?? ''
}

function makeIdentity(
  place: EscrowPlace,
  { fs, random }: { readonly fs: FileSystem; readonly random: (bytes: number) => Uint8Array },
  create: boolean,
  fresh: string,
): string {
  if (!create || !place.mayCreate) {
    throw new RespondError('escrow-identity', `the escrow identity ${place.identityFile} is missing`, {
      exitCode: 2,
      hint: 'bring it back from the machine or the backup that made it: without it nothing in escrow can be read',
    })
  }
  const beside = `${place.identityFile}.${Buffer.from(random(6)).toString('hex')}`
  try {
    makeFolder(fs, dirname(place.identityFile))
    writeNew(
      fs,
      beside,
      Buffer.from(`# pplx-warden escrow identity; back it up, never commit it\n${fresh}\n`),
    )
    linkOnce(fs, beside, place.identityFile)
  } catch (cause) {
    throw unusable(place, 'cannot be written', cause)
  } finally {
    removeQuietly(fs, beside)
  }
  return readIdentity(place, fs) ?? ''
}

/** Whole or not at all, and never over another one: whoever makes it in the same instant gets the first one. */
function linkOnce(fs: FileSystem, beside: string, file: string): void {
  try {
    fs.linkSync(beside, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A file system without hard links: only the wish not to write over another one is left.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') fs.renameSync(beside, file)
    else if (code !== 'EEXIST') throw error
  }
  syncFolder(fs, dirname(file))
}

function unusable(place: EscrowPlace, what: string, cause: unknown): RespondError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new RespondError(
    'escrow-unwritable',
    `the escrow identity ${place.identityFile} ${what}: ${reason}`,
    {
      exitCode: 1,
      hint: 'nothing was issued; free space or mend the permissions and run it again',
      cause,
    },
  )
}

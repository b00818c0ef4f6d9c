import { dirname, resolve } from 'node:path'
import { UsageError } from '../../errors.ts'
import type { KeyRecord } from './books.ts'
import type { SandboxContext } from './types.ts'

type Files = SandboxContext['fs']

/** The keys of an earlier run; null when there is no such file yet. */
export function loadState(fs: Files, file: string): readonly KeyRecord[] | null {
  if (!fs.existsSync(dirname(resolve(file)))) {
    throw new UsageError(
      `${file}: its folder does not exist`,
      'make the folder first, or name another --state FILE',
    )
  }
  if (!fs.existsSync(file)) return null
  try {
    const state: unknown = JSON.parse(fs.readFileSync(file, 'utf8'))
    if (isState(state)) return state.keys
  } catch (error) {
    throw damaged(file, error)
  }
  throw damaged(file)
}

/** Replaces the file in one step, so that a killed sandbox leaves the old state or the new one. */
export function saveState(fs: Files, file: string, keys: readonly KeyRecord[]): void {
  const sibling = `${file}.new`
  fs.rmSync(sibling, { force: true })
  writeNew(fs, sibling, `${JSON.stringify({ version: 1, keys }, null, 2)}\n`)
  fs.renameSync(sibling, file)
}

/** Content of a new 0600 file, synced. @throws when it exists. */
export function writeNew(fs: Files, file: string, text: string): void {
  const handle = fs.openSync(file, 'wx', 0o600)
  try {
    fs.writeFileSync(handle, text)
    fs.fsyncSync(handle)
  } finally {
    fs.closeSync(handle)
  }
}

function isState(value: unknown): value is { keys: KeyRecord[] } {
  if (typeof value !== 'object' || value === null) return false
  const { version, keys } = value as Record<string, unknown>
  return version === 1 && Array.isArray(keys) && keys.every(isKeyRecord)
}

function isKeyRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { fingerprint, account, issuedAt, activeFrom } = value as Record<string, unknown>
  const isFingerprint = typeof fingerprint === 'string' && /^sha256:[0-9a-f]{64}$/.test(fingerprint)
  return (
    isFingerprint &&
    typeof account === 'string' &&
    typeof issuedAt === 'number' &&
    typeof activeFrom === 'number'
  )
}

function damaged(file: string, cause?: unknown): UsageError {
  return new UsageError(
    `${file}: no state of a sandbox`,
    'name another file with --state, or remove this one',
    cause,
  )
}

import { dirname } from 'node:path'
import type { ConsumerSpec } from '../inventory/types.ts'
import { open } from '../secret/open.ts'
import { type Fingerprint, type Secret, secretOf } from '../secret/index.ts'
import { confirmByProgram, reloadByProgram } from './programs.ts'
import { replaceFile } from './replace-file.ts'
import { changedBySomebody, failure, judgeStored } from './stored-value.ts'
import type { Consumer, ConsumerDependencies, Delivery, Evidence } from './types.ts'

type FileSpec = Extract<ConsumerSpec, { kind: 'file' }>

/** A file whose whole content is the key, as systemd credentials and Docker secrets are. */
export const file: Consumer<FileSpec> = {
  kind: 'file',
  target: (spec) => spec.path,

  async preflight(spec, old, deps) {
    try {
      const stored = read(spec, deps)
      if (stored !== null)
        return judgeStored(stored, old, null) === 'old' ? readBack('holds the leaked key') : changedBySomebody
      if (deps.fs.existsSync(spec.path)) return readBack('is empty')
      const folder = dirname(spec.path)
      if (deps.fs.existsSync(folder)) return readBack('will be made')
      return { result: 'failed', level: 'none', text: `folder ${folder} is missing` }
    } catch (error) {
      return failure(error)
    }
  },

  deliver: (spec, secret, delivery, deps) => write(spec, secret, delivery.old, delivery, deps),

  reload: (spec, deps) => reloadByProgram(spec, deps),

  async confirm(spec, fingerprint, reloaded, deps) {
    try {
      if (read(spec, deps)?.fingerprint !== fingerprint)
        return { result: 'failed', level: 'read back', text: 'does not hold the new key' }
    } catch (error) {
      return failure(error)
    }
    return await confirmByProgram(spec, fingerprint, reloaded, deps)
  },

  rollBack: (spec, old, replaced, delivery, deps) => write(spec, old, replaced, delivery, deps),

  read: async (spec, deps) => read(spec, deps),
}

function read(spec: FileSpec, { fs }: ConsumerDependencies): Secret | null {
  if (!fs.existsSync(spec.path)) return null
  const text = fs.readFileSync(spec.path, 'utf8').trim()
  return text === '' ? null : secretOf(text)
}

async function write(
  spec: FileSpec,
  secret: Secret,
  over: Fingerprint,
  delivery: Delivery,
  deps: ConsumerDependencies,
): Promise<Evidence> {
  try {
    const stored = judgeStored(read(spec, deps), over, secret.fingerprint)
    if (stored === 'wanted') return readBack('held the key already')
    if (stored === 'other') return changedBySomebody
    const newline = deps.fs.existsSync(spec.path) && deps.fs.readFileSync(spec.path, 'utf8').endsWith('\n')
    await replaceFile(spec.path, Buffer.from(newline ? `${open(secret)}\n` : open(secret)), delivery, deps)
    return read(spec, deps)?.fingerprint === secret.fingerprint
      ? readBack('written and read back')
      : { result: 'failed', level: 'read back', text: 'what was written does not read back' }
  } catch (error) {
    return failure(error)
  }
}

function readBack(text: string): Evidence {
  return { result: 'ok', level: 'read back', text }
}

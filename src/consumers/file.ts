import type { ConsumerSpec } from '../inventory/types.ts'
import { open } from '../secret/open.ts'
import { type Fingerprint, type Secret, secretOf } from '../secret/index.ts'
import { confirmByProgram, programsProblem, reloadByProgram } from './programs.ts'
import { readRegular, replaceFile, unwritable } from './replace-file.ts'
import { changedBySomebody, failure, judgeStored } from './stored-value.ts'
import type { Consumer, ConsumerDependencies, Delivery, Evidence } from './types.ts'

type FileSpec = Extract<ConsumerSpec, { kind: 'file' }>

/** A file whose whole content is the key, as systemd credentials and Docker secrets are. */
export const file: Consumer<FileSpec> = {
  kind: 'file',
  target: (spec) => spec.path,

  async preflight(spec, old, deps) {
    try {
      const stored = judgeStored(read(spec, deps), old, null)
      if (stored === 'other') return changedBySomebody
      const text = stored === 'old' ? 'holds the leaked key' : 'holds no key yet'
      return programsProblem(spec, deps) ?? unwritable(spec.path, deps.fs) ?? readBack(text)
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
  const text = readRegular(spec.path, fs).toString('utf8').trim()
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
    const before = deps.fs.existsSync(spec.path) ? readRegular(spec.path, deps.fs) : null
    const [head, tail] = whitespaceAround(before?.toString('utf8') ?? '')
    await replaceFile(
      spec.path,
      { before, after: Buffer.from(`${head}${open(secret)}${tail}`) },
      delivery,
      deps,
    )
    return read(spec, deps)?.fingerprint === secret.fingerprint
      ? readBack('written and read back')
      : { result: 'failed', level: 'read back', text: 'what was written does not read back' }
  } catch (error) {
    return failure(error)
  }
}

/** Kept as it is: some readers want the line's end, others must not get one. */
function whitespaceAround(text: string): readonly [string, string] {
  if (text.trim() === '') return ['', text]
  return [text.slice(0, text.length - text.trimStart().length), text.slice(text.trimEnd().length)]
}

function readBack(text: string): Evidence {
  return { result: 'ok', level: 'read back', text }
}

import type { ConsumerSpec } from '../inventory/types.ts'
import { open } from '../secret/open.ts'
import { type Fingerprint, type Secret, secretOf } from '../secret/index.ts'
import { type Assignment, parseDotenv } from './dotenv-file.ts'
import { confirmByProgram, programsProblem, reloadByProgram } from './programs.ts'
import { readRegular, replaceFile, unwritable } from './replace-file.ts'
import { changedBySomebody, failure, judgeStored } from './stored-value.ts'
import type { Consumer, ConsumerDependencies, Delivery, Evidence } from './types.ts'

type DotenvSpec = Extract<ConsumerSpec, { kind: 'dotenv' }>

/** An env file. Only assignments that hold the old value are changed; order, comments, mode and owner stay. */
export const dotenv: Consumer<DotenvSpec> = {
  kind: 'dotenv',
  target: (spec) => `${spec.path}:${spec.variable}`,

  async preflight(spec, old, deps) {
    try {
      const last = assignments(spec, deps).at(-1)
      if (last === undefined)
        return { result: 'failed', level: 'none', text: `has no variable ${spec.variable}` }
      if (!isKey(last, old)) return changedBySomebody
      return programsProblem(spec, deps) ?? unwritable(spec.path, deps.fs) ?? readBack('holds the leaked key')
    } catch (error) {
      return failure(error)
    }
  },

  deliver: (spec, secret, delivery, deps) => write(spec, secret, delivery.old, delivery, deps),

  reload: (spec, deps) => reloadByProgram(spec, deps),

  async confirm(spec, fingerprint, reloaded, deps) {
    try {
      const stored = assignments(spec, deps).at(-1)
      if (stored === undefined || !isKey(stored, fingerprint)) {
        return { result: 'failed', level: 'read back', text: 'does not hold the new key' }
      }
    } catch (error) {
      return failure(error)
    }
    return await confirmByProgram(spec, fingerprint, reloaded, deps)
  },

  rollBack: (spec, old, replaced, delivery, deps) => write(spec, old, replaced, delivery, deps),

  async leftovers(spec, old, deps) {
    const others = parseDotenv(deps.fs.readFileSync(spec.path)).filter((one) => one.name !== spec.variable)
    return others
      .filter((one) => isKey(one, old))
      .map(
        (one) =>
          `${spec.path}:${one.name} (line ${one.line}) still holds the leaked key: does anything read it?`,
      )
  },

  async read(spec, deps) {
    const value = deps.fs.existsSync(spec.path) ? assignments(spec, deps).at(-1)?.value : undefined
    return value === undefined || value === '' ? null : secretOf(value)
  },
}

function assignments(spec: DotenvSpec, { fs }: ConsumerDependencies): readonly Assignment[] {
  return assignmentsIn(readRegular(spec.path, fs), spec)
}

function assignmentsIn(bytes: Uint8Array, spec: DotenvSpec): readonly Assignment[] {
  return parseDotenv(bytes).filter((one) => one.name === spec.variable)
}

function isKey(assignment: Assignment, fingerprint: Fingerprint): boolean {
  return assignment.value !== '' && secretOf(assignment.value).fingerprint === fingerprint
}

async function write(
  spec: DotenvSpec,
  secret: Secret,
  over: Fingerprint,
  delivery: Delivery,
  deps: ConsumerDependencies,
): Promise<Evidence> {
  try {
    const before = readRegular(spec.path, deps.fs)
    const found = assignmentsIn(before, spec)
    const last = found.at(-1)
    if (last === undefined)
      return { result: 'failed', level: 'none', text: `has no variable ${spec.variable}` }
    // The last one is what most readers take: somebody's other value there is not ours to hide.
    const stored = judgeStored(secretOf(last.value), over, secret.fingerprint)
    if (stored === 'other') return changedBySomebody
    const outdated = found.filter((one) => isKey(one, over))
    if (outdated.length === 0) return readBack('held the key already')
    await replaceFile(spec.path, { before, after: replaced(before, outdated, open(secret)) }, delivery, deps)
    const now = assignments(spec, deps).at(-1)
    return now !== undefined && isKey(now, secret.fingerprint)
      ? readBack('written and read back')
      : { result: 'failed', level: 'read back', text: 'what was written does not read back' }
  } catch (error) {
    return failure(error)
  }
}

/** A token needs no quotes and no escapes: its bytes take the place of the old ones, quotes stay. */
function replaced(bytes: Uint8Array, spans: readonly Assignment[], token: string): Uint8Array {
  const parts: Uint8Array[] = []
  let at = 0
  for (const { start, end } of spans) {
    parts.push(bytes.subarray(at, start), Buffer.from(token))
    at = end
  }
  return Buffer.concat([...parts, bytes.subarray(at)])
}

function readBack(text: string): Evidence {
  return { result: 'ok', level: 'read back', text }
}
